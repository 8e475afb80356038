"""The operator has machines stand on other hosts: one of them, or all that stand on a host."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import connection

from souk.kernel.errors import NotFound
from souk.kernel.scope import Operator, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import locked, wish
from souk.provisioning.models import (
    OPEN,
    Desired,
    Machine,
    MachineRole,
    OperationKind,
    ServiceInstance,
    WarmPool,
)
from souk.provisioning.pools import wake_pool
from souk.provisioning.standing import candidates, needed
from souk.sites.commands import let_host_take_machines
from souk.sites.placement import NO_ROOM, Candidate, Room, choose
from souk.sites.queries import HostRow, host, hosts

STAYS = frozenset({MachineRole.PROOF, MachineRole.NEXT, MachineRole.WARM})
"""Machines that are never moved: they are there for a while, or thrown away and made elsewhere."""


class Why(StrEnum):
    """Why a machine stays where it is for now."""

    NO_ROOM = "no_room"
    PASSING = "passing"
    WAITING = "waiting"


@dataclass(frozen=True)
class Staying:
    """A machine that does not leave its host for now: no other host has room for it; it comes and goes by itself; it
    waits for an order, and is made elsewhere instead.
    """

    machine: str
    service: str
    why: str


@dataclass(frozen=True)
class Evacuation:
    """The operations by which services leave a host, and what stays there for now."""

    operations: list[UUID]
    staying: list[Staying]


def move_machine(scope: Operator, machine: str, to: str = "") -> UUID:
    """Ask for a machine to stand on another host: this one, or the best there is. Its service is away while it moves;
    one on several machines goes on. Returns the operation.

    Raises:
        NotFound, ServiceGone, NotMovable, UnknownHost, StandsThere, NowhereElse, MoveUnderWay.
    """
    with acting(scope):
        found = Machine.objects.filter(name=machine, deleted_at__isnull=True).first()
        if found is None:
            raise NotFound
        if found.instance_id is None or found.role in STAYS:
            raise errors.NotMovable(machine=machine)
        row = locked(scope, found.instance_id)
        if row.desired == Desired.DELETED:
            raise errors.ServiceGone(name=row.name)
        if to and to not in {each.name for each in hosts() if each.site_id == row.site_id}:
            raise errors.UnknownHost(host=to)
        if to and to == found.host:
            raise errors.StandsThere(machine=machine, host=to)
        if _moves(row):
            raise errors.MoveUnderWay(name=row.name)
        here = candidates(row.site_id, but=machine)
        if choose([each for each in here if _meant(each, found, to)], _takes(found, row), []) is None:
            raise errors.NowhereElse(machine=machine)
        return wish(scope, row, OperationKind.MOVE, {"machine": machine, "to": to})


def evacuate_host(scope: Operator, identifier: UUID) -> Evacuation:
    """Close a host to new machines, and ask for every service to leave it, one after another. What can't is told.

    Raises:
        NotFound, HostIsOffline.
    """
    leaving = host(identifier)
    if not leaving.online:
        raise errors.HostIsOffline(host=leaving.name)
    with acting(scope):
        let_host_take_machines(scope, identifier, False)
        with connection.cursor() as cursor:
            for pool in WarmPool.objects.filter(site_id=leaving.site_id).values_list("id", flat=True):
                wake_pool(cursor, pool)
        return _leave(scope, leaving)


def _leave(scope: Operator, leaving: HostRow) -> Evacuation:
    rows = Machine.objects.filter(site_id=leaving.site_id, host=leaving.name, deleted_at__isnull=True)
    standing = list(rows.select_related("instance").order_by("instance_id", "role", "number"))
    elsewhere = [each for each in candidates(leaving.site_id) if each.name != leaving.name]
    staying: list[Staying] = []
    going: dict[UUID, ServiceInstance] = {}
    for machine in standing:
        if machine.instance is None or machine.role in STAYS:
            why = Why.WAITING if machine.instance is None else Why.PASSING
            staying.append(Staying(machine.name, machine.instance.name if machine.instance else "", why))
            continue
        taken = _takes(machine, machine.instance)
        chosen = choose(elsewhere, taken, _likes(machine))
        if chosen is None:
            staying.append(Staying(machine.name, machine.instance.name, Why.NO_ROOM))
            continue
        elsewhere = [each.without(taken) if each.name == chosen.name else each for each in elsewhere]
        going[machine.instance.id] = machine.instance
    return Evacuation(_asked(scope, leaving.name, sorted(going)), staying)


def _asked(scope: Operator, off: str, instances: Sequence[UUID]) -> list[UUID]:
    """An operation for each service that has none for this already."""
    operations = []
    for identifier in instances:
        row = locked(scope, identifier)
        if row.desired != Desired.DELETED and not row.operations.filter(
            kind=OperationKind.MOVE, state__in=OPEN, details__off=off
        ):
            operations.append(wish(scope, row, OperationKind.MOVE, {"off": off}))
    return operations


def _moves(row: ServiceInstance) -> bool:
    return row.operations.filter(kind=OperationKind.MOVE, state__in=OPEN).exists()


def _meant(candidate: Candidate, machine: Machine, to: str) -> bool:
    return candidate.name == to if to else candidate.name != machine.host


def _takes(machine: Machine, row: ServiceInstance) -> Room:
    return NO_ROOM if machine.role == MachineRole.FORMER else needed(row, machine.role)


def _likes(machine: Machine) -> list[str]:
    likes = Machine.objects.filter(instance=machine.instance, role=MachineRole.MEMBER, deleted_at__isnull=True)
    return list(likes.exclude(id=machine.id).values_list("host", flat=True))
