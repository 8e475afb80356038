"""Where machines stand: how far those of a service are apart, and what stands on a host."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from souk.kernel.scope import Operator, Scope, acting
from souk.provisioning.models import Machine, MachineRole, Operation, OperationKind
from souk.provisioning.queries.services import service
from souk.sites import placement
from souk.sites.queries import host, hosts


@dataclass(frozen=True)
class StandingRow:
    """A machine on a host, of a service, or waiting for an order. `move` is the state of the last operation that had
    machines of its service stand elsewhere, if there was one, and `trouble` why that failed (a message id).
    """

    machine: str
    role: str
    instance_id: UUID | None
    service: str
    state: str
    created_at: datetime
    move: str
    trouble: str


def standing(scope: Operator, identifier: UUID) -> list[StandingRow]:
    """What stands on a host, by name.

    Raises:
        NotFound.
    """
    where = host(identifier)
    last = Operation.objects.filter(instance=OuterRef("instance"), kind=OperationKind.MOVE).order_by("-id")
    with acting(scope):
        rows = Machine.objects.filter(site_id=where.site_id, host=where.name, deleted_at__isnull=True).order_by("name")
        found = rows.values_list(
            "name",
            "role",
            "instance_id",
            "instance__name",
            "instance__state",
            "created_at",
            Subquery(last.values("state")[:1]),
            Subquery(last.values("trouble")[:1]),
        )
        return [
            StandingRow(name, role, instance, named or "", state or "", made, move or "", trouble or "")
            for name, role, instance, named, state, made, move, trouble in found
        ]


def spread(scope: Scope, instance: UUID) -> str:
    """How far the machines of a highly available service are apart: a word of `Spread`, or nothing if it has one
    machine, or not all are known to stand anywhere.

    Raises:
        NotFound.
    """
    service(scope, instance)
    with acting(scope):
        members = Machine.objects.filter(instance_id=instance, role=MachineRole.MEMBER, deleted_at__isnull=True)
        where = list(members.values_list("site_id", "host"))
    domains = {row.name: row.power_domain for row in hosts() if where and row.site_id == where[0][0]}
    return placement.spread([name for _site, name in where], domains) or ""
