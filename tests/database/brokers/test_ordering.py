"""A service ordered from a vendor's broker, from the order to its end."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from tests.support import selling
from tests.support import vendor as program
from tests.support.reconciling import settle, work
from tests.support.selling import Vendor, ordered, seen
from tests.support.world import Customer

from souk.metering.queries import intervals
from souk.ordering.commands import change_plan
from souk.ordering.queries import subscription_of
from souk.provisioning import commands, errors
from souk.provisioning.queries import bindings, operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import capacity, sites

HOUR = timedelta(hours=1)


def test_an_order_becomes_a_store_at_its_vendor(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    instance = selling.order(buyer, greeting="marhaba")
    work(place)
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble) == ("ready", "")
    (made,) = vendor.instances.values()
    assert made == {
        "service_id": program.SERVICE,
        "plan_id": program.SMALL,
        "parameters": {"greeting": "marhaba", "shards": 1},
    }
    assert [each.state for each in operations(buyer.scope, instance)] == ["succeeded"]


def test_the_platform_says_who_asks_and_in_which_version(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    selling.order(buyer)
    work(place)
    (asked,) = vendor.asked("provision")
    headers = {key.lower(): value for key, value in asked["headers"].items()}
    assert headers["x-broker-api-version"] == "2.17"
    assert UUID(headers["x-broker-api-request-identity"])
    platform, encoded = headers["x-broker-api-originating-identity"].split()
    assert platform == "souk"
    who = json.loads(base64.b64decode(encoded))
    assert who == {"organization": str(buyer.organization), "user_id": f"person:{buyer.person}"}
    assert asked["body"]["context"]["platform"] == "souk"
    assert asked["body"]["maintenance_info"] == {"version": "1.0.0"}


def test_credentials_work_and_are_shown_through_a_one_use_box(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    commands.create_binding(buyer.scope, instance, "shop")
    work(place)
    (row,) = bindings(buyer.scope, instance)
    assert row.granted_at is not None
    found = seen(buyer, instance, "shop")
    assert found.given["endpoint"]["path"].startswith("/kv/")
    assert httpx.put(f"{found.connection.uri}/fruit", content=b"figue").status_code == 200
    assert httpx.get(f"{found.connection.uri}/fruit").json() == {"value": "figue"}


def test_revoked_credentials_work_no_more(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    instance = ordered(place, buyer)
    commands.create_binding(buyer.scope, instance, "shop")
    work(place)
    uri = seen(buyer, instance, "shop").connection.uri
    commands.revoke_binding(buyer.scope, instance, "shop")
    work(place)
    assert bindings(buyer.scope, instance) == []
    assert httpx.get(f"{uri}/fruit").status_code == 401


def test_another_plan_and_other_settings_reach_the_vendor(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    change_plan(buyer.scope, instance, "large")
    commands.change_parameters(buyer.scope, instance, {"greeting": "azul"})
    settle(place)
    (made,) = vendor.instances.values()
    assert (made["plan_id"], made["parameters"]["greeting"]) == (program.LARGE, "azul")
    assert service(buyer.scope, instance).parameters["greeting"] == "azul"
    assert subscription_of(buyer.scope, instance).plan_key == "large"


def test_a_change_that_the_vendor_refuses_changes_nothing(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    vendor.fails("update", {"status": 400, "body": '{"description": "Not on a Friday"}'})
    change_plan(buyer.scope, instance, "large")
    settle(place)
    assert subscription_of(buyer.scope, instance).plan_key == "small"
    newest = operations(buyer.scope, instance)[0]
    assert (newest.kind, newest.state, newest.trouble) == ("resize", "failed", "Not on a Friday")
    assert service(buyer.scope, instance).state == "ready"
    assert len(vendor.asked("update")) == 1


def test_an_order_that_the_vendor_refuses_fails_with_its_words_and_leaves_nothing(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = selling.order(buyer, greeting="refuse")
    settle(place)
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble) == ("failed", "Such a greeting is not ours")
    assert (len(vendor.asked("provision")), vendor.asked("deprovision")) == (1, [])
    commands.delete_instance(buyer.scope, instance)
    settle(place)
    assert service(buyer.scope, instance).state == "deleted"


def test_deleting_unbinds_and_deprovisions(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    instance = ordered(place, buyer)
    commands.create_binding(buyer.scope, instance, "shop")
    work(place)
    commands.delete_instance(buyer.scope, instance)
    settle(place)
    assert service(buyer.scope, instance).state == "deleted"
    assert (vendor.instances, vendor.bindings) == ({}, {})
    assert [each["asked"] for each in vendor.told()["log"]][-2:] == ["unbind", "deprovision"]


def test_a_vendor_that_takes_its_time_is_polled(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    vendor.told(asynchronous=True, polls=2)
    instance = selling.order(buyer)
    work(place)
    assert service(buyer.scope, instance).state == "provisioning"
    settle(place, times=3)
    assert service(buyer.scope, instance).state == "ready"
    commands.create_binding(buyer.scope, instance, "shop")
    settle(place, times=4)
    assert seen(buyer, instance, "shop").password
    change_plan(buyer.scope, instance, "large")
    settle(place, times=4)
    assert subscription_of(buyer.scope, instance).plan_key == "large"
    commands.delete_instance(buyer.scope, instance)
    settle(place, times=6)
    assert (service(buyer.scope, instance).state, vendor.instances, vendor.bindings) == ("deleted", {}, {})


def test_what_takes_a_machine_is_refused_with_a_sentence(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    for verb in (commands.stop_instance, commands.restart_instance, commands.attach_instance):
        with pytest.raises(errors.ProducedElsewhere):
            verb(buyer.scope, instance)
    with pytest.raises(errors.ProducedElsewhere):
        commands.rotate_binding(buyer.scope, instance, "default")


def test_it_takes_no_capacity_of_the_site(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    site = sites()[0].id
    before = capacity(site)
    ordered(place, buyer)
    assert capacity(site) == before


def test_running_is_metered_from_first_ready_to_accepted_deletion(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)
    settle(place)
    commands.delete_instance(buyer.scope, instance)
    settle(place)
    row = service(buyer.scope, instance)
    assert row.ready_at is not None
    (interval,) = intervals(buyer.scope, instance, row.created_at - HOUR, row.created_at + HOUR)
    assert (interval.meter, interval.until is not None) == ("running", True)
