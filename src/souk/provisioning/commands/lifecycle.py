"""Running, stopped, deleted, recovered; under which name, and whether it may be deleted at all."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.balancing import wake_beside
from souk.provisioning.commands.balancing import follow_name
from souk.provisioning.commands.creating import clean_name
from souk.provisioning.commands.operations import alive, locked, on_machines, wish
from souk.provisioning.commands.parts import can_be_kept, parts_of, whole
from souk.provisioning.commands.sizes import changing_members, taken_back
from souk.provisioning.models import (
    OPEN,
    SIZING,
    Desired,
    InstanceState,
    OperationKind,
    ServiceInstance,
)


def stop_instance(scope: Scope, instance: UUID) -> UUID:
    """Ask for a service to be stopped: its data stays, only its disk is charged. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, MembersUnderWay, ProducedElsewhere.
    """
    with acting(scope):
        row = on_machines(scope, instance)
        if changing_members(row) is not None:
            raise errors.MembersUnderWay(name=row.name)
        return wish(scope, row, OperationKind.STOP, desired=Desired.STOPPED)


def start_instance(scope: Scope, instance: UUID) -> UUID:
    """Ask for a stopped service to run again. Returns the operation. Raises as `stop_instance`."""
    with acting(scope):
        return wish(scope, on_machines(scope, instance), OperationKind.START, desired=Desired.RUNNING)


def restart_instance(scope: Scope, instance: UUID) -> UUID:
    """Ask for a service to be restarted. Returns the operation. Raises as `stop_instance`."""
    with acting(scope):
        return wish(scope, on_machines(scope, instance), OperationKind.RESTART, desired=Desired.RUNNING)


def delete_instance(scope: Scope, instance: UUID) -> UUID:
    """Ask for a service to be deleted: it stops, metering ends now, and it can be recovered for the days of grace
    (`DELETION_GRACE`), after which it is erased. One that never ran is erased at once, its creation cancelled; so is
    one that is produced elsewhere: nobody here could stop it and keep its data. A stack is deleted with its parts.

    Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceProtected, PartOfStack.
    """
    with acting(scope):
        row = alive(scope, instance, suspended=True)
        whole(row)
        if row.ready_at is None or not settings.DELETION_GRACE or not can_be_kept(row):
            return _erase(scope, row)
        return _leave(scope, row, clock.now())


def _leave(scope: Scope, row: ServiceInstance, now: datetime) -> UUID:
    _unprotected(row)
    wake_beside(row)
    parts = parts_of(row)
    operation = wish(
        scope,
        row,
        OperationKind.DELETE,
        None,
        **_give_up_resize(row),
        desired=Desired.SOFT_DELETED,
        deletion_accepted_at=now,
        erase_at=now + settings.DELETION_GRACE,
        state=InstanceState.DELETING,
    )
    for part in parts:
        _leave(scope, part, now)
    return operation


def erase_instance(scope: Scope, instance: UUID) -> UUID:
    """Ask for a service to be deleted with its data, for good and at once, deleted or not; metering ends now.

    Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceProtected, PartOfStack.
    """
    with acting(scope):
        row = locked(scope, instance)
        whole(row)
        if row.desired == Desired.DELETED:
            raise errors.ServiceGone(name=row.name)
        return _erase(scope, row)


def _erase(scope: Scope, row: ServiceInstance) -> UUID:
    _unprotected(row)
    wake_beside(row)
    parts, now = parts_of(row), clock.now()
    operation = wish(
        scope,
        row,
        OperationKind.DELETE,
        {"erase": True},
        **_give_up_resize(row),
        desired=Desired.DELETED,
        deletion_accepted_at=row.deletion_accepted_at or now,
        erase_at=now,
        state=InstanceState.DELETING,
    )
    for part in parts:
        if part.desired != Desired.DELETED:
            _erase(scope, part)
    return operation


def _give_up_resize(row: ServiceInstance) -> dict[str, Any]:
    """Take back a change of size that is not reached yet: what is recovered later has the size that is paid for."""
    asked = row.operations.filter(kind__in=SIZING, state__in=OPEN).first()
    if asked is None:
        return {}
    return taken_back(row, asked)


def _unprotected(row: ServiceInstance) -> None:
    if row.protected:
        raise errors.ServiceProtected(name=row.name)


def switch_over(scope: Scope, instance: UUID) -> UUID:
    """Ask for another machine of a highly available service to lead. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NotReadyYet, OneMachine.
    """
    with acting(scope):
        row = alive(scope, instance)
        if row.members == 1:
            raise errors.OneMachine(name=row.name)
        if row.ready_at is None:
            raise errors.NotReadyYet(name=row.name)
        return wish(scope, row, OperationKind.SWITCHOVER)


def recover_instance(scope: Scope, instance: UUID) -> UUID:
    """Ask for a deleted service to run again, with its data, name and credentials; one that the operator suspended
    stays so. Returns the operation.

    Raises:
        NotFound, RoleTooLow, NotRecoverable, NameTaken, PartOfStack.
    """
    with acting(scope):
        row = locked(scope, instance)
        whole(row)
        if row.desired != Desired.SOFT_DELETED or row.erase_at is None or row.erase_at <= clock.now():
            raise errors.NotRecoverable(name=row.name)
        return _recover(scope, row)


def _recover(scope: Scope, row: ServiceInstance) -> UUID:
    wake_beside(row)
    parts = parts_of(row)
    try:
        with transaction.atomic():
            operation = wish(
                scope,
                row,
                OperationKind.RECOVER,
                desired=Desired.SUSPENDED if row.suspension else Desired.RUNNING,
                deletion_accepted_at=None,
                erase_at=None,
                state=InstanceState.UPDATING,
            )
    except IntegrityError as error:
        if "service_instance_name_once" in str(error):
            raise errors.NameTaken(name=row.name) from error
        raise
    for part in parts:
        _recover(scope, part)
    return operation


def protect_instance(scope: Scope, instance: UUID, protected: bool) -> None:
    """Guard a service from deletion, or give the guard up.

    Raises:
        NotFound, RoleTooLow, ServiceGone.
    """
    with acting(scope):
        row = alive(scope, instance, suspended=True)
        if row.protected == protected:
            return
        row.protected = protected
        row.save(update_fields=["protected"])
        action = "service.protected" if protected else "service.unprotected"
        events.record(action, ("service", row.id), organization=row.organization_id)


def rename_instance(scope: Scope, instance: UUID, name: str) -> None:
    """Call a service by another name. Its host name stays: connections go on.

    Raises:
        NotFound, RoleTooLow, ServiceGone, InvalidName, NameTaken.
    """
    with acting(scope):
        row = alive(scope, instance, suspended=True)
        before, row.name = row.name, clean_name(name)
        try:
            with transaction.atomic():
                row.save(update_fields=["name"])
        except IntegrityError as error:
            raise errors.NameTaken(name=name) from error
        follow_name(row, before)
        data = {"from": before, "to": row.name}
        events.record("service.renamed", ("service", row.id), organization=row.organization_id, data=data)
