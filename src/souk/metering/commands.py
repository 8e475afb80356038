"""Taking samples of the engine's counters, and reports of what is counted elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from souk.engines.contract import Usage
from souk.kernel import clock
from souk.kernel.ids import new_id
from souk.kernel.scope import System, acting
from souk.metering.models import ReportedUsage
from souk.monitoring.metrics import StoredRow

# One sample for a service, of the machine that its clients connect to; where others carry its data, theirs is added.
# A counter is compared with the same machine's last one.
_SAMPLE = """
with counted as (
    select u.*, m.organization_id, m.instance_id, m.role
    from unnest(%(names)s::text[], %(disks)s::bigint[], %(egresses)s::bigint[], %(cpus)s::float[],
                %(memories)s::bigint[], %(ids)s::uuid[]) as u (name, disk, egress, cpu_seconds, memory, id)
    join provisioning_machine m on m.name = u.name and m.role in ('primary', 'former', 'front', 'member'))
insert into metering_usagesample
    (id, organization_id, instance_id, machine, at, disk, egress, egress_counter, cpu_seconds, memory)
select c.id, c.organization_id, c.instance_id, c.name, %(at)s,
    case when c.role = 'front' then coalesce(others.disk, before.disk, 0) else c.disk end,
    case when c.egress is null then 0
         when c.egress >= coalesce(last.egress_counter, 0) then c.egress - coalesce(last.egress_counter, 0)
         else c.egress end,
    coalesce(c.egress, last.egress_counter, 0), c.cpu_seconds + coalesce(others.cpu_seconds, 0),
    c.memory + coalesce(others.memory, 0)
from counted c
left join lateral (select sum(o.disk) as disk, sum(o.cpu_seconds) as cpu_seconds, sum(o.memory) as memory
                   from counted o where c.role = 'front' and o.role = 'member' and o.instance_id = c.instance_id
                   ) others on true
left join lateral (select egress_counter from metering_usagesample s
                   where s.instance_id = c.instance_id and s.machine in (c.name, '')
                   order by at desc limit 1) last on true
left join lateral (select disk from metering_usagesample s
                   where s.instance_id = c.instance_id order by at desc limit 1) before on true
where c.role <> 'member' or %(told)s
returning instance_id
"""


# What was told last holds until something else is told, also while nobody could look.
_STORED = """
with told as (
    select * from unnest(%(instances)s::uuid[], %(organizations)s::uuid[], %(amounts)s::bigint[])
        as t (instance_id, organization_id, stored)),
differing as (
    select t.* from told t where not exists (select from metering_storeddata d where d.instance_id = t.instance_id
        and upper_inf(d.during) and (d.stored = t.stored or lower(d.during) >= %(at)s))),
closed as (
    update metering_storeddata d set during = tstzrange(lower(d.during), %(at)s)
    from differing t where d.instance_id = t.instance_id and upper_inf(d.during) returning d.id)
select instance_id, organization_id, stored from differing, (select count(*) from closed) done
"""
_STORED_NOW = """
insert into metering_storeddata (id, organization_id, instance_id, stored, during)
values (%s, %s, %s, %s, tstzrange(%s, null))
"""


def take_stored(told: Sequence[StoredRow], at: datetime | None = None) -> int:
    """Record what services tell that they hold, now or at an instant just past. Returns how many hold something else
    than before.
    """
    at = at or clock.now()
    values: dict[str, Any] = {
        "at": at,
        "instances": [row.instance for row in told],
        "organizations": [row.organization for row in told],
        "amounts": [row.stored for row in told],
    }
    with acting(System("metering")), connection.cursor() as cursor:
        cursor.execute(_STORED, values)
        differing = cursor.fetchall()
        for instance, organization, stored in differing:
            cursor.execute(_STORED_NOW, [new_id(), organization, instance, stored, at])
        return len(differing)


def take_samples(usages: Sequence[Usage], at: datetime | None = None, *, told: bool = False) -> list[UUID]:
    """Record what the engine counts, now or at an instant just past; a counter that went back has restarted, and one
    that can't be read stands still.

    Machines on which the platform tries something out, or makes something ready, are not the customer's use: they are
    left out. So are members, since clients connect to what is in front of them, but for what was `told` of one before
    it was a member. A machine's name is never given twice, so a sample also finds the instance of one that is gone by
    now. Returns the instances sampled.
    """
    if not usages:
        return []
    values: dict[str, Any] = {
        "at": at or clock.now(),
        "ids": [new_id() for _ in usages],
        "names": [usage.name for usage in usages],
        "disks": [usage.disk for usage in usages],
        "egresses": [usage.egress for usage in usages],
        "cpus": [usage.cpu_seconds for usage in usages],
        "told": told,
        "memories": [usage.memory for usage in usages],
    }
    with acting(System("metering")), connection.cursor() as cursor:
        cursor.execute(_SAMPLE, values)
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True)
class Reported:
    """So many units of a meter, used by an instance in a time, as `reporter` says in its `report` with this digest."""

    organization: UUID
    instance: UUID
    meter: str
    quantity: Decimal
    since: datetime
    until: datetime
    reporter: UUID
    report: str
    digest: str


def take_report(told: Reported) -> None:
    """Count what was reported, in the transaction of whoever checked it; the database refuses what was before."""
    ReportedUsage.objects.create(
        organization_id=told.organization,
        instance_id=told.instance,
        meter=told.meter,
        quantity=told.quantity,
        during=(told.since, told.until),
        reporter=told.reporter,
        report=told.report,
        digest=told.digest,
        recorded_at=clock.now(),
    )


def reported(reporter: UUID, report: str) -> str | None:
    """The digest of a report that was taken, if it was; in the caller's transaction."""
    return ReportedUsage.objects.filter(reporter=reporter, report=report).values_list("digest", flat=True).first()
