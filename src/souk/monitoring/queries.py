"""What reads what was seen: incidents, availability, and the last look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from souk.kernel.scope import Scope, acting

_INCIDENTS = """
select id, instance_id, cause, lower(during), upper(during), timeline::text
from monitoring_incident where instance_id = %s order by lower(during) desc limit %s
"""

# Multiranges, so that what is cut out of what is exact, whichever way the times overlap.
_AVAILABILITY = """
select coalesce((select sum(extract(epoch from upper(r) - lower(r))) from unnest(wanted) r), 0)::float8,
    coalesce((select sum(extract(epoch from upper(r) - lower(r))) from unnest(wanted * out) r), 0)::float8
from (select
    coalesce((select range_agg(during) from monitoring_watch where instance_id = %(instance)s), '{}')
        * tstzmultirange(tstzrange(%(since)s, %(until)s)) as wanted,
    coalesce((select range_agg(during) from monitoring_incident where instance_id = %(instance)s), '{}') as out) times
"""


@dataclass(frozen=True)
class StepRow:
    """A step of an incident: what was seen or done, as a word of `souk.monitoring.words`."""

    at: datetime
    what: str
    detail: str


@dataclass(frozen=True)
class IncidentRow:
    """A time in which a service did not serve though it should have; `ended_at` is None while it lasts."""

    id: UUID
    instance_id: UUID
    cause: str
    began_at: datetime
    ended_at: datetime | None
    timeline: list[StepRow]


@dataclass(frozen=True)
class AvailabilityRow:
    """Of a period: the seconds in which a service should have run, and those of them in which it did not serve."""

    since: datetime
    until: datetime
    wanted_seconds: float
    outage_seconds: float

    @property
    def ratio(self) -> float | None:
        """The share in which it served, from 0 to 1; None if it should not have run at all."""
        return 1 - self.outage_seconds / self.wanted_seconds if self.wanted_seconds else None


@dataclass(frozen=True)
class LookRow:
    """What was seen of a service when it was last looked at, within the last minutes."""

    at: datetime
    answered: bool
    running_since: datetime | None


def incidents(scope: Scope, instance: UUID, *, limit: int = 50) -> list[IncidentRow]:
    """An instance's incidents, newest first."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_INCIDENTS, [instance, limit])
        return [_incident(*row) for row in cursor.fetchall()]


def availability(scope: Scope, instance: UUID, since: datetime, until: datetime) -> AvailabilityRow:
    """How much of a period an instance served."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_AVAILABILITY, {"instance": instance, "since": since, "until": until})
        return AvailabilityRow(since, until, *cursor.fetchone())


def last_look(scope: Scope, instance: UUID) -> LookRow | None:
    """What was last seen of an instance; None if it is not looked at."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute("select at, answered, running_since from monitoring_lastlook where instance_id = %s", [instance])
        row = cursor.fetchone()
        return None if row is None else LookRow(*row)


def _incident(
    identifier: UUID, instance: UUID, cause: str, began: datetime, ended: datetime | None, timeline: str
) -> IncidentRow:
    entries: list[dict[str, Any]] = msgspec.json.decode(timeline)
    steps = [StepRow(datetime.fromisoformat(entry["at"]), entry["what"], entry["detail"]) for entry in entries]
    return IncidentRow(identifier, instance, cause, began, ended, steps)
