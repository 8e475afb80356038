"""Data that services tell that they hold, metered as long as they run, and paid by the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.world import Customer, customer

from souk.kernel.scope import System, acting
from souk.metering.commands import take_stored
from souk.metering.models import UsageInterval
from souk.metering.queries import stored
from souk.monitoring.metrics import StoredRow

SYSTEM = System("test")
GIB = 1024**3
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def buyer(own_database: str) -> Customer:
    return customer()


def _runs(buyer: Customer, instance: UUID, hours: int | None, meter: str = "running", after: int = 0) -> None:
    until = None if hours is None else SINCE + HOUR * (after + hours)
    with acting(SYSTEM):
        UsageInterval.objects.create(
            organization_id=buyer.organization, instance_id=instance, meter=meter, during=(SINCE + HOUR * after, until)
        )


def _told(buyer: Customer, instance: UUID, gib: int, hour: int) -> int:
    return take_stored([StoredRow(instance, buyer.organization, gib * GIB)], SINCE + HOUR * hour)


def _gib_hours(instance: UUID, until: int, since: int = 0) -> Decimal:
    return stored(SYSTEM, instance, SINCE + HOUR * since, SINCE + HOUR * until) / GIB / 3600


def test_what_was_told_last_holds_until_something_else_is_told(buyer: Customer) -> None:
    instance = UUID(int=1)
    _runs(buyer, instance, None)
    assert [_told(buyer, instance, gib, hour) for gib, hour in ((10, 0), (10, 1), (30, 2))] == [1, 0, 1]
    assert _gib_hours(instance, 4) == 10 * 2 + 30 * 2
    assert _gib_hours(instance, 4, since=3) == 30


def test_while_it_is_stopped_nothing_is_metered_as_stored(buyer: Customer) -> None:
    instance = UUID(int=2)
    _runs(buyer, instance, 2)
    _runs(buyer, instance, 3, "stopped", after=2)
    _runs(buyer, instance, None, after=5)
    _told(buyer, instance, 7, 0)
    assert _gib_hours(instance, 6) == 7 * 3


def test_what_is_told_late_shortens_nothing_that_was_told_for_after_it(buyer: Customer) -> None:
    instance = UUID(int=3)
    _runs(buyer, instance, None)
    _told(buyer, instance, 5, 2)
    assert _told(buyer, instance, 9, 1) == 0
    assert _gib_hours(instance, 3) == 5


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(1, 11))
def test_two_periods_meter_what_one_period_meters(buyer: Customer, amounts: list[int], cut: int) -> None:
    instance = uuid4()
    _runs(buyer, instance, None)
    for hour, gib in enumerate(amounts):
        _told(buyer, instance, gib, hour)
    whole = _gib_hours(instance, 12)
    assert _gib_hours(instance, cut) + _gib_hours(instance, 12, since=cut) == whole
    assert whole == sum(amounts) + amounts[-1] * (12 - len(amounts))
