"""Another plan for a running service: ordered, promised, reached, priced from that instant on; or refused, and nothing
changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import IntegrityError
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.killing import run_until_killed
from tests.support.reconciling import forget_leases, work
from tests.support.world import GIB, Customer, customer, some_capacity

from souk.billing import invoicing
from souk.billing import queries as billing
from souk.catalog.errors import UnknownPlan
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.ordering import commands, errors, queries
from souk.ordering.models import Subscription
from souk.provisioning import commands as provisioning
from souk.provisioning import errors as provisioning_errors
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import capacity, sites

START = datetime(2028, 3, 2, 8, 0, tzinfo=UTC)


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
def instance(place: Ground, buyer: Customer) -> Iterator[UUID]:
    """A service with plan `s` that is ready since START; the clock stands there until a test moves it."""
    with clock.at(START):
        made = reconciling.order(buyer)
        _settle(place)
        yield made


def _settle(place: Ground) -> None:
    forget_leases()
    work(place)
    catch_up()


def test_the_service_has_the_new_size_and_its_subscription_the_new_price(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    order = commands.change_plan(buyer.scope, instance, "m")
    _settle(place)
    row = service(buyer.scope, instance)
    assert (row.state, row.vcpus, row.memory, row.disk) == ("ready", 2, 4 * GIB, 40 * GIB)
    (machine,) = engine.machines()
    assert (machine.limits.vcpus, machine.limits.memory, machine.limits.disk) == (2, 4 * GIB, 40 * GIB)
    assert queries.order(buyer.scope, order).state == "fulfilled"
    now, before = queries.subscriptions_of(buyer.scope, instance)
    assert (now.plan_key, now.state, before.plan_key, before.state) == ("m", "active", "s", "ended")
    assert now.started_at == before.ended_at
    assert (now.price["per_hour"], now.price["minimum_hours"]) == ("3.6000000000", 0)


def test_each_hour_is_billed_at_the_price_that_held_in_it(place: Ground, buyer: Customer, instance: UUID) -> None:
    with clock.at(START + timedelta(hours=10)):
        commands.change_plan(buyer.scope, instance, "m")
        _settle(place)
    until = START + timedelta(hours=15)
    with clock.at(until):
        so_far = billing.cost_so_far(buyer.scope, instance)
        invoice = billing.invoice(buyer.scope, invoicing.bill(System("billing"), buyer.organization, until))
    assert invoice.net_minor == 10 * 120 + 5 * 360
    assert so_far.minor == invoice.net_minor


def test_capacity_is_promised_for_the_new_size_and_given_back_with_it(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    site = sites()[0].id
    before = capacity(site)
    commands.change_plan(buyer.scope, instance, "m")
    assert capacity(site).memory == before.memory + 3 * GIB
    _settle(place)
    commands.change_plan(buyer.scope, instance, "s")
    _settle(place)
    assert capacity(site) == before
    provisioning.erase_instance(buyer.scope, instance)
    _settle(place)
    assert capacity(site).memory == before.memory - GIB


def test_without_room_for_the_difference_it_is_refused_and_costs_nothing(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    some_capacity(memory=2 * GIB)
    with pytest.raises(provisioning_errors.NoCapacity):
        commands.change_plan(buyer.scope, instance, "m")
    assert len(queries.orders(buyer.scope)) == 1
    assert service(buyer.scope, instance).memory == GIB


def test_a_disk_too_full_for_the_smaller_plan_keeps_its_plan_and_says_why(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    commands.change_plan(buyer.scope, instance, "m")
    _settle(place)
    before = capacity(sites()[0].id)
    (machine,) = engine.simulated.values()
    machine.disk = 20 * GIB
    order = commands.change_plan(buyer.scope, instance, "s")
    _settle(place)
    row = service(buyer.scope, instance)
    assert (row.state, row.disk, row.trouble) == ("ready", 40 * GIB, "")
    refused = queries.order(buyer.scope, order)
    assert (refused.state, "disk" in refused.reason) == ("failed", True)
    assert queries.subscription_of(buyer.scope, instance).plan_key == "m"
    failed = operations(buyer.scope, instance)[0]
    assert (failed.kind, failed.state, "disk" in failed.trouble) == ("resize", "failed", True)
    assert capacity(sites()[0].id) == before
    commands.change_plan(buyer.scope, instance, "s")


def test_killed_at_every_boundary_the_change_is_made_once(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    plans, at = ["m", "s"], 0
    site = sites()[0].id
    while True:
        at += 1
        plan = plans[(at + 1) % 2]
        commands.change_plan(buyer.scope, instance, plan)
        crossed = run_until_killed(place, engine, at, work).crossed
        for _ in range(3):
            _settle(place)
        found = queries.subscriptions_of(buyer.scope, instance)
        assert [row.state for row in found] == ["active"] + ["ended"] * at
        assert found[0].plan_key == plan
        assert capacity(site).memory == service(buyer.scope, instance).memory
        (machine,) = engine.machines()
        assert machine.limits.memory == service(buyer.scope, instance).memory
        if crossed < at:
            break
    assert at > 12


def test_a_stopped_service_changes_its_plan_too(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    provisioning.stop_instance(buyer.scope, instance)
    commands.change_plan(buyer.scope, instance, "m")
    _settle(place)
    (machine,) = engine.machines()
    assert (machine.status, machine.limits.vcpus) == ("stopped", 2)
    assert queries.subscription_of(buyer.scope, instance).plan_key == "m"


def test_deleting_in_the_middle_of_a_change_ends_both_subscriptions_and_it_comes_back_with_the_plan_before(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = capacity(sites()[0].id)
    order = commands.change_plan(buyer.scope, instance, "m")
    provisioning.delete_instance(buyer.scope, instance)
    _settle(place)
    assert {row.state for row in queries.subscriptions_of(buyer.scope, instance)} == {"ended"}
    assert queries.order(buyer.scope, order).state == "cancelled"
    provisioning.recover_instance(buyer.scope, instance)
    _settle(place)
    assert queries.subscription_of(buyer.scope, instance).state == "active"
    assert queries.subscription_of(buyer.scope, instance).plan_key == "s"
    (machine,) = engine.machines()
    assert (service(buyer.scope, instance).vcpus, machine.limits.vcpus) == (1, 1)
    assert capacity(sites()[0].id) == before


def test_the_same_key_orders_one_change(place: Ground, buyer: Customer, instance: UUID) -> None:
    first = commands.change_plan(buyer.scope, instance, "m", key="k")
    assert commands.change_plan(buyer.scope, instance, "m", key="k") == first
    assert len(queries.orders(buyer.scope)) == 2


def test_two_changes_at_once_the_same_plan_and_an_unknown_one_are_refused(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    with pytest.raises(errors.SamePlan):
        commands.change_plan(buyer.scope, instance, "s")
    with pytest.raises(UnknownPlan):
        commands.change_plan(buyer.scope, instance, "xxl")
    commands.change_plan(buyer.scope, instance, "m")
    with pytest.raises(provisioning_errors.ResizeUnderWay):
        commands.change_plan(buyer.scope, instance, "m")


def test_the_plan_of_what_does_not_run_yet_cannot_be_changed(place: Ground, buyer: Customer) -> None:
    with pytest.raises(errors.NotActive):
        commands.change_plan(buyer.scope, reconciling.order(buyer), "m")


def test_the_database_itself_keeps_a_service_from_two_active_subscriptions(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    commands.change_plan(buyer.scope, instance, "m")
    with pytest.raises(IntegrityError), acting(System("test")):
        Subscription.objects.filter(instance_id=instance, state="pending").update(state="active")
