"""A site on an in-memory engine, where a stack of two examples is for sale."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from tests.support import reconciling, stacks
from tests.support.following import catch_up
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine) -> Ground:
    stacks.publish()
    return reconciling.ground(tmp_path, engine)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def stack(place: Ground, buyer: Customer) -> UUID:
    """One that is ready."""
    made = stacks.order(buyer)
    reconciling.settle(place)
    catch_up()
    return made
