"""A vendor's broker in a process of its own, and a site to order from."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import reconciling, selling
from tests.support.selling import Vendor
from tests.support.world import Customer, customer

from souk.brokers import calling, intake
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture(scope="module")
def process() -> Iterator[Vendor]:
    with selling.running() as vendor:
        yield vendor


@pytest.fixture
def place(own_database: str, tmp_path: Path, settings: object) -> Ground:
    settings.BROKER_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.BROKERS_IN_THE_CLEAR = True
    calling._calls.clear()
    intake.ensure()
    return reconciling.ground(tmp_path)


@pytest.fixture
def vendor(process: Vendor, place: Ground) -> Vendor:
    process.told(reset=True)
    return process


@pytest.fixture
def seller(vendor: Vendor) -> Customer:
    """Who sells; nothing is registered yet."""
    return customer("Magasins du Bouregreg")


@pytest.fixture
def broker(vendor: Vendor) -> UUID:
    """A broker whose services are for sale."""
    return selling.sold(vendor)[1]


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()
