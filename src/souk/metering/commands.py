"""Taking samples of the engine's counters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from souk.engines.contract import Usage
from souk.kernel import clock
from souk.kernel.ids import new_id
from souk.kernel.scope import System, acting

# What clients get passes through the machine that they connect to; the data lies on the others, if there are several.
_SAMPLE = """
with counted as (
    select m.organization_id, m.instance_id, sum(u.egress) filter (where m.role in ('primary', 'front')) as egress,
        sum(u.disk) filter (where m.role <> 'front') as disk, sum(u.cpu_seconds) as cpu_seconds, sum(u.memory) as memory
    from unnest(%(names)s::text[], %(disks)s::bigint[], %(egresses)s::bigint[], %(cpus)s::float[],
                %(memories)s::bigint[]) as u (name, disk, egress, cpu_seconds, memory)
    join provisioning_machine m on m.name = u.name and m.role <> 'proof'
    group by m.organization_id, m.instance_id)
insert into metering_usagesample
    (id, organization_id, instance_id, at, disk, egress, egress_counter, cpu_seconds, memory)
select ids.id, c.organization_id, c.instance_id, %(at)s, coalesce(c.disk, last.disk, 0),
    case when c.egress is null then 0
         when c.egress >= coalesce(last.egress_counter, 0) then c.egress - coalesce(last.egress_counter, 0)
         else c.egress end,
    coalesce(c.egress, last.egress_counter, 0), c.cpu_seconds, c.memory
from (select *, row_number() over () as place from counted) c
join unnest(%(ids)s::uuid[]) with ordinality as ids (id, place) on ids.place = c.place
left join lateral (select egress_counter, disk from metering_usagesample s
                   where s.instance_id = c.instance_id order by at desc limit 1) last on true
returning instance_id
"""


def take_samples(usages: Sequence[Usage], at: datetime | None = None) -> list[UUID]:
    """Record what the engine counts, now or at an instant just past; a counter that went back has restarted.

    A machine's name is never given twice, so a sample also finds the instance of one that is gone by now.
    Returns the instances sampled.
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
        "memories": [usage.memory for usage in usages],
    }
    with acting(System("metering")), connection.cursor() as cursor:
        cursor.execute(_SAMPLE, values)
        return [row[0] for row in cursor.fetchall()]
