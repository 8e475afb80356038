"""A broker that lies or hangs: its customers are told, nothing is left behind, and nobody else waits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection
from django.utils import translation
from tests.support import selling
from tests.support.reconciling import settle, work
from tests.support.selling import Vendor, ordered, running
from tests.support.world import Customer

from souk.brokers import calling, queries, speaking, visiting
from souk.brokers.calling import Call, Full
from souk.brokers.verdicts import Asked
from souk.kernel import clock
from souk.provisioning import commands
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.converge import Ground

QUICK = 0.6


@pytest.fixture
def hasty() -> Iterator[None]:
    """Nobody waits for a broker for longer than a moment."""
    with mock.patch.object(speaking, "WITHIN", QUICK), mock.patch.object(visiting, "WITHIN", QUICK):
        yield


def trouble(seller: Customer, broker: UUID) -> str:
    visiting.visit(broker)
    with translation.override("en"):
        return queries.broker(seller.scope, broker).trouble


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"status": 500, "stays": True}, "refuses to show its catalog"),
        ({"status": 200, "body": "<html>Welcome</html>"}, "no JSON"),
        ({"status": 200, "body": "[]"}, "no JSON object"),
        ({"big": 10_000_000}, "too large"),
        ({"status": 302, "headers": {"Location": "http://169.254.169.254/"}}, "redirects are not followed"),
        ({"drip": 5}, "does not answer in time"),
        ({"hang": 3}, "does not answer in time"),
        ({"status": 200, "body": '{"services": "many"}'}, "services"),
        ({"status": 200, "body": '{"services": [{"id": 7}]}'}, "services[0]"),
        ({"status": 200, "body": '{"services": ' + "[" * 500 + "]" * 500 + "}"}, "can't be kept"),
        ({"status": 401}, "does not let us in"),
        ({"status": 404}, "/v2/catalog"),
        ({"status": 412}, "2.17"),
    ],
)
def test_what_is_wrong_with_a_catalog_is_said(
    seller: Customer, vendor: Vendor, hasty: None, fault: dict[str, object], says: str
) -> None:
    broker = selling.register(seller, vendor.url)
    vendor.fails("catalog", fault)
    began = time.monotonic()
    assert says in trouble(seller, broker)
    assert time.monotonic() - began < QUICK + 2
    assert queries.proposed(seller.scope, broker) is None
    vendor.told(faults={})
    assert trouble(seller, broker) == ""


def test_an_address_inside_is_never_connected_to(seller: Customer, vendor: Vendor, settings: object) -> None:
    broker = selling.register(seller, vendor.url)
    settings.BROKER_NETWORKS = []
    assert "private network" in trouble(seller, broker)
    assert vendor.asked("catalog") == []


def test_a_name_that_leads_inside_later_is_not_followed(seller: Customer, vendor: Vendor, settings: object) -> None:
    settings.BROKER_NETWORKS = []
    port = vendor.url.rpartition(":")[2]
    broker = selling.register(seller, f"http://broker.example:{port}")
    inside = [(2, 1, 6, "", ("127.0.0.1", int(port)))]
    with mock.patch("socket.getaddrinfo", return_value=inside):
        assert "private network" in trouble(seller, broker)
    assert vendor.asked("catalog") == []


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "done": True},
        {"status": 201, "body": "<html>made</html>", "done": True},
        {"status": 204, "done": True},
        {"hang": 2, "done": True},
    ],
)
def test_what_may_have_been_made_is_ended_before_another_is(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer, hasty: None, fault: dict[str, object]
) -> None:
    vendor.fails("provision", fault)
    instance = selling.order(buyer)
    settle(place, times=4)
    assert service(buyer.scope, instance).state == "ready"
    first, second = (each["path"] for each in vendor.asked("provision"))
    assert first != second
    assert [each["path"] for each in vendor.asked("deprovision")] == [first]
    assert [f"/v2/service_instances/{key}" for key in vendor.instances] == [second]


def test_what_was_rejected_is_not_ended(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    vendor.fails("provision", {"status": 409})
    selling.order(buyer)
    settle(place)
    assert vendor.asked("deprovision") == []


def test_a_broker_that_never_makes_anything_is_given_up_with_nothing_left(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    vendor.fails("provision", {"status": 500, "done": True, "stays": True})
    instance = selling.order(buyer)
    for _ in range(8):
        settle(place, times=1)
        visiting.visit(broker)
    row = service(buyer.scope, instance)
    assert (row.state, row.ready_at) == ("failed", None)
    assert "several times" in row.trouble
    assert vendor.instances == {}


def test_an_operation_that_never_ends_is_ended_after_the_plans_patience(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    vendor.told(asynchronous=True, polls=1_000_000)
    instance = selling.order(buyer)
    settle(place)
    (first,) = vendor.instances
    with clock.at(clock.now() + timedelta(hours=1)):
        vendor.told(asynchronous=False, pending={})
        vendor.told(faults={"poll": [{"status": 200, "body": '{"state": "in progress"}'}]})
        settle(place, times=4)
    assert service(buyer.scope, instance).state == "ready"
    assert first not in vendor.instances
    assert len(vendor.instances) == 1


def test_credentials_that_may_have_been_made_are_ended_before_others_are(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    vendor.fails("bind", {"status": 500, "done": True}, {"status": 201, "body": '{"credentials": 7}', "done": True})
    commands.create_binding(buyer.scope, instance, "shop")
    settle(place, times=6)
    assert operations(buyer.scope, instance)[0].state == "succeeded"
    assert len(vendor.asked("unbind")) == 2
    assert len(vendor.bindings) == 1


def test_a_deletion_goes_on_until_the_broker_says_it_is_done(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    vendor.fails("deprovision", {"status": 500}, {"status": 200, "body": "gone"}, {"status": 422, "body": "{}"})
    commands.delete_instance(buyer.scope, instance)
    settle(place, times=2)
    assert service(buyer.scope, instance).state == "deleting"
    settle(place, times=3)
    assert (service(buyer.scope, instance).state, vendor.instances) == ("deleted", {})


def test_a_broker_that_fails_again_and_again_is_left_alone_until_it_answers(
    seller: Customer, vendor: Vendor, place: Ground, buyer: Customer
) -> None:
    seller, broker = selling.sold(vendor)
    vendor.fails("deprovision", {"status": 500, "stays": True})
    instance = ordered(place, buyer)
    commands.delete_instance(buyer.scope, instance)
    for _ in range(12):
        settle(place, times=1)
    assert queries.broker(seller.scope, broker).state == "left_alone"
    assert len(vendor.asked("deprovision")) == calling.OPENS_AFTER
    vendor.told(faults={})
    visiting.visit(broker)
    assert queries.broker(seller.scope, broker).state == "answering"
    settle(place)
    assert service(buyer.scope, instance).state == "deleted"


def test_one_that_hangs_keeps_two_calls_waiting_and_nobody_else(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    vendor.fails("provision", {"hang": 1.5, "stays": True})
    with running() as other:
        _, second = selling.sold(other, "Autre magasin")
        call = Call("PUT", "/x", {"accepts_incomplete": "true"}, {})

        def ask(where: UUID) -> str:
            try:
                return str(calling.ask(where, Asked.PROVISION, call).kind)
            except Full:
                return "full"
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            began = time.monotonic()
            hanging = [pool.submit(ask, broker) for _ in range(6)]
            elsewhere = pool.submit(ask, second).result(10)
            took = time.monotonic() - began
            outcomes = [each.result(10) for each in hanging]
    assert (elsewhere, took < 1.2) == ("done", True)
    assert outcomes.count("full") == 4
    assert vendor.told()["most"] == calling.SHARE


def test_a_dashboard_that_is_no_web_address_is_not_shown(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    vendor.fails("provision", {"status": 201, "body": '{"dashboard_url": "javascript:alert(1)"}', "done": True})
    instance = ordered(place, buyer)
    row = service(buyer.scope, instance)
    found = queries.produced(buyer.scope, instance, row.plan_id)
    assert found is not None
    assert found.dashboard_url == ""


def test_a_broker_whose_credentials_are_wrong_is_told_so_and_orders_wait(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    vendor.fails("provision", {"status": 401})
    instance = selling.order(buyer)
    work(place)
    assert service(buyer.scope, instance).state == "provisioning"
    settle(place)
    assert service(buyer.scope, instance).state == "ready"
    assert vendor.asked("deprovision") == []
