"""How large a service is, and on how many machines: asked for, promised, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import connection

from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.maintenance import orderable
from souk.provisioning.commands.operations import alive, wish
from souk.provisioning.commands.parts import STACK, parts_of, wanted_parts, whole
from souk.provisioning.contract import Size
from souk.provisioning.maintaining import version_of
from souk.provisioning.models import (
    OPEN,
    SIZING,
    Desired,
    Machine,
    MachineRole,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.queries.services import asked_parameters
from souk.provisioning.registry import blueprint, composer_of, producer_of

_MOVE_PROMISE = """
update sites_capacity set vcpus = vcpus + %(vcpus)s, memory = memory + %(memory)s, disk = disk + %(disk)s
where site_id = %(site)s
  and (%(vcpus)s <= 0 or vcpus + %(vcpus)s <= vcpu_limit)
  and (%(memory)s <= 0 or memory + %(memory)s <= memory_limit)
  and (%(disk)s <= 0 or disk + %(disk)s <= disk_limit)
"""


def resize_instance(scope: Scope, instance: UUID, size: Size, *, order: UUID, plan: UUID | None = None) -> UUID:
    """Ask for a service to get another size; what it takes more is promised now. Returns the operation.

    If the new size turns out too small for what is on the disk, the operation fails and the old size stays: `order` is
    told then, as it is told when the size is reached. What is produced elsewhere gets another `plan` instead; so does a
    stack, whose parts get the sizes that it gives them. From one machine to several, or back, the service goes on with
    the data that it has; clients reconnect, at another address.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NotReadyYet, MembersFixed, AlwaysAlone, MembersWhileRunning,
        VersionNotTogether, ResizeUnderWay, NoCapacity, PlanFixed, PartOfStack.
    """
    with acting(scope):
        row = alive(scope, instance)
        whole(row)
        if row.ready_at is None:
            raise errors.NotReadyYet(name=row.name)
        found = producer_of(row.blueprint, row.plan_id) or composer_of(row.blueprint, row.plan_id)
        if found is None:
            return _other_size(scope, row, size, {"order": str(order)})
        if plan is None or not found[0].follows(found[1], plan):
            raise errors.PlanFixed(name=row.name)
        parts = parts_of(row)
        details = {"order": str(order), "plans": {"from": str(found[1]), "to": str(plan)}}
        operation = resize(scope, row, size, OperationKind.RESIZE, details, plan_id=plan)
        if parts:
            _resize_parts(scope, row, parts, operation)
        return operation


def _other_size(scope: Scope, row: ServiceInstance, size: Size, details: Mapping[str, Any]) -> UUID:
    if row.members != size.members:
        _other_members(row, size.members)
    return resize(scope, row, size, OperationKind.RESIZE, details)


def _resize_parts(scope: Scope, row: ServiceInstance, parts: Sequence[ServiceInstance], operation: UUID) -> None:
    wanted, told = wanted_parts(row, asked_parameters(scope, row.id)), {STACK: str(operation)}
    for part in parts:
        present, after = part.plan_id, wanted[part.part]
        if part.ready_at is None:
            raise errors.NotReadyYet(name=part.name)
        if after.plan != present:
            plans = {"plans": {"from": str(present), "to": str(after.plan)}}
            resize(scope, part, after.size, OperationKind.RESIZE, {**told, **plans}, plan_id=after.plan)
        elif after.size != part.size:
            _other_size(scope, part, after.size, told)


def _other_members(row: ServiceInstance, wanted: int) -> None:
    """Make sure that a service can go from one machine to several, or back."""
    if 1 not in (row.members, wanted):
        raise errors.MembersFixed(name=row.name, present=row.members, wanted=wanted)
    if blueprint(row.blueprint).high_availability is None:
        raise errors.AlwaysAlone
    if row.desired != Desired.RUNNING:
        raise errors.MembersWhileRunning(name=row.name)
    orderable(row.blueprint, version_of(row) or None, wanted)


def changing_members(row: ServiceInstance) -> Operation | None:
    """The change of the number of a service's machines that is not reached yet, if there is one."""
    asked = row.operations.filter(kind__in=SIZING, state__in=OPEN).first()
    if asked is None or asked.details["from"]["members"] == asked.details["to"]["members"]:
        return None
    return asked


def resize(
    scope: Scope,
    row: ServiceInstance,
    size: Size,
    kind: OperationKind,
    details: Mapping[str, Any],
    operation: UUID | None = None,
    **changes: Any,
) -> UUID:
    """Ask for a locked instance to get another size, in the running transaction. Returns the operation.

    Raises:
        ResizeUnderWay, NoCapacity.
    """
    if row.operations.filter(kind__in=SIZING, state__in=OPEN).exists():
        raise errors.ResizeUnderWay(name=row.name)
    before = row.size
    promise(row, before, size)
    sizes = {"from": asdict(before), "to": asdict(size)}
    return wish(scope, row, kind, {**details, **sizes}, operation, **asdict(size), **changes)


def is_under_way(row: ServiceInstance, asked: Operation) -> bool:
    """Whether a change of the number of machines can't be taken back without another interruption any more: the machine
    that carries the service alone has become a member, or a member has become that machine.
    """
    alone: bool = Machine.objects.filter(instance=row, role=MachineRole.PRIMARY, deleted_at__isnull=True).exists()
    return alone != bool(asked.details["from"]["members"] == 1)


def taken_back(row: ServiceInstance, asked: Operation) -> dict[str, Any]:
    """Cancel a change of size of a locked instance; returns what its row is to say again."""
    before = Size(**asked.details["from"])
    promise(row, row.size, before)
    asked.state, asked.finished_at = OperationState.CANCELLED, clock.now()
    asked.save(update_fields=["state", "finished_at"])
    return former(asked)


def former(asked: Operation) -> dict[str, Any]:
    """What a row said before a change of size."""
    plans = {"plan_id": UUID(asked.details["plans"]["from"])} if "plans" in asked.details else {}
    return {**asked.details["from"], **plans}


def tell(row: ServiceInstance, asked: Operation, *, reached: bool, why: str = "") -> None:
    """Say what came of a change of size, in the running transaction: whoever sells it and whoever meters it follows.
    `why` it was not reached is a message id; one that was taken back has none.
    """
    told = {OperationKind.RESIZE: ("resized", "resize_refused"), OperationKind.GROW: ("grown", "growth_refused")}
    done, refused = told[OperationKind(asked.kind)]
    more = {} if reached else {"why": why, "cancelled": asked.state == OperationState.CANCELLED}
    events.record(
        f"service.{done if reached else refused}",
        ("service", row.id),
        organization=row.organization_id,
        data={"at": clock.now().isoformat(), **asked.details, **more},
    )


def promise(row: ServiceInstance, before: Size, after: Size) -> None:
    """Move what a site has promised for an instance from one size to another, in the running transaction.

    Raises:
        NoCapacity.
    """
    before, after = before.promised, after.promised
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE_PROMISE,
            {
                "site": row.site_id,
                "vcpus": after.vcpus - before.vcpus,
                "memory": after.memory - before.memory,
                "disk": after.disk - before.disk,
            },
        )
        if cursor.rowcount != 1:
            raise errors.NoCapacity(region=row.region_code)
