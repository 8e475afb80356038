"""Calendar months in a fiscal time zone, as periods between UTC instants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Month:
    """A calendar month: its first day, and the UTC instants between which it lasts."""

    first: date
    since: datetime
    until: datetime


def month_of(instant: datetime, zone: str) -> Month:
    """The calendar month an instant falls into."""
    local = instant.astimezone(ZoneInfo(zone))
    first = date(local.year, local.month, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return Month(first, _midnight(first, zone), _midnight(following, zone))


def months(since: datetime, until: datetime, zone: str) -> Iterator[Month]:
    """Every calendar month that has a part between two instants, in order."""
    month = month_of(since, zone)
    while month.since < until:
        yield month
        month = month_of(month.until, zone)


def day_of(instant: datetime, zone: str) -> date:
    """The calendar day an instant falls on."""
    return instant.astimezone(ZoneInfo(zone)).date()


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
