"""Months are those of the fiscal time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from souk.billing.months import month_of, months

CASABLANCA = "Africa/Casablanca"
instants = st.integers(1_704_067_200, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def test_a_month_begins_at_midnight_of_the_fiscal_zone() -> None:
    month = month_of(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), CASABLANCA)
    assert month.first == date(2026, 11, 1)
    assert month.since == datetime(2026, 10, 31, 23, 0, tzinfo=UTC)


@given(instants)
def test_every_instant_lies_in_its_month(instant: datetime) -> None:
    month = month_of(instant, CASABLANCA)
    assert month.since <= instant < month.until


@given(instants, st.integers(0, 500))
def test_months_follow_each_other_without_gap_or_overlap(since: datetime, days: int) -> None:
    found = list(months(since, since + timedelta(days=days, seconds=1), CASABLANCA))
    assert all(earlier.until == later.since for earlier, later in pairwise(found))
    assert found[0].since <= since
    assert found[-1].until > since + timedelta(days=days)
