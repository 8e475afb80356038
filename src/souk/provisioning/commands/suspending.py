"""The operator keeps a service from running, and lets it run again."""

from __future__ import annotations

from uuid import UUID

from souk.kernel.scope import Operator, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import GONE, locked, wish
from souk.provisioning.commands.parts import STACK, parts_of
from souk.provisioning.commands.sizes import changing_members, taken_back, tell
from souk.provisioning.models import Desired, Operation, OperationKind, ServiceInstance, Suspension

NOTE_LENGTH = 300


def suspend_instance(scope: Operator, instance: UUID, reason: Suspension, note: str = "") -> UUID:
    """Ask for a service to be stopped, and to stay so whatever its customer asks for: its data and its backups stay,
    and it can be deleted. A change of the number of its machines is taken back. Its customer sees the reason and the
    note. A stack is suspended with its parts. Returns the operation.

    Raises:
        NotFound, ServiceGone, SuspendedAlready, NoteTooLong.
    """
    if len(note) > NOTE_LENGTH:
        raise errors.NoteTooLong(most=NOTE_LENGTH)
    with acting(scope):
        row = locked(scope, instance)
        if row.desired in GONE:
            raise errors.ServiceGone(name=row.name)
        if row.suspension:
            raise errors.SuspendedAlready(name=row.name)
        return _suspend(scope, row, {"reason": reason, "note": note})


def _suspend(scope: Operator, row: ServiceInstance, details: dict[str, str]) -> UUID:
    parts, changes = parts_of(row), {}
    if (asked := changing_members(row)) is not None:
        changes = taken_back(row, asked)
        tell(row, asked, reached=False)
    operation = wish(
        scope,
        row,
        OperationKind.SUSPEND,
        {**details, "from": row.desired},
        **changes,
        desired=Desired.SUSPENDED,
        suspension=details["reason"],
        suspension_note=details["note"].strip(),
    )
    for part in parts:
        if not part.suspension and part.desired not in GONE:
            _suspend(scope, part, {**details, STACK: str(operation)})
    return operation


def resume_instance(scope: Operator, instance: UUID) -> UUID:
    """Ask for a suspended service to be as it was before: running, or stopped by its customer. Returns the operation.

    Raises:
        NotFound, ServiceGone, NotSuspended.
    """
    with acting(scope):
        row = locked(scope, instance)
        if row.desired in GONE:
            raise errors.ServiceGone(name=row.name)
        if not row.suspension:
            raise errors.NotSuspended(name=row.name)
        return _resume(scope, row, _suspended_by(row))


def _resume(scope: Operator, row: ServiceInstance, suspended: Operation | None) -> UUID:
    """Parts that were suspended by themselves stay so."""
    parts = parts_of(row)
    operation = wish(
        scope,
        row,
        OperationKind.RESUME,
        desired=Desired.RUNNING if suspended is None else Desired(suspended.details["from"]),
        suspension=Suspension.NONE,
        suspension_note="",
    )
    for part in parts:
        with_it = _suspended_by(part)
        if suspended and with_it and part.suspension and with_it.details.get(STACK) == str(suspended.id):
            _resume(scope, part, with_it)
    return operation


def _suspended_by(row: ServiceInstance) -> Operation | None:
    return row.operations.filter(kind=OperationKind.SUSPEND).order_by("-id").first()
