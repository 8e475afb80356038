"""Disks that fill up and may grow by themselves, after each round of looks."""

from __future__ import annotations

import structlog
from django.db import connection

from souk.kernel.scope import acting
from souk.monitoring.samples import WORKER
from souk.monitoring.vocabulary import DISK_PLACE
from souk.provisioning.commands import Growth, grow
from souk.provisioning.commands.disks import FULL_FROM

log = structlog.get_logger("souk.monitoring")

_FULL = """
select i.id, l.vals[%(place)s]::bigint, l.at
from provisioning_serviceinstance i join monitoring_lastlook l on l.instance_id = i.id
where i.grow_to is not null and i.desired = 'running' and l.vals[%(place)s] >= %(share)s * i.disk
order by i.id
"""


def grow_what_fills() -> int:
    """Ask for more disk where the last look found it filled; how many services that was asked for."""
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(_FULL, {"place": DISK_PLACE + 1, "share": FULL_FROM})
        filled = cursor.fetchall()
    asked = 0
    for instance, used, seen_at in filled:
        outcome = grow(WORKER, instance, used, seen_at)
        log.info("disk fills up", instance=str(instance), used=used, outcome=outcome)
        asked += outcome == Growth.ASKED
    return asked
