"""What public addresses cost: by the hour on the bill of the service that has them, or had them last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.reconciling import forget_leases, work
from tests.support.world import Customer, customer, operator

from souk.billing import invoicing
from souk.billing import queries as billing
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.ordering import commands, errors, queries
from souk.ordering.models import Subscription
from souk.provisioning import commands as provisioning
from souk.provisioning.addresses import addresses
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites

START = datetime(2028, 3, 2, 8, 0, tzinfo=UTC)
CENTS_AN_ADDRESS_HOUR, CENTS_AN_HOUR = 6, 120


@pytest.fixture
def place(own_database: str, tmp_path: Path) -> Ground:
    ground = reconciling.ground(tmp_path)
    provisioning.add_range(operator(), sites()[0].id, "203.0.113.0/29")
    return ground


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


def _settle(place: Ground) -> None:
    forget_leases()
    work(place)
    catch_up()


def _ordered(place: Ground, buyer: Customer, name: str = "compta", *, public: bool = True) -> UUID:
    details = commands.OrderDetails(
        buyer.organization, "public", "exemple", "s", "ma-temara", name, public_address=public
    )
    order = commands.place_order(buyer.scope, details)
    _settle(place)
    return queries.order(buyer.scope, order).instance_id


@pytest.fixture
def instance(place: Ground, buyer: Customer) -> Iterator[UUID]:
    """A service that was ordered with an address, ready since START; the clock stands there until a test moves it."""
    with clock.at(START):
        yield _ordered(place, buyer)


def _billed(buyer: Customer, until: datetime) -> int:
    with clock.at(until):
        return billing.invoice(buyer.scope, invoicing.bill(System("billing"), buyer.organization, until)).net_minor


def test_an_address_costs_its_hours_while_the_service_runs_or_is_stopped(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    with clock.at(START + timedelta(hours=10)):
        provisioning.stop_instance(buyer.scope, instance)
        _settle(place)
    with clock.at(START + timedelta(hours=14)):
        provisioning.start_instance(buyer.scope, instance)
        _settle(place)
    with clock.at(START + timedelta(hours=20)):
        provisioning.take_address(buyer.scope, instance)
        _settle(place)
    assert _billed(buyer, START + timedelta(hours=30)) == 26 * CENTS_AN_HOUR + 20 * CENTS_AN_ADDRESS_HOUR


def test_one_that_is_kept_goes_on_costing_until_it_is_another_services_or_given_back(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    with clock.at(START + timedelta(hours=10)):
        provisioning.take_address(buyer.scope, instance, keep=True)
        _settle(place)
    with clock.at(START + timedelta(hours=20)):
        other = _ordered(place, buyer, "ventes", public=False)
        commands.give_address(buyer.scope, other, addresses(buyer.scope)[0].id)
        _settle(place)
    with clock.at(START + timedelta(hours=25)):
        provisioning.take_address(buyer.scope, other, keep=True)
        _settle(place)
    with clock.at(START + timedelta(hours=30)):
        provisioning.release_address(buyer.scope, addresses(buyer.scope)[0].id)
        _settle(place)
    hours = 40 + 20
    assert _billed(buyer, START + timedelta(hours=40)) == hours * CENTS_AN_HOUR + 30 * CENTS_AN_ADDRESS_HOUR


def test_of_a_deleted_service_it_costs_nothing_and_again_once_that_is_recovered(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    with clock.at(START + timedelta(hours=10)):
        provisioning.delete_instance(buyer.scope, instance)
        _settle(place)
    with clock.at(START + timedelta(hours=20)):
        provisioning.recover_instance(buyer.scope, instance)
        _settle(place)
    assert _billed(buyer, START + timedelta(hours=25)) == 15 * (CENTS_AN_HOUR + CENTS_AN_ADDRESS_HOUR)


def test_a_price_from_before_there_were_addresses_sells_none(place: Ground, buyer: Customer) -> None:
    instance = _ordered(place, buyer, public=False)
    with acting(System("test")):
        subscription = Subscription.objects.get(instance_id=instance)
        del subscription.price["tiers"]["public_address"]
        subscription.save(update_fields=["price"])
    with pytest.raises(errors.PublicAddressNotSold):
        commands.give_address(buyer.scope, instance)
    assert addresses(buyer.scope) == []
