"""A buyer and its desk."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.database.console.desks import at_desk
from tests.support.world import Customer, customer


@pytest.fixture
def buyer(db: None) -> Customer:
    """An organization and its owner."""
    return customer()


@pytest.fixture
def desk(buyer: Customer) -> Client:
    """The owner at its desk."""
    return at_desk(buyer.person)
