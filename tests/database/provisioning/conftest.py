"""A site on an in-memory engine, and a service that runs on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import reconciling
from tests.support.vault import Vault, vault
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.provisioning.platform import ensure_storage
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine) -> Ground:
    return reconciling.ground(tmp_path, engine)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def instance(place: Ground, buyer: Customer) -> UUID:
    """A service that is ready."""
    made = reconciling.order(buyer)
    reconciling.work(place)
    return made


@pytest.fixture
def kept(place: Ground) -> Iterator[Vault]:
    """A site with its object storage ready."""
    with vault() as kept:
        ensure_storage()
        reconciling.work(place)
        yield kept
