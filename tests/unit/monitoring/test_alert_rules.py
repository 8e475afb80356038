"""From one state of an alert to the next, whatever values come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from souk.monitoring.alerts.rules import CLEAR_FOR, RULES, Standing, step

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DISK, CERTIFICATE = RULES["disk"], RULES["certificate"]


def run(values: list[float], rule: str = "disk", threshold: float = 85) -> list[str]:
    """The state after each minute's value."""
    standing: Standing | None = None
    states = []
    for minute, value in enumerate(values):
        if standing is not None and standing.state == "resolved":
            standing = None
        standing = step(RULES[rule], threshold, standing, value, START + minute * MINUTE)
        states.append("" if standing is None else str(standing.state))
    return states


def test_what_stays_too_high_fires_after_its_patience() -> None:
    assert run([84, 85, 86, 90, 90]) == ["", "pending", "pending", "pending", "firing"]


def test_a_short_peak_tells_nobody() -> None:
    assert run([90, 90, 84, 84]) == ["pending", "pending", "", ""]


def test_about_the_threshold_nothing_flaps() -> None:
    assert run([90, 90, 90, 90, 84, 86, 83, 85])[3:] == ["firing"] * 5


def test_it_is_resolved_once_it_was_clearly_well_for_a_while() -> None:
    assert run([90, 90, 90, 90, 50, 50, 90, 50, 50, 50, 50])[4:] == [
        *("firing", "firing", "firing", "firing", "firing"),
        *("resolved", ""),
    ]


def test_a_certificate_s_days_are_too_few_not_too_many() -> None:
    assert run([15, 13.9, 13, 90, 90, 90], "certificate", 14) == [
        "",
        "firing",
        "firing",
        "firing",
        "firing",
        "resolved",
    ]


@given(some.lists(some.floats(0, 100), max_size=60))
def test_nobody_is_told_twice_within_the_patience_and_the_time_to_be_well(values: list[float]) -> None:
    states = run(values)
    fired = [minute for minute in range(1, len(states)) if states[minute] == "firing" != states[minute - 1]]
    least = (DISK.patience + CLEAR_FOR) / MINUTE
    assert all(later - earlier > least for earlier, later in pairwise(fired))


@given(some.lists(some.floats(85, 100), min_size=5, max_size=30))
def test_whatever_stays_beyond_the_threshold_fires_and_stays(values: list[float]) -> None:
    assert set(run(values)[3:]) == {"firing"}
