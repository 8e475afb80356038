"""Incidents: opened at the first failed look or the end of a machine, closed at the first good one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.db import connection

from souk.kernel import events
from souk.kernel.ids import new_id
from souk.monitoring.models import Incident, IncidentCause

# What was seen too late, after the service was well again or while it need not run, opens nothing.
_OPEN = """
insert into monitoring_incident (id, organization_id, instance_id, cause, during, detail, timeline)
select %(id)s, w.organization_id, w.instance_id, %(cause)s,
    tstzrange(greatest(%(at)s, lower(w.during), max(upper(i.during))), null), %(detail)s, %(timeline)s
from monitoring_watch w left join monitoring_incident i on i.instance_id = w.instance_id
where w.instance_id = %(instance)s and upper_inf(w.during)
group by w.id having not coalesce(bool_or(upper_inf(i.during)), false)
    and coalesce(max(upper(i.during)) <= %(at)s, true)
on conflict do nothing
returning organization_id, lower(during)
"""


def open_incident(instance: UUID, cause: IncidentCause, at: datetime, detail: str = "") -> bool:
    """Record that an instance does not serve since `at`; whether it should, and none is open yet."""
    identifier = new_id()
    first = msgspec.json.encode([_entry(at, cause)]).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "id": identifier,
                "instance": instance,
                "cause": cause,
                "at": at,
                "detail": detail[:200],
                "timeline": first,
            },
        )
        opened = cursor.fetchone()
    if opened is None:
        return False
    events.record(
        "incident.opened",
        ("incident", identifier),
        organization=opened[0],
        data={"service": str(instance), "cause": cause, "at": opened[1].isoformat()},
    )
    return True


def note_incident(instance: UUID, cause: IncidentCause, at: datetime, detail: str = "") -> None:
    """Record an instant that is no outage: in the incident that is open, or in one that ends at once."""
    if open_incident(instance, cause, at, detail):
        close_incident(instance, "answered", at)
    else:
        add(instance, cause, at, detail)


def add(instance: UUID, what: str, at: datetime, detail: str = "") -> None:
    """Say in the open incident, if there is one, what was done."""
    row = _open_one(instance)
    if row is not None:
        row.timeline = [*row.timeline, _entry(at, what, detail)]
        row.save(update_fields=["timeline"])


def close_incident(instance: UUID, what: str, at: datetime) -> bool:
    """Record that an instance serves again since `at`, or needn't; whether an incident was open."""
    row = _open_one(instance)
    if row is None:
        return False
    # A range without length would forget when it was.
    ended = max(at, row.during.lower + timedelta(microseconds=1))
    row.during = (row.during.lower, ended)
    row.timeline = [*row.timeline, _entry(ended, what)]
    row.save(update_fields=["during", "timeline"])
    events.record(
        "incident.closed",
        ("incident", row.id),
        organization=row.organization_id,
        data={"service": str(instance), "cause": row.cause, "at": ended.isoformat(), "because": what},
    )
    return True


def _open_one(instance: UUID) -> Incident | None:
    found = Incident.objects.select_for_update().filter(instance_id=instance, during__upper_inf=True)
    return found.first()


def _entry(at: datetime, what: str, detail: str = "") -> dict[str, str]:
    return {"at": at.isoformat(), "what": str(what), "detail": detail[:200]}
