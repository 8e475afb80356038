"""A stack: it is as wanted once each of its parts is. What was asked of it was asked of them at once, so nothing is
left to do here but to look, and to say how far they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from souk.kernel.scope import acting
from souk.provisioning.commands.operations import raise_generation
from souk.provisioning.commands.parts import STACK
from souk.provisioning.commands.sizes import former, resize, taken_back
from souk.provisioning.contract import Size
from souk.provisioning.models import (
    OPEN,
    SIZING,
    Desired,
    InstanceState,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.actions.work import Asked, settle, waiting
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.provisioning.reconciler.records import WORKER, Subject

_LOOK_AGAIN = 10.0
"""Seconds after which parts are looked at again that nobody told of."""

_WAITS = gettext_noop("One of its parts is not as it should be yet: its own page says why.")


@dataclass(frozen=True)
class Look:
    """A claimed stack and what is left of its parts."""

    lease: Lease
    subject: Subject
    parts: Sequence[ServiceInstance]

    def all_are(self, *states: InstanceState) -> bool:
        """Whether each part has reached what is wanted of it, and is in one of these states."""
        return all(part.state in states and part.observed_generation == part.generation for part in self.parts)


def converge(lease: Lease, subject: Subject) -> None:
    """Look whether the parts are as wanted.

    Raises:
        Fenced, Superseded.
    """
    lease.renew()
    with acting(WORKER):
        parts = list(ServiceInstance.objects.filter(part_of=subject.row.id, deleted_at__isnull=True).order_by("id"))
    _PATHS[Desired(subject.row.desired)](Look(lease, subject, parts))


def wake(row: ServiceInstance) -> None:
    """Have the stack looked at that something was made for: it may be as wanted now."""
    if row.part_of is None:
        return
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_convergence set next_at = least(next_at, now()) where subject = %s",
            [row.part_of],
        )
        cursor.execute("select pg_notify('souk_convergence', '')")


def _run(look: Look) -> None:
    row = look.subject.row
    if row.state == InstanceState.PENDING:
        records.set_state(row.id, InstanceState.PROVISIONING)
    _follow_refusals(look)
    if not look.all_are(InstanceState.READY, InstanceState.STOPPED, InstanceState.SUSPENDED) or _under_way(look):
        _wait(look)
        return
    for asked in waiting(look.subject):
        if asked.kind == OperationKind.CONFIGURE:
            _settle_parameters(look, asked)
    records.converged(look.lease, look.subject, InstanceState.READY)


def _follow_refusals(look: Look) -> None:
    """If a part can't have its new size, none of them gets it.

    Raises:
        Superseded: so it was.
    """
    with acting(WORKER):
        asked = Operation.objects.filter(instance=look.subject.row, kind__in=SIZING, state__in=OPEN).first()
        if asked is None:
            return
        followed = Operation.objects.filter(details__contains={STACK: str(asked.id)}, kind=OperationKind.RESIZE)
        refused = followed.filter(state=OperationState.FAILED).first()
    if refused is None:
        return
    with acting(WORKER):
        _go_back(look, followed)
        records.plan_refused(look.subject, refused.trouble or _WAITS, **refused.result)
    raise Superseded


def _settle_parameters(look: Look, asked: Asked) -> None:
    with acting(WORKER):
        followed = Operation.objects.filter(details__contains={STACK: str(asked.id)})
        refused = followed.filter(state=OperationState.FAILED).first()
        if refused is not None:
            settle(look, asked, OperationState.FAILED, trouble=refused.trouble, **refused.result)
            return
        row = ServiceInstance.objects.select_for_update().get(id=look.subject.row.id)
        row.parameters = {**row.parameters, **asked.details["parameters"]}
        row.save(update_fields=["parameters"])
        settle(look, asked, OperationState.SUCCEEDED)


def _go_back(look: Look, followed: QuerySet[Operation]) -> None:
    """Ask each part for what it had before; the stack is locked before its parts, here as in the commands."""
    ServiceInstance.objects.select_for_update().get(id=look.subject.row.id)
    for asked in followed.order_by("instance_id"):
        part = ServiceInstance.objects.select_for_update().get(id=asked.instance_id)
        if asked.state in OPEN:
            raise_generation(part, **taken_back(part, asked))
        elif asked.state == OperationState.SUCCEEDED:
            before, details = former(asked), {}
            if plan := before.pop("plan_id", None):
                details = {"plans": {"from": str(part.plan_id), "to": str(plan)}}
            more = {"plan_id": plan} if plan else {}
            resize(WORKER, part, Size(**before), OperationKind.RESIZE, details, **more)


def _under_way(look: Look) -> bool:
    """Whether something that follows from what was asked of the stack is still to be done."""
    with acting(WORKER):
        asked = Operation.objects.filter(instance=look.subject.row, state__in=OPEN).values_list("id", flat=True)
        open_ones = Operation.objects.filter(instance__in=look.parts, state__in=OPEN)
        return any(open_ones.filter(details__contains={STACK: str(each)}).exists() for each in asked)


def _wait(look: Look) -> None:
    """Say how far it is."""
    ready = [part for part in look.parts if part.state == InstanceState.READY]
    if ready:
        done = int(90 * len(ready) / len(look.parts))
        records.note_step(look.subject, f"parts-{len(ready)}", done, gettext_noop("Another part is ready."))
    troubled = any(part.trouble for part in look.parts)
    records.waits(look.lease, look.subject, _LOOK_AGAIN, _WAITS if troubled else "")


def _rest(look: Look) -> None:
    """Wait until the parts are stopped."""
    if look.all_are(InstanceState.SUSPENDED, InstanceState.STOPPED):
        records.converged(look.lease, look.subject, InstanceState.SUSPENDED)
    else:
        _wait(look)


def _soft_delete(look: Look) -> None:
    """The parts are kept for as long as the stack is."""
    if records.erasure_due(look.subject):
        raise Superseded
    if look.all_are(InstanceState.SOFT_DELETED):
        records.converged(look.lease, look.subject, InstanceState.SOFT_DELETED)
    else:
        _wait(look)


def _delete(look: Look) -> None:
    if look.parts:
        _wait(look)
        return
    with acting(WORKER):
        were = ServiceInstance.objects.filter(part_of=look.subject.row.id).order_by("part")
        statement: dict[str, Any] = {"machine": None, "parts": {part.part: str(part.id) for part in were}}
    records.erased(look.lease, look.subject, statement)


_PATHS: Mapping[Desired, Callable[[Look], None]] = {
    Desired.RUNNING: _run,
    Desired.STOPPED: _rest,
    Desired.SUSPENDED: _rest,
    Desired.SOFT_DELETED: _soft_delete,
    Desired.DELETED: _delete,
}
