"""What an action works with, and how it says how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Q

from souk.engines.contract import Engine
from souk.kernel import clock, events
from souk.kernel.scope import acting
from souk.provisioning.contract import Blueprint, Guest, Wanted
from souk.provisioning.models import OPEN, SETTLED, Operation, OperationState
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.provisioning.reconciler.records import WORKER, Assigned, Subject


@dataclass(frozen=True)
class Asked:
    """An operation to be done; `result` is what a killed attempt had reached."""

    id: UUID
    kind: str
    details: dict[str, Any]
    attempts: int
    result: dict[str, Any]


class Claimed(Protocol):
    """A service that a worker has claimed."""

    @property
    def lease(self) -> Lease:
        """The claim."""

    @property
    def subject(self) -> Subject:
        """The service."""


class Several(Protocol):
    """The machines of a service on several: one after another can be made anew or moved while it goes on, and all of
    them can be left for another one.
    """

    def outdated(self) -> Iterator[Assigned]:
        """Those that are not of the newest image, in the order in which they may be made anew."""

    def renew(self, machine: Assigned) -> str:
        """Make one anew; the version that it says it is."""

    def following_first(self) -> Sequence[Assigned]:
        """All of them, in the order in which they may be away: the one that leads after the others, and last the one in
        front.
        """

    def move(self, machine: Assigned, host: str) -> None:
        """Have one stand on another host; whoever led, another one leads before."""

    def leave(self) -> Assigned:
        """End the service: the member that leads, which is returned, has all of the data and goes on serving alone only
        once it is configured so; the others are deleted.
        """


@dataclass(frozen=True)
class Work:
    """A claimed, running service and what is to be done to it.

    On several machines, `guest` is the one that leads, `others` those that follow it, `gate` the one that clients
    connect to, and `several` is what can be done to them all.
    """

    lease: Lease
    subject: Subject
    blueprint: Blueprint
    engine: Engine
    guest: Guest
    wanted: Wanted
    others: Sequence[tuple[Guest, Wanted]] = ()
    gate: tuple[Guest, Wanted] | None = None
    several: Several | None = None
    asked: Asked | None = None

    @property
    def entrance(self) -> tuple[Guest, Wanted]:
        """The machine that clients connect to."""
        return self.gate or (self.guest, self.wanted)

    def doing(self, asked: Asked) -> Work:
        """The same service, with one operation in hand."""
        return replace(self, asked=asked)

    def reach(self, asked: Asked, **result: Any) -> None:
        """Record what an operation is about to do, so that whoever repeats it knows.

        Raises:
            Fenced.
        """
        with acting(WORKER):
            reached(self, asked, **result)

    @contextmanager
    def step(self, name: str, progress: int, sentence: str) -> Iterator[None]:
        """A part of the operation; when it is done, a line of the log that the customer reads (a message id).

        What is asked for meanwhile waits for its turn; only another desired state ends an operation under way.
        """
        try:
            self.lease.renew()
        except Superseded:
            if _settling(self.subject):
                raise
        started = time.monotonic()
        with self.lease.kept():
            yield
        if self.asked is not None:
            seconds = round(time.monotonic() - started, 3)
            line = {"at": clock.now().isoformat(), "step": name, "seconds": seconds, "sentence": sentence}
            _log(self.asked.id, name, progress, line)


def waiting(subject: Subject) -> list[Asked]:
    """What is to be done to an instance, oldest first."""
    with acting(WORKER):
        rows = Operation.objects.filter(
            instance=subject.row,
            state__in=OPEN,
            generation__lte=subject.row.generation,
        ).exclude(Q(kind__in=SETTLED) | Q(not_before__gt=clock.now()))
        return [Asked(*row) for row in rows.order_by("id").values_list(*Asked.__dataclass_fields__)]


def _settling(subject: Subject) -> bool:
    """Whether something was asked of the instance's state that is not reached yet."""
    with acting(WORKER):
        return Operation.objects.filter(instance=subject.row, state__in=OPEN, kind__in=SETTLED).exists()


def begin(asked: Asked) -> bool:
    """Mark an operation as under way; False if it was cancelled in the meantime."""
    with acting(WORKER):
        open_one = Operation.objects.filter(id=asked.id, state__in=OPEN)
        return bool(open_one.update(state=OperationState.RUNNING, attempts=asked.attempts + 1))


def postpone(asked: Asked, until: datetime) -> None:
    """Let an operation wait until a later time."""
    with acting(WORKER):
        Operation.objects.filter(id=asked.id).update(state=OperationState.QUEUED, not_before=until, attempts=0)


def reached(work: Claimed, asked: Asked, **result: Any) -> None:
    """Record what an operation has reached before its end, in the transaction that the caller has open.

    Raises:
        Fenced.
    """
    work.lease.hold()
    Operation.objects.filter(id=asked.id).update(result=result)


def settle(work: Claimed, asked: Asked, state: OperationState, *, trouble: str = "", **result: Any) -> None:
    """Record how an operation ended; in a transaction with what else it changed, if the caller has one open.

    Raises:
        Fenced: another worker has taken over; nothing is recorded.
    """
    row = work.subject.row
    with acting(WORKER):
        work.lease.hold()
        Operation.objects.filter(id=asked.id).update(
            state=state, trouble=trouble[:300], result=result, finished_at=clock.now(), progress=100
        )
        events.record(
            f"operation.{state}",
            ("service", row.id),
            organization=row.organization_id,
            data={"operation": str(asked.id), "kind": asked.kind, **({"why": trouble} if trouble else {})},
        )


def _log(operation: UUID, step: str, progress: int, line: dict[str, Any]) -> None:
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_operation set step = %s, progress = greatest(progress, %s), log = log || %s::jsonb"
            " where id = %s and state = 'running'",
            [step, progress, msgspec.json.encode([line]).decode(), operation],
        )
