"""When a service may be interrupted for maintenance: some hours of each week, by the clock of its site."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

_NIGHTS = 7
_FIRST_HOURS = 5
_HOURS = 3
SHORTEST, LONGEST = 2, 4
"""Hours."""


@dataclass(frozen=True)
class Window:
    """From a full hour of a weekday (0 is Monday), for some hours."""

    weekday: int
    hour: int
    hours: int

    @property
    def valid(self) -> bool:
        """Whether there is such a weekday and hour, and it is neither too short nor too long."""
        return 0 <= self.weekday < _NIGHTS and 0 <= self.hour < 24 and SHORTEST <= self.hours <= LONGEST

    def as_json(self) -> dict[str, Any]:
        """As it is recorded."""
        return asdict(self)


@dataclass(frozen=True)
class Opening:
    """One time that a window is open."""

    begins: datetime
    ends: datetime


def usual(instance: UUID) -> Window:
    """The window of an instance whose customer chose none: every night of the week has its share of all instances."""
    weekday, hour = divmod(instance.int % (_NIGHTS * _FIRST_HOURS), _FIRST_HOURS)
    return Window(weekday, hour, _HOURS)


def opening(window: Window, zone: str, after: datetime) -> Opening:
    """The opening that ends next: the present one, or the next to come.

    An hour that a change of the clock leaves out is the one after it; one that comes twice is meant the first time.
    """
    place = ZoneInfo(zone)
    today = after.astimezone(place).date()
    first = today - timedelta(days=(today.weekday() - window.weekday) % _NIGHTS)
    for weeks in range(3):
        begins = _instant(first + timedelta(weeks=weeks), window.hour, place)
        ends = begins + timedelta(hours=window.hours)
        if ends > after:
            return Opening(begins, ends)
    raise AssertionError("a window opens every week")


def _instant(day: date, hour: int, place: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=place).astimezone(UTC)
