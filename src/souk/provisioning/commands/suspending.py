"""The operator keeps a service from running, and lets it run again."""

from __future__ import annotations

from uuid import UUID

from souk.kernel.scope import Operator, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import GONE, locked, wish
from souk.provisioning.commands.sizes import changing_members, taken_back, tell
from souk.provisioning.models import Desired, OperationKind, Suspension

NOTE_LENGTH = 300


def suspend_instance(scope: Operator, instance: UUID, reason: Suspension, note: str = "") -> UUID:
    """Ask for a service to be stopped, and to stay so whatever its customer asks for: its data and its backups stay,
    and it can be deleted. A change of the number of its machines is taken back. Its customer sees the reason and the
    note. Returns the operation.

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
        changes = {}
        if (asked := changing_members(row)) is not None:
            changes = taken_back(row, asked)
            tell(row, asked, reached=False)
        details = {"reason": reason, "note": note, "from": row.desired}
        return wish(
            scope,
            row,
            OperationKind.SUSPEND,
            details,
            **changes,
            desired=Desired.SUSPENDED,
            suspension=reason,
            suspension_note=note.strip(),
        )


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
        last = row.operations.filter(kind=OperationKind.SUSPEND).order_by("-id").first()
        before = Desired(last.details["from"]) if last is not None else Desired.RUNNING
        return wish(
            scope,
            row,
            OperationKind.RESUME,
            desired=before,
            suspension=Suspension.NONE,
            suspension_note="",
        )
