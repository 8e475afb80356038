"""The operator has done with a service whose vendor is gone."""

from __future__ import annotations

from uuid import UUID

from souk.kernel import clock, events
from souk.kernel.scope import Operator, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import locked, wish
from souk.provisioning.commands.suspending import NOTE_LENGTH
from souk.provisioning.models import FORGOTTEN, Desired, InstanceState, OperationKind
from souk.provisioning.registry import producer_of


def forget_instance(scope: Operator, instance: UUID, note: str = "") -> UUID:
    """Have done with a service whose vendor is gone: metering ends now, its credentials are overwritten here, and its
    vendor is asked for nothing more. What the vendor may still have of it is out of anybody's reach here. Its customer
    is told, with the `note`. Returns the operation.

    Raises:
        NotFound, ServiceGone, ProducedHere, MadeOfParts, NoteTooLong.
    """
    note = note.strip()
    if len(note) > NOTE_LENGTH:
        raise errors.NoteTooLong(most=NOTE_LENGTH)
    with acting(scope):
        row = locked(scope, instance)
        if row.deleted_at is not None:
            raise errors.ServiceGone(name=row.name)
        if row.plan_id is None:
            raise errors.ProducedHere(name=row.name)
        if producer_of(row.blueprint, row.plan_id) is None:
            raise errors.MadeOfParts(name=row.name)
        now = clock.now()
        told = {"name": row.name, "note": note, "at": now.isoformat()}
        events.record("service.forgotten", ("service", row.id), organization=row.organization_id, data=told)
        return wish(
            scope,
            row,
            OperationKind.DELETE,
            {"erase": True, FORGOTTEN: True, "note": note},
            desired=Desired.DELETED,
            deletion_accepted_at=row.deletion_accepted_at or now,
            erase_at=now,
            state=InstanceState.DELETING,
        )
