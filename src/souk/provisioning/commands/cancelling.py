"""Operations that are taken back."""

from __future__ import annotations

from uuid import UUID

from souk.kernel import clock, events
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import locked, raise_generation
from souk.provisioning.commands.sizes import changing_members, is_under_way, taken_back, tell
from souk.provisioning.models import SETTLED, WATCHED, Operation, OperationState, ServiceInstance


def cancel_operation(scope: Scope, operation: UUID) -> None:
    """Take back an operation that has not begun; or a change of the number of machines, as long as the service goes on
    as it did. What else follows from the desired state can't be: ask for another state.

    Raises:
        NotFound, RoleTooLow, NotCancellable.
    """
    with acting(scope):
        found = Operation.objects.filter(id=operation).values_list("instance_id", flat=True).first()
        if found is None:
            raise NotFound
        instance = locked(scope, found)
        row = Operation.objects.get(id=operation)
        if row == changing_members(instance) and not is_under_way(instance, row):
            _take_back(instance, row)
        elif row.kind in SETTLED | WATCHED or row.state != OperationState.QUEUED:
            raise errors.NotCancellable
        else:
            row.state, row.finished_at = OperationState.CANCELLED, clock.now()
            row.save(update_fields=["state", "finished_at"])
        events.record(
            "operation.cancelled",
            ("service", row.instance_id),
            organization=row.organization_id,
            data={"operation": str(row.id), "kind": row.kind},
        )


def _take_back(instance: ServiceInstance, asked: Operation) -> None:
    raise_generation(instance, **taken_back(instance, asked))
    tell(instance, asked, reached=False)
