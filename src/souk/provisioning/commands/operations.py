"""Operations: what is asked for is recorded with a new generation, and the reconciler is woken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from souk.kernel import clock, events
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.scope import Scope, actor
from souk.parties.access import CAN_OPERATE, need
from souk.provisioning import errors
from souk.provisioning.models import (
    Desired,
    Machine,
    MachineRole,
    Operation,
    OperationKind,
    ServiceInstance,
)
from souk.provisioning.registry import composer_of

GONE = frozenset({Desired.SOFT_DELETED, Desired.DELETED})


def locked(scope: Scope, instance: UUID) -> ServiceInstance:
    """The row of an instance that the caller may operate, locked until the transaction ends.

    Raises:
        NotFound, RoleTooLow.
    """
    row = ServiceInstance.objects.select_for_update().filter(id=instance).first()
    if row is None:
        raise NotFound
    need(scope, row.organization_id, CAN_OPERATE, grant="services")
    return row


def alive(scope: Scope, instance: UUID, *, suspended: bool = False) -> ServiceInstance:
    """The same, of an instance that is not deleted, nor kept from running by the operator unless that may be.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended.
    """
    row = locked(scope, instance)
    if row.desired in GONE:
        raise errors.ServiceGone(name=row.name)
    if not suspended:
        unsuspended(row)
    return row


def produced_here(row: ServiceInstance) -> None:
    """Refuse what takes a machine.

    Raises:
        ProducedElsewhere, MadeOfParts.
    """
    if composer_of(row.blueprint, row.plan_id) is not None:
        raise errors.MadeOfParts(name=row.name)
    if row.plan_id is not None:
        raise errors.ProducedElsewhere(name=row.name)


def on_machines(scope: Scope, instance: UUID) -> ServiceInstance:
    """As `alive`, of an instance that is neither produced elsewhere nor made of others.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, MadeOfParts.
    """
    row = alive(scope, instance)
    produced_here(row)
    return row


def unsuspended(row: ServiceInstance) -> None:
    """Refuse what needs a service that the operator lets run.

    Raises:
        ServiceSuspended.
    """
    if row.suspension:
        raise errors.ServiceSuspended(name=row.name)


def way_back(row: ServiceInstance) -> Machine | None:
    """The machine that a service had before, if it can still go back to it."""
    former = Machine.objects.filter(instance=row, role=MachineRole.FORMER, deleted_at__isnull=True)
    return former.filter(kept_until__gt=clock.now()).first()


def wish(
    scope: Scope,
    row: ServiceInstance,
    kind: OperationKind,
    details: Mapping[str, Any] | None = None,
    identifier: UUID | None = None,
    **changes: Any,
) -> UUID:
    """Record a new generation of a locked instance and the operation that follows from it; returns the operation."""
    raise_generation(row, **changes)
    operation = Operation.objects.create(
        id=identifier or new_id(),
        organization_id=row.organization_id,
        instance=row,
        kind=kind,
        details=dict(details or {}),
        generation=row.generation,
        requested_by=actor(scope),
        created_at=clock.now(),
    )
    events.record(
        f"service.{kind}_requested",
        ("service", row.id),
        organization=row.organization_id,
        data={"generation": row.generation, "operation": str(operation.id)},
    )
    return operation.id


def raise_generation(row: ServiceInstance, **changes: Any) -> None:
    """Record of a locked instance that something else is desired, and wake the reconciler."""
    for key, value in changes.items():
        setattr(row, key, value)
    row.generation += 1
    row.save(update_fields=[*changes, "generation"])
    with connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_convergence set generation = %s, next_at = now(), attempts = 0 where subject = %s",
            [row.generation, row.id],
        )
        cursor.execute("select pg_notify('souk_convergence', '')")
