"""A disk that grows by itself: from 85 per cent on, by one step for one look, to its ceiling; told each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.reconciling import forget_leases, work
from tests.support.world import GIB, Customer, customer, some_capacity

from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.metering.queries import extra_disk
from souk.monitoring.alerts import mail
from souk.monitoring.alerts.evaluating import judge
from souk.monitoring.alerts.queries import alerts
from souk.monitoring.growing import grow_what_fills
from souk.monitoring.models import Delivery
from souk.ordering import commands, errors
from souk.provisioning.commands.disks import step
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.converge import Ground

START = datetime(2028, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def place(own_database: str, tmp_path: Path) -> Ground:
    return reconciling.ground(tmp_path)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def instance(place: Ground, buyer: Customer) -> Iterator[UUID]:
    """A service of 10 GiB that may grow to 22."""
    with clock.at(START):
        made = reconciling.order(buyer)
        _settle(place)
        commands.set_ceiling(buyer.scope, made, 22)
        yield made


def _settle(place: Ground) -> None:
    forget_leases()
    work(place)
    catch_up()


def _saw(instance: UUID, used: float) -> None:
    """A look found so many gibibytes in use."""
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute(
            "insert into monitoring_lastlook (instance_id, organization_id, at, answered, detail, vals)"
            " select id, organization_id, %s, true, '', array[0, 0, %s, 0]::float8[]"
            " from provisioning_serviceinstance where id = %s"
            " on conflict (instance_id) do update set vals = excluded.vals, at = excluded.at",
            [clock.now(), used * GIB, instance],
        )


def _disk(buyer: Customer, instance: UUID) -> int:
    return service(buyer.scope, instance).disk // GIB


def _firing(buyer: Customer, instance: UUID) -> set[str]:
    judge()
    return {each.rule for each in alerts(buyer.scope, instance) if each.state == "firing"}


def test_a_tenth_and_five_gibibytes_at_least_never_beyond_the_ceiling() -> None:
    assert step(10 * GIB, 100 * GIB) == 5 * GIB
    assert step(200 * GIB, 1000 * GIB) == 20 * GIB
    assert step(98 * GIB, 100 * GIB) == 2 * GIB
    assert step(100 * GIB, 100 * GIB) == 0
    assert step(40 * GIB, 22 * GIB) == 0


def test_a_disk_that_fills_up_grows_and_counts_from_that_instant(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    _saw(instance, 8.4)
    assert grow_what_fills() == 0
    with clock.at(START + timedelta(hours=1)):
        _saw(instance, 8.5)
        assert grow_what_fills() == 1
        _settle(place)
    assert _disk(buyer, instance) == 15
    (grown,) = [each for each in operations(buyer.scope, instance) if each.kind == "grow"]
    assert (grown.state, grown.details["automatic"], grown.requested_by) == ("succeeded", True, "system:monitoring")
    held = extra_disk(buyer.scope, instance, START, START + timedelta(hours=3))
    assert held / GIB / 3600 == 5 * 2


def test_one_look_is_the_reason_of_one_growth(place: Ground, buyer: Customer, instance: UUID) -> None:
    with clock.at(START + MINUTE):
        _saw(instance, 9.9)
        assert grow_what_fills() == 1
        assert grow_what_fills() == 0
    with clock.at(START + MINUTE + timedelta(seconds=5)):
        _settle(place)
        assert grow_what_fills() == 0
    with clock.at(START + 2 * MINUTE):
        _saw(instance, 12)
        assert grow_what_fills() == 0
        _saw(instance, 14)
        assert grow_what_fills() == 1
        _settle(place)
    assert _disk(buyer, instance) == 20


def test_each_growth_is_told_to_those_who_operate(place: Ground, buyer: Customer, instance: UUID) -> None:
    with clock.at(START + MINUTE):
        _saw(instance, 9)
        grow_what_fills()
        _settle(place)
    (told,) = [each for each in alerts(buyer.scope, instance) if each.rule == "disk_grown"]
    assert (told.state, told.value, told.threshold) == ("resolved", 15, 22)
    with acting(System("test")):
        (body,) = Delivery.objects.values_list("body", flat=True)
    assert body["event"] == "disk.grown"
    subject, text = mail.written(body)
    assert "compta" in subject
    assert "15" in text
    assert "22" in text


def test_at_its_ceiling_it_says_so_and_grows_no_more(place: Ground, buyer: Customer, instance: UUID) -> None:
    for minute, used in enumerate((9, 14, 19), 1):
        with clock.at(START + minute * MINUTE):
            _saw(instance, used)
            grow_what_fills()
            _settle(place)
    assert _disk(buyer, instance) == 22
    with clock.at(START + 9 * MINUTE):
        _saw(instance, 18)
        assert "disk_ceiling" not in _firing(buyer, instance)
        _saw(instance, 21)
        assert grow_what_fills() == 0
        assert "disk_ceiling" in _firing(buyer, instance)
        commands.set_ceiling(buyer.scope, instance, 40)
        assert grow_what_fills() == 1


def test_a_region_without_room_is_an_alert_of_its_own_and_it_grows_once_there_is_room(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    some_capacity(disk=0)
    with clock.at(START + MINUTE):
        _saw(instance, 9)
        assert grow_what_fills() == 0
        assert grow_what_fills() == 0
        assert "disk_no_room" in _firing(buyer, instance)
        assert service(buyer.scope, instance).growth_refused_at == START + MINUTE
    some_capacity(disk=100 * GIB)
    with clock.at(START + 2 * MINUTE):
        _saw(instance, 9)
        assert grow_what_fills() == 1
        _settle(place)
    assert service(buyer.scope, instance).growth_refused_at is None
    assert _disk(buyer, instance) == 15


def test_without_a_ceiling_or_while_stopped_nothing_grows(place: Ground, buyer: Customer, instance: UUID) -> None:
    commands.set_ceiling(buyer.scope, instance, None)
    _saw(instance, 9.9)
    assert grow_what_fills() == 0


def test_a_ceiling_below_what_it_has_or_beyond_reason_is_refused(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    with pytest.raises(errors.CeilingTooLow):
        commands.set_ceiling(buyer.scope, instance, 9)
    with pytest.raises(errors.CeilingTooHigh):
        commands.set_ceiling(buyer.scope, instance, 10**6)
    assert service(buyer.scope, instance).grow_to == 22 * GIB
