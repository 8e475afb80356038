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

_HEALTH = """
select case when exists (select 1 from monitoring_incident i
                         where i.instance_id = %(instance)s and upper_inf(i.during)) then false else l.answered end,
    l.at, l.running_since
from (select 1) one left join monitoring_lastlook l on l.instance_id = %(instance)s
"""

_RECENT = """
select i.id, i.instance_id, i.cause, lower(i.during), upper(i.during), i.timeline::text, i.organization_id, s.name,
    i.detail
from monitoring_incident i join provisioning_serviceinstance s on s.id = i.instance_id
where %(after)s::uuid is null or i.id < %(after)s order by i.id desc limit %(limit)s
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
class FoundRow(IncidentRow):
    """An incident beside others: whose it is, its service's name, and why, for the operator."""

    organization_id: UUID
    name: str
    detail: str


@dataclass(frozen=True)
class HealthRow:
    """What is known of a service now: whether it answers (None: it is not looked at), when it was last looked at, and
    since when its process runs.
    """

    answers: bool | None
    at: datetime | None
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


def health(scope: Scope, instance: UUID) -> HealthRow:
    """What is known of an instance now: while an incident is open it does not answer, whatever was seen last."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_HEALTH, {"instance": instance})
        return HealthRow(*cursor.fetchone())


def recent(scope: Scope, *, after: UUID | None = None, limit: int = 50) -> list[FoundRow]:
    """Incidents of all that the scope sees, newest first."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(_RECENT, {"after": after, "limit": limit})
        return [_found(*row) for row in cursor.fetchall()]


def _incident(
    identifier: UUID, instance: UUID, cause: str, began: datetime, ended: datetime | None, timeline: str
) -> IncidentRow:
    return IncidentRow(identifier, instance, cause, began, ended, _steps(timeline))


def _found(
    identifier: UUID, instance: UUID, cause: str, began: datetime, ended: datetime | None, timeline: str, *rest: Any
) -> FoundRow:
    return FoundRow(identifier, instance, cause, began, ended, _steps(timeline), *rest)


def _steps(timeline: str) -> list[StepRow]:
    entries: list[dict[str, Any]] = msgspec.json.decode(timeline)
    return [StepRow(datetime.fromisoformat(entry["at"]), entry["what"], entry["detail"]) for entry in entries]
