"""Public addresses as the reconciler reads and records them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.models import PublicAddress, PublicRange
from souk.provisioning.reconciler.records.subjects import WORKER, Subject


@dataclass(frozen=True)
class Exposed:
    """What says how the machine is exposed that clients of an instance connect to."""

    instance: UUID
    running: bool
    blueprint: str
    address: str
    public: str
    allowed: Any
    firewall: Any
    parameters: Any


_EXPOSED = """
select i.id, i.desired = 'running' and i.state in ('ready', 'updating'), i.blueprint, host(m.address),
    coalesce(host(p.address), ''), i.allowed, i.firewall,
    i.parameters
from provisioning_serviceinstance i
join provisioning_machine m on m.instance_id = i.id and m.deleted_at is null and m.role in ('primary', 'front')
left join provisioning_publicaddress p on p.instance_id = i.id and p.detached_at is null
where i.deleted_at is null and (p.id is not null or i.blueprint = any(%s))
order by m.role
"""


def exposed(kinds: Collection[str]) -> list[Exposed]:
    """Of every instance that has a public address, or whose blueprint is one of these: one statement."""
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(_EXPOSED, [list(kinds)])
        rows = cursor.fetchall()
    return [
        Exposed(instance, running, blueprint, address, public, _list(allowed), _list(firewall), _list(parameters))
        for instance, running, blueprint, address, public, allowed, firewall, parameters in rows
    ]


def _list(told: str | None) -> Any:
    return None if told is None else msgspec.json.decode(told)


def ranges() -> list[str]:
    """Every range of public addresses that is given out of, or of which somebody still has one."""
    with acting(WORKER):
        rows = PublicRange.objects.filter(withdrawn_at__isnull=True).order_by("network")
        return list(rows.values_list("network", flat=True))


def withdrawn(subject: Subject) -> None:
    """Record that nothing leads to the instance any more by addresses that it should not have; those that were given
    back are anybody's.
    """
    with acting(WORKER):
        led = PublicAddress.objects.filter(id__in=subject.withdrawing, withdrawn_at__isnull=True)
        led.update(withdrawn_at=clock.now())
        given_back = PublicAddress.objects.filter(id__in=subject.withdrawing, deletion_accepted_at__isnull=False)
        given_back.filter(released_at__isnull=True).update(released_at=clock.now())


def give_back_all(instance: UUID) -> None:
    """Free every address on the bill of an instance of which nothing is left, in the running transaction."""
    now = clock.now()
    there = PublicAddress.objects.filter(instance_id=instance, released_at__isnull=True)
    there.filter(detached_at__isnull=True).update(detached_at=now)
    there.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)
    there.filter(deletion_accepted_at__isnull=True).update(deletion_accepted_at=now)
    there.update(released_at=now)
