"""Maintenance windows: every week has one, on the site's clock, also when that changes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from souk.kernel.ids import new_id
from souk.provisioning.windows import LONGEST, SHORTEST, Window, opening, usual

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
ZONES = st.sampled_from(["Africa/Casablanca", "Africa/El_Aaiun", "Europe/Paris", "Asia/Dubai"])
WINDOWS = st.builds(Window, st.integers(0, 6), st.integers(0, 23), st.integers(SHORTEST, LONGEST))
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2034, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(WINDOWS, ZONES, INSTANTS)
def test_the_next_opening_ends_after_now_and_begins_within_a_week(window: Window, zone: str, now: datetime) -> None:
    found = opening(window, zone, now)
    assert found.ends > now
    assert found.begins <= now + WEEK + HOUR
    assert found.ends - found.begins == window.hours * HOUR


@given(WINDOWS, ZONES, INSTANTS)
@example(Window(6, 2, 2), "Europe/Paris", datetime(2024, 3, 25, tzinfo=UTC))
def test_it_begins_at_the_chosen_hour_unless_the_clock_leaves_that_out(
    window: Window, zone: str, now: datetime
) -> None:
    begins = opening(window, zone, now).begins
    local, before = (each.astimezone(ZoneInfo(zone)) for each in (begins, begins - timedelta(minutes=1)))
    assert (local.weekday(), local.minute) == (window.weekday, 0)
    assert local.hour == window.hour or (local.hour == window.hour + 1 and before.utcoffset() != local.utcoffset())


@given(WINDOWS, ZONES, INSTANTS)
def test_openings_follow_each_other_once_a_week(window: Window, zone: str, now: datetime) -> None:
    first = opening(window, zone, now)
    second = opening(window, zone, first.ends)
    assert WEEK - HOUR <= second.begins - first.begins <= WEEK + HOUR
    assert opening(window, zone, first.begins) == first
    assert opening(window, zone, first.ends - timedelta(seconds=1)) == first


def test_at_the_end_of_ramadan_the_hour_that_is_left_out_is_the_one_after_it() -> None:
    # In Morocco clocks went from 2 to 3 on 14 April 2024, a Sunday, and from 3 back to 2 on 23 February 2025.
    ends_ramadan = opening(Window(6, 2, 2), "Africa/Casablanca", datetime(2024, 4, 12, tzinfo=UTC))
    assert ends_ramadan.begins == datetime(2024, 4, 14, 2, tzinfo=UTC)
    begins_ramadan = opening(Window(6, 2, 2), "Africa/Casablanca", datetime(2025, 2, 21, tzinfo=UTC))
    assert begins_ramadan.begins == datetime(2025, 2, 23, 1, tzinfo=UTC)


def test_whoever_chooses_nothing_is_maintained_at_night_and_not_all_at_once() -> None:
    found = Counter(usual(new_id()) for _ in range(3500))
    assert all(window.valid and window.hour <= 4 for window in found)
    assert len(found) == 35
    assert max(found.values()) < 200
    assert usual(UUID(int=7)) == usual(UUID(int=7))


def test_a_window_is_neither_too_short_nor_too_long() -> None:
    wrong = [Window(7, 2, 3), Window(-1, 2, 3), Window(0, 24, 3), Window(0, 2, 1), Window(0, 2, 5)]
    assert not any(window.valid for window in wrong)
