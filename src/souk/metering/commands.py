"""Taking samples of the engine's counters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import connection

from souk.engines.contract import Usage
from souk.kernel import clock
from souk.kernel.ids import new_id
from souk.kernel.scope import System, acting

_SAMPLE = """
insert into metering_usagesample
    (id, organization_id, instance_id, machine, at, disk, egress, egress_counter, cpu_seconds, memory)
select %(id)s, m.organization_id, m.instance_id, m.name, %(at)s, %(disk)s,
    case when %(egress)s >= coalesce(last.egress_counter, 0)
         then %(egress)s - coalesce(last.egress_counter, 0) else %(egress)s end,
    %(egress)s, %(cpu_seconds)s, %(memory)s
from provisioning_machine m
left join lateral (select egress_counter from metering_usagesample s
                   where s.instance_id = m.instance_id and s.machine in (m.name, '')
                   order by at desc limit 1) last on true
where m.name = %(name)s and m.role in ('primary', 'former')
returning instance_id
"""


def take_samples(usages: Sequence[Usage], at: datetime | None = None) -> list[UUID]:
    """Record what the engine counts, now or at an instant just past; a counter that went back has restarted.

    Machines on which the platform tries something out, or makes something ready, are not the customer's use: they are
    left out. A machine's name is never given twice, so a sample also finds the instance of one that is gone by now.
    Returns the instances sampled.
    """
    at, sampled = at or clock.now(), []
    with acting(System("metering")), connection.cursor() as cursor:
        for usage in usages:
            cursor.execute(_SAMPLE, {"id": new_id(), "at": at, **asdict(usage)})
            sampled += [row[0] for row in cursor.fetchall()]
    return sampled
