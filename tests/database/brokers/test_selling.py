"""A broker registered by its vendor, looked at by the worker, published, approved, changed and removed."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.support import selling
from tests.support import vendor as program
from tests.support.reconciling import settle
from tests.support.selling import Vendor, ordered
from tests.support.world import Customer, customer

from souk.brokers import commands, errors, intake, queries, visiting
from souk.brokers.models import Broker
from souk.catalog.errors import NotForSale, OfferingMissing
from souk.catalog.queries import published_offering
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.provisioning import commands as provisioning
from souk.provisioning.queries import service
from souk.provisioning.reconciler.converge import Ground

SIGN_IN = {"auth": "basic", "username": program.USER, "secret": program.PASSWORD}


def plans() -> list[str]:
    return [each["key"] for each in published_offering("public", "key-value", "fr")["plans"]]


@pytest.mark.parametrize(
    "url",
    ["ftp://broker.example", "https://", "https://u:p@broker.example", "https://broker.example/#x", "https://10.0.0.1"],
)
def test_an_address_that_leads_nowhere_good_is_refused(seller: Customer, url: str) -> None:
    with pytest.raises(errors.UrlRefused):
        selling.register(seller, url)


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret": ""},
        {"username": ""},
        {"username": "a:b"},
        {"auth": "bearer", "secret": "zwei\nzeilen"},
        {"auth": "certificate", "secret": "no certificate"},
        {"auth": "none"},
    ],
)
def test_what_signs_in_must_be_whole(seller: Customer, vendor: Vendor, wrong: dict[str, str]) -> None:
    with pytest.raises(errors.InvalidSecret):
        selling.register(seller, vendor.url, **wrong)


def test_the_secret_is_closed_for_the_worker_alone(seller: Customer, vendor: Vendor) -> None:
    broker = selling.register(seller, vendor.url)
    with acting(System("test")):
        row = Broker.objects.get(id=broker)
    assert program.PASSWORD.encode() not in bytes(row.closed_secret)
    assert intake.way(row).secret == program.PASSWORD
    assert program.PASSWORD not in repr(intake.way(row))


def test_a_secret_is_not_sent_to_another_address(seller: Customer, vendor: Vendor) -> None:
    broker = selling.register(seller, vendor.url)
    other = commands.BrokerDetails("Magasins", "https://thief.example", "basic", program.USER)
    with pytest.raises(errors.InvalidSecret):
        commands.change_broker(seller.scope, broker, other)


def test_another_organization_neither_sees_nor_changes_it(seller: Customer, vendor: Vendor, broker: UUID) -> None:
    stranger = customer()
    assert queries.brokers(stranger.scope) == []
    with pytest.raises(NotFound):
        commands.try_broker(stranger.scope, broker)
    with pytest.raises(NotFound):
        queries.measured(stranger.scope, broker)


def test_nothing_is_sold_before_the_operator_approves(seller: Customer, vendor: Vendor) -> None:
    broker = selling.register(seller, vendor.url)
    visiting.visit(broker)
    versions = commands.publish(seller.scope, broker, selling.publication(seller, broker))
    with pytest.raises(OfferingMissing):
        published_offering("public", "key-value", "fr")
    selling.approve(versions)
    assert plans() == ["small", "large"]


def test_a_plan_without_a_price_is_not_published(seller: Customer, vendor: Vendor) -> None:
    broker = selling.register(seller, vendor.url)
    visiting.visit(broker)
    number = selling.publication(seller, broker).number
    with pytest.raises(errors.PriceMissing):
        commands.publish(seller.scope, broker, commands.Publication(number, []))
    assert queries.proposed(seller.scope, broker) is not None


def test_a_catalog_that_changed_meanwhile_is_not_published_unseen(seller: Customer, vendor: Vendor) -> None:
    broker = selling.register(seller, vendor.url)
    visiting.visit(broker)
    seen = selling.publication(seller, broker)
    other = program.catalog()
    other["services"][0]["plans"][0]["description"] = "Smaller than it was"
    vendor.told(catalog=other)
    visiting.visit(broker)
    with pytest.raises(errors.CatalogMovedOn):
        commands.publish(seller.scope, broker, seen)


def test_a_plan_that_is_offered_no_more_is_sold_no_more_and_runs_on(
    place: Ground, vendor: Vendor, buyer: Customer
) -> None:
    seller, broker = selling.sold(vendor)
    instance = ordered(place, buyer)
    fewer = program.catalog()
    fewer["services"][0]["plans"] = fewer["services"][0]["plans"][1:]
    vendor.told(catalog=fewer)
    visiting.visit(broker)
    assert plans() == ["large"]
    with pytest.raises(NotForSale):
        selling.order(buyer, name="autre")
    settle(place)
    assert service(buyer.scope, instance).state == "ready"
    provisioning.delete_instance(buyer.scope, instance)
    settle(place)
    assert vendor.instances == {}
    assert [each.kind for each in queries.proposed(seller.scope, broker).changes] == ["plan_removed"]


def test_the_next_version_is_the_same_offering(seller: Customer, vendor: Vendor, place: Ground) -> None:
    seller, broker = selling.sold(vendor)
    other = program.catalog()
    other["services"][0]["description"] = "Even better stores"
    vendor.told(catalog=other)
    visiting.visit(broker)
    assert published_offering("public", "key-value", "fr")["summary"] == "Key-value stores over HTTP"
    selling.approve(commands.publish(seller.scope, broker, selling.publication(seller, broker, "130")))
    found = published_offering("public", "key-value", "fr")
    assert (found["summary"], found["version"], found["plans"][0]["per_month"]) == ("Even better stores", 2, "130")


def test_two_vendors_may_name_a_service_alike(vendor: Vendor, broker: UUID) -> None:
    seller, second = selling.sold(vendor, "Autre vendeur")
    (offering,) = {each.offering for each in queries.sold(seller.scope, second)}
    assert offering.startswith("key-value-")


def test_a_broker_is_not_removed_while_something_of_it_runs(place: Ground, vendor: Vendor, buyer: Customer) -> None:
    seller, broker = selling.sold(vendor)
    instance = ordered(place, buyer)
    with pytest.raises(errors.BrokerSells):
        commands.remove_broker(seller.scope, broker)
    provisioning.delete_instance(buyer.scope, instance)
    settle(place)
    commands.remove_broker(seller.scope, broker)
    assert queries.brokers(seller.scope) == []
    assert plans() == []
    with pytest.raises(NotForSale):
        selling.order(buyer, name="autre")


def test_what_is_seen_from_outside_is_measured(place: Ground, vendor: Vendor, buyer: Customer) -> None:
    seller, broker = selling.sold(vendor)
    vendor.fails("catalog", {"status": 500})
    visiting.visit(broker)
    visiting.visit(broker)
    vendor.fails("provision", {"status": 500, "done": True})
    selling.order(buyer)
    settle(place, times=4)
    seen = queries.measured(seller.scope, broker)
    assert (seen.looks, seen.availability, seen.made, seen.success) == (3, 2 / 3, 1, 0.5)
    assert seen.milliseconds is not None
    assert seen.seconds is not None
    assert queries.measured_offering("key-value") == seen


def test_due_brokers_are_visited_once_each(seller: Customer, vendor: Vendor) -> None:
    selling.register(seller, vendor.url)
    assert visiting.visit_due()
    assert not visiting.visit_due()
    assert len(vendor.asked("catalog")) == 1
