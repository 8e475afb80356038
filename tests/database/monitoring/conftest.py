"""A service that runs on an in-memory engine and tells of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.observing import ExampleObserver, observed
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


@pytest.fixture
def observer() -> Iterator[ExampleObserver]:
    with observed() as observer:
        yield observer


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine, observer: ExampleObserver) -> Ground:
    return reconciling.ground(tmp_path, engine)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def instance(place: Ground, buyer: Customer) -> UUID:
    """A service that is ready, and should run from now on."""
    made = reconciling.order(buyer)
    reconciling.work(place)
    catch_up()
    return made
