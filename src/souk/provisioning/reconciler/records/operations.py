"""What is told of the operations that follow from the desired state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import F

from souk.kernel import clock, events
from souk.kernel.scope import acting
from souk.provisioning.commands.sizes import changing_members, former, promise, tell
from souk.provisioning.contract import Size
from souk.provisioning.models import (
    OPEN,
    SETTLED,
    SIZING,
    Desired,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.reconciler.lease import Superseded
from souk.provisioning.reconciler.records.subjects import WORKER, Subject


def log_step(subject: Subject, step: str, progress: int, sentence: str, seconds: float) -> None:
    """Add a line to the log of the operations that follow from the desired state, for the customer to read; `sentence`
    is a message id.
    """
    row = subject.row
    entry = [{"at": clock.now().isoformat(), "step": step, "seconds": round(seconds, 3), "sentence": sentence}]
    import msgspec

    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_operation set state = 'running', step = %s, progress = greatest(progress, %s),"
            " log = log || %s::jsonb where instance_id = %s and generation <= %s and kind = any(%s)"
            " and state in ('queued', 'running')",
            [step, progress, msgspec.json.encode(entry).decode(), row.id, row.generation, list(SETTLED)],
        )


def note_step(subject: Subject, step: str, progress: int, sentence: str) -> None:
    """The same, once for each step: of what is visited again and again."""
    row = subject.row
    with acting(WORKER):
        said = Operation.objects.filter(
            instance=row,
            generation__lte=row.generation,
            kind__in=SETTLED,
            state__in=OPEN,
            log__contains=[{"step": step}],
        )
        if said.exists():
            return
    log_step(subject, step, progress, sentence, 0.0)


def failed_over(subject: Subject, dead: Sequence[str], leader: str, seconds: float | None) -> None:
    """Tell that another member leads because the one that led has ended: an operation that nobody asked for.

    `seconds` is how long the others took to choose; None where they did before it was seen.
    """
    row, now = subject.row, clock.now()
    result = {"dead": list(dead), "to": leader, **({} if seconds is None else {"seconds": seconds})}
    with acting(WORKER):
        operation = Operation.objects.create(
            organization_id=row.organization_id,
            instance=row,
            kind=OperationKind.FAILOVER,
            generation=row.generation,
            state=OperationState.SUCCEEDED if leader else OperationState.FAILED,
            progress=100,
            result=result,
            requested_by="reconciler",
            created_at=now,
            finished_at=now,
        )
        events.record(
            "service.failed_over",
            ("service", row.id),
            organization=row.organization_id,
            data={"at": now.isoformat(), "operation": str(operation.id), **result},
        )


def led_by_order(subject: Subject, leader: str) -> bool:
    """Whether the last that was told of who leads is that this member does."""
    with acting(WORKER):
        told = Operation.objects.filter(
            instance=subject.row,
            kind__in=[OperationKind.SWITCHOVER, OperationKind.FAILOVER],
            state=OperationState.SUCCEEDED,
        )
        last = told.order_by("-finished_at").values_list("result", flat=True).first()
    return last is not None and last.get("to") == leader


def restart_asked(subject: Subject) -> bool:
    """Whether a restart was asked for whose stop has not been made yet."""
    with acting(WORKER):
        return Operation.objects.filter(
            instance=subject.row,
            kind=OperationKind.RESTART,
            state__in=OPEN,
            generation__lte=subject.row.generation,
            step__in=["", "prepare"],
        ).exists()


def members_failed(subject: Subject) -> int:
    """Count a failed attempt to reach another number of machines; how many there were, 0 if none was asked for."""
    with acting(WORKER):
        asked = changing_members(subject.row)
        if asked is None:
            return 0
        Operation.objects.filter(id=asked.id).update(attempts=F("attempts") + 1)
        return asked.attempts + 1


def resize_refused(subject: Subject, sentence: str, **told: str) -> None:
    """Go back to the size before: the new one can't carry what is on the disk. Nothing else changes. What is `told` is
    the sentence's (a message id).

    Raises:
        Superseded: always: the size that is desired now is another one.
    """
    plan_refused(subject, sentence, **told)
    raise Superseded


def plan_refused(subject: Subject, sentence: str, **told: str) -> None:
    """The same, if another size or plan was asked for."""
    with acting(WORKER):
        row = ServiceInstance.objects.select_for_update().get(id=subject.row.id)
        asked = Operation.objects.filter(instance=row, kind__in=SIZING, state__in=OPEN).first()
        if asked is not None:
            before = Size(**asked.details["from"])
            promise(row, row.size, before)
            ServiceInstance.objects.filter(id=row.id).update(**former(asked))
            asked.state, asked.trouble, asked.finished_at = OperationState.FAILED, sentence[:300], clock.now()
            asked.result = told
            asked.save(update_fields=["state", "trouble", "finished_at", "result"])
            tell(row, asked, reached=False, why="" if told else sentence)


def finish_operations(row: ServiceInstance, result: dict[str, Any] | None = None) -> None:
    """Settle what follows from the desired state; what else was asked for is still to be done, or has become moot."""
    now = clock.now()
    open_ones = Operation.objects.filter(
        instance=row,
        state__in=OPEN,
        generation__lte=row.generation,
    )
    if row.desired in (Desired.DELETED, Desired.SOFT_DELETED):
        open_ones.exclude(kind="delete").update(state=OperationState.CANCELLED, finished_at=now)
    settled = open_ones.filter(kind__in=SETTLED)
    for sizing in settled.filter(kind__in=SIZING):
        tell(row, sizing, reached=True)
    settled.update(
        state=OperationState.SUCCEEDED, progress=100, finished_at=now, **({"result": result} if result else {})
    )
