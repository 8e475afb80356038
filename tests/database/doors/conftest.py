"""A site on an in-memory engine, its customer and its operator as clients of the API, and a service that runs."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from tests.database.doors.test_rest import Caller
from tests.support import reconciling
from tests.support.world import Customer, customer, operator

from souk.parties import commands as parties
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def place(own_database: str, tmp_path: Path) -> Ground:
    return reconciling.ground(tmp_path)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def call(buyer: Customer) -> Caller:
    return Caller(buyer.token())


@pytest.fixture
def engineer(place: Ground) -> Caller:
    return Caller(parties.create_token(operator().person, "test").token)


@pytest.fixture
def service(place: Ground, buyer: Customer) -> UUID:
    instance = reconciling.order(buyer)
    reconciling.settle(place)
    return instance
