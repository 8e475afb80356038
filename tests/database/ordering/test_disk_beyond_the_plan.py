"""More disk than a plan gives: ordered with it, changed later, promised, reached live, paid as long as it is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.killing import run_until_killed
from tests.support.reconciling import forget_leases, work
from tests.support.world import GIB, Customer, customer, some_capacity

from souk.billing import invoicing
from souk.billing import queries as billing
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
CENTS_A_GIB_HOUR, CENTS_AN_HOUR = 1, 120


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine) -> Ground:
    return reconciling.ground(tmp_path, engine)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


def _details(buyer: Customer, plan: str = "s", extra_gib: int = 0) -> commands.OrderDetails:
    return commands.OrderDetails(
        buyer.organization, "public", "exemple", plan, "ma-temara", "compta", extra_gib=extra_gib
    )


def _settle(place: Ground) -> None:
    forget_leases()
    work(place)
    catch_up()


@pytest.fixture
def instance(place: Ground, buyer: Customer) -> Iterator[UUID]:
    """A service with plan `s` and 5 GiB beyond it, ready since START; the clock stands there until a test moves it."""
    with clock.at(START):
        order = commands.place_order(buyer.scope, _details(buyer, extra_gib=5))
        _settle(place)
        yield queries.order(buyer.scope, order).instance_id


def _saw(instance: UUID, used: int) -> None:
    """What a round of looks leaves behind."""
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute(
            "insert into monitoring_lastlook (instance_id, organization_id, at, answered, detail, vals)"
            " select id, organization_id, %s, true, '', array[0, 0, %s, 0]::float8[]"
            " from provisioning_serviceinstance where id = %s"
            " on conflict (instance_id) do update set vals = excluded.vals, at = excluded.at",
            [clock.now(), used, instance],
        )


def _billed(buyer: Customer, until: datetime) -> int:
    with clock.at(until):
        return billing.invoice(buyer.scope, invoicing.bill(System("billing"), buyer.organization, until)).net_minor


def test_a_service_is_ordered_with_disk_beyond_its_plan_and_its_machine_has_it(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    row = service(buyer.scope, instance)
    assert (row.state, row.disk, row.extra_disk) == ("ready", 15 * GIB, 5 * GIB)
    (machine,) = engine.machines()
    assert machine.limits.disk == 15 * GIB
    assert queries.orders(buyer.scope)[0].extra_disk == 5 * GIB


def test_it_costs_what_was_held_hour_by_hour_running_or_stopped(place: Ground, buyer: Customer, instance: UUID) -> None:
    with clock.at(START + timedelta(hours=10)):
        commands.change_size(buyer.scope, instance, extra_gib=20)
        _settle(place)
    with clock.at(START + timedelta(hours=15)):
        provisioning.stop_instance(buyer.scope, instance)
        _settle(place)
    with clock.at(START + timedelta(hours=18)):
        provisioning.start_instance(buyer.scope, instance)
        _settle(place)
    gib_hours = 10 * 5 + 10 * 20
    assert _billed(buyer, START + timedelta(hours=20)) == 17 * CENTS_AN_HOUR + gib_hours * CENTS_A_GIB_HOUR


def test_nothing_is_held_after_an_accepted_delete(place: Ground, buyer: Customer, instance: UUID) -> None:
    with clock.at(START + timedelta(hours=10)):
        provisioning.delete_instance(buyer.scope, instance)
        _settle(place)
    assert _billed(buyer, START + timedelta(hours=50)) == 10 * CENTS_AN_HOUR + 50 * CENTS_A_GIB_HOUR


def test_more_disk_alone_is_no_order_and_keeps_the_price(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    changed = commands.change_size(buyer.scope, instance, extra_gib=8)
    _settle(place)
    assert changed.order is None
    done = operations(buyer.scope, instance)[0]
    assert (done.id, done.kind, done.state) == (changed.operation, "grow", "succeeded")
    assert service(buyer.scope, instance).disk == 18 * GIB
    (machine,) = engine.machines()
    assert machine.limits.disk == 18 * GIB
    assert len(queries.orders(buyer.scope)) == 1


def test_plan_and_disk_change_in_one_step(place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine) -> None:
    changed = commands.change_size(buyer.scope, instance, "m", extra_gib=10)
    _settle(place)
    row = service(buyer.scope, instance)
    assert (row.vcpus, row.disk, row.extra_disk) == (2, 50 * GIB, 10 * GIB)
    assert changed.order is not None
    assert queries.order(buyer.scope, changed.order).extra_disk == 10 * GIB
    assert [each.kind for each in operations(buyer.scope, instance)] == ["resize", "create"]


def test_another_plan_keeps_the_disk_beyond_it_unless_said_otherwise(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    commands.change_size(buyer.scope, instance, "m")
    _settle(place)
    assert service(buyer.scope, instance).disk == 45 * GIB


def test_the_site_promises_it_for_every_machine_and_takes_it_back(place: Ground, buyer: Customer) -> None:
    site = sites()[0].id
    before = capacity(site)
    alone = commands.place_order(buyer.scope, _details(buyer, extra_gib=5))
    assert capacity(site).disk == before.disk + 15 * GIB
    commands.cancel_order(buyer.scope, alone)
    _settle(place)
    assert capacity(site) == before
    commands.place_order(buyer.scope, _details(buyer, plan="h", extra_gib=5))
    assert capacity(site).disk == before.disk + 3 * 15 * GIB + GIB


def test_without_room_nothing_changes(place: Ground, buyer: Customer, instance: UUID) -> None:
    some_capacity(disk=0)
    with pytest.raises(provisioning_errors.NoCapacity):
        commands.change_size(buyer.scope, instance, extra_gib=11)
    assert service(buyer.scope, instance).disk == 15 * GIB


def test_a_smaller_disk_is_refused_with_numbers_below_what_is_on_it(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    _saw(instance, 12 * GIB)
    with pytest.raises(errors.DiskTooSmall) as refusal:
        commands.change_size(buyer.scope, instance, extra_gib=3)
    assert "12.0 GiB" in refusal.value.sentence
    assert "13.2 GiB" in refusal.value.sentence
    commands.change_size(buyer.scope, instance, extra_gib=4)
    _settle(place)
    assert service(buyer.scope, instance).disk == 14 * GIB


def test_what_the_last_look_could_not_know_the_engine_refuses_and_the_disk_stays(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    (machine,) = engine.simulated.values()
    machine.disk = 12 * GIB
    before = capacity(sites()[0].id)
    commands.change_size(buyer.scope, instance, extra_gib=0)
    _settle(place)
    failed = operations(buyer.scope, instance)[0]
    assert (failed.kind, failed.state, "disk" in failed.trouble) == ("grow", "failed", True)
    row = service(buyer.scope, instance)
    assert (row.disk, row.extra_disk, row.state) == (15 * GIB, 5 * GIB, "ready")
    assert capacity(sites()[0].id) == before


def test_what_no_price_knows_can_neither_be_ordered_nor_added(place: Ground, buyer: Customer, instance: UUID) -> None:
    with acting(System("test")):
        sold = Subscription.objects.get(instance_id=instance)
        sold.price["tiers"].pop("extra_disk")
        sold.save()
    with pytest.raises(errors.ExtraDiskNotSold):
        commands.change_size(buyer.scope, instance, extra_gib=6)
    with pytest.raises(errors.ExtraDiskNotSold):
        commands.set_ceiling(buyer.scope, instance, 50)


@pytest.mark.parametrize("extra_gib", [-1, 16 * 1024 + 1])
def test_no_disk_is_smaller_than_its_plan_or_without_end(
    place: Ground, buyer: Customer, instance: UUID, extra_gib: int
) -> None:
    with pytest.raises(errors.ExtraDiskOutOfRange):
        commands.change_size(buyer.scope, instance, extra_gib=extra_gib)
    with pytest.raises(errors.ExtraDiskOutOfRange):
        commands.place_order(buyer.scope, replace(_details(buyer, extra_gib=extra_gib), name="autre"))


def test_the_same_size_and_two_changes_at_once_are_refused(place: Ground, buyer: Customer, instance: UUID) -> None:
    with pytest.raises(errors.SameDisk):
        commands.change_size(buyer.scope, instance, extra_gib=5)
    commands.change_size(buyer.scope, instance, extra_gib=6)
    with pytest.raises(provisioning_errors.ResizeUnderWay):
        commands.change_size(buyer.scope, instance, "m")


def test_the_same_key_changes_the_disk_or_the_plan_once(place: Ground, buyer: Customer, instance: UUID) -> None:
    first = commands.change_size(buyer.scope, instance, extra_gib=6, key="k")
    assert commands.change_size(buyer.scope, instance, extra_gib=6, key="k") == first
    _settle(place)
    larger = commands.change_size(buyer.scope, instance, "m", key="l")
    assert commands.change_size(buyer.scope, instance, "m", key="l") == larger


def test_a_delete_in_the_middle_takes_the_growth_back(place: Ground, buyer: Customer, instance: UUID) -> None:
    before = capacity(sites()[0].id)
    commands.change_size(buyer.scope, instance, extra_gib=9)
    provisioning.delete_instance(buyer.scope, instance)
    _settle(place)
    provisioning.recover_instance(buyer.scope, instance)
    _settle(place)
    row = service(buyer.scope, instance)
    assert (row.disk, row.extra_disk) == (15 * GIB, 5 * GIB)
    assert capacity(sites()[0].id) == before


def test_killed_at_every_boundary_the_disk_changes_once(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    at, site = 0, sites()[0].id
    base = capacity(site).disk - 5 * GIB
    while True:
        at += 1
        extra = 6 + at % 2
        commands.change_size(buyer.scope, instance, extra_gib=extra)
        crossed = run_until_killed(place, engine, at, work).crossed
        for _ in range(3):
            _settle(place)
        (machine,) = engine.machines()
        assert machine.limits.disk == (10 + extra) * GIB
        assert capacity(site).disk == base + extra * GIB
        done = [each.state for each in operations(buyer.scope, instance) if each.kind == "grow"]
        assert done == ["succeeded"] * at
        if crossed < at:
            break
    assert at > 8
