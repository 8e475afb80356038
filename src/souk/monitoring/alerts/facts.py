"""What the rules judge: a value of each rule for each service that should run, read in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from souk.monitoring import vocabulary
from souk.provisioning import registry
from souk.provisioning.commands.disks import step
from souk.provisioning.storage import keeps_backups, storage_of

_SECOND, _HOUR, _DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)

_FACTS = """
select i.id, i.organization_id, i.name, i.blueprint, i.disk, i.ready_at, l.vals, lower(o.during),
    e.certificate_expires_at,
    (select max(b.finished_at) from provisioning_backup b where b.instance_id = i.id and b.state = 'available'),
    i.site_id, i.grow_to, i.growth_refused_at,
    (select count(*) from provisioning_operation p
        where p.instance_id = i.id and p.kind = 'prove' and p.state = 'failed' and not exists (
            select from provisioning_operation l
            where l.instance_id = i.id and l.kind = 'prove' and l.state = 'succeeded' and l.id > p.id)),
    u.security_since,
    (select min(coalesce(n.certified_until, n.proved_at)) from provisioning_ownname n
        where n.instance_id = i.id and n.removed_at is null and n.certificate_trouble <> ''),
    (select min(n.strayed_at) from provisioning_ownname n where n.instance_id = i.id and n.removed_at is null)
from monitoring_watch w
join provisioning_serviceinstance i on i.id = w.instance_id
left join monitoring_lastlook l on l.instance_id = i.id
left join monitoring_incident o on o.instance_id = i.id and upper_inf(o.during)
left join provisioning_endpoint e on e.instance_id = i.id
left join monitoring_machineupdates u on u.instance_id = i.id
where upper_inf(w.during) and i.blueprint = any(%s)
"""


@dataclass(frozen=True)
class Facts:
    """Of one service: the values that could be told, by rule."""

    instance: UUID
    organization: UUID
    name: str
    values: dict[str, float]


@dataclass(frozen=True)
class _Known:
    """What is known of a service: the last look's values, and when what happened."""

    instance: UUID
    organization: UUID
    name: str
    blueprint: str
    disk: int
    ready_at: datetime
    kept: Sequence[float | None] | None
    silent_since: datetime | None
    certificate_until: datetime | None
    backed_up_at: datetime | None
    site: UUID
    grow_to: int | None
    growth_refused_at: datetime | None
    proofs_failed: int
    unsafe_since: datetime | None
    name_until: datetime | None
    name_strayed_at: datetime | None


def facts(now: datetime) -> list[Facts]:
    """Of every service that should run."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, [list(registry.blueprints())])
        found = [_Known(*row) for row in cursor.fetchall()]
    archiving = {site: storage_of(site) for site in {each.site for each in found} if keeps_backups(site)}
    return [Facts(each.instance, each.organization, each.name, dict(_values(each, now, archiving))) for each in found]


def _values(of: _Known, now: datetime, archiving: Mapping[UUID, UUID | None]) -> Iterator[tuple[str, float]]:
    seen = of.kept or ()
    told = {metric.key: seen[place] for place, metric in vocabulary.metrics(of.blueprint) if place < len(seen)}
    yield "no_answer", (now - of.silent_since) / _SECOND if of.silent_since else 0.0
    if (disk := _share(told.get("disk_bytes"), of.disk)) is not None:
        yield "disk", disk
        yield "disk_ceiling", disk if of.grow_to is not None and step(of.disk, of.grow_to) == 0 else 0.0
        yield "disk_no_room", disk if of.growth_refused_at is not None else 0.0
    if (closed := told.get("read_only")) is not None:
        yield "read_only", closed
    if (open_ones := _share(told.get("connections"), told.get("connections_limit"))) is not None:
        yield "connections", open_ones
    if (lag := told.get("replication_lag")) is not None:
        yield "replication_lag", lag
    if (down := told.get("members_down")) is not None:
        yield "members_down", _share(down, down + (told.get("members_up") or 0.0)) or 0.0
    kept = of.site in archiving and archiving[of.site] != of.instance
    if kept and registry.blueprint(of.blueprint).archivist is not None:
        yield "backup_age", (now - (of.backed_up_at or of.ready_at)) / _HOUR
        yield "proofs", float(of.proofs_failed)
    yield "security_updates", (now - of.unsafe_since) / _DAY if of.unsafe_since else 0.0
    if of.certificate_until is not None:
        yield "certificate", (of.certificate_until - now) / _DAY
    if registry.blueprint(of.blueprint).domains is not None:
        # One that is renewed in time is nothing to tell of, however short it lasts.
        left = (of.name_until - now) / _DAY if of.name_until else 365.0
        yield from (("name_certificate", left), ("name_certificate_soon", left))
        yield "name_strayed", (now - of.name_strayed_at) / _HOUR if of.name_strayed_at else 0.0


def _share(part: float | None, whole: float | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
