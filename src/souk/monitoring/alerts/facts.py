"""What the rules judge: a value of each rule for each service that should run, read in one statement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from souk.monitoring import vocabulary
from souk.provisioning import registry

_FACTS = """
select i.id, i.organization_id, i.site_id, i.name, i.blueprint, i.disk, i.ready_at, l.vals, lower(o.during),
    e.certificate_expires_at,
    (select max(b.finished_at) from provisioning_backup b where b.instance_id = i.id and b.state = 'available'),
    exists (select 1 from provisioning_repository r where r.instance_id = i.id and r.attached_at is not null)
from monitoring_watch w
join provisioning_serviceinstance i on i.id = w.instance_id
left join monitoring_lastlook l on l.instance_id = i.id
left join monitoring_incident o on o.instance_id = i.id and upper_inf(o.during)
left join provisioning_endpoint e on e.instance_id = i.id
where upper_inf(w.during) and i.blueprint = any(%s)
"""


@dataclass(frozen=True)
class Facts:
    """Of one service: the values that could be told, by rule."""

    instance: UUID
    organization: UUID
    name: str
    values: dict[str, float]


def facts(now: datetime) -> list[Facts]:
    """Of every service that should run."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [list(registry.blueprints())])
        return [
            Facts(row[0], row[1], row[3], {key: value for key, value in _values(row, now) if value is not None})
            for row in cursor.fetchall()
        ]


def _values(row: tuple[Any, ...], now: datetime) -> Iterator[tuple[str, float | None]]:
    _, _, _, _, kind, disk, ready_at, kept, silent_since, certificate_until, backed_up_at, archived = row
    told = dict(zip((metric.key for metric in vocabulary.metrics(kind)), kept or (), strict=False))
    yield "no_answer", (now - silent_since).total_seconds() if silent_since else 0.0
    yield "disk", _share(told.get("disk_bytes"), disk)
    yield "connections", _share(told.get("connections"), told.get("connections_limit"))
    yield "replication_lag", told.get("replication_lag")
    if archived or (registry.blueprint(kind).archivist is not None and backed_up_at is not None):
        yield "backup_age", (now - (backed_up_at or ready_at)).total_seconds() / 3600
    if certificate_until is not None:
        yield "certificate", (certificate_until - now).total_seconds() / 86_400


def _share(part: float | None, whole: float | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
