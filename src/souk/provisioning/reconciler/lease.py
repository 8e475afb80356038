"""Work items: claimed by one short update, renewed while worked on, fenced by an epoch. The database's clock counts."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.db import DatabaseError, connection

from souk.kernel.scope import System, acting

log = structlog.get_logger("souk.reconciler")

LEASE_SECONDS = 60
ANY = 1_000_000
WORKER = f"{socket.gethostname()}:{os.getpid()}"

_BEGINS = "c.kind = 'instance' and i.ready_at is null and i.desired = 'running' and i.restored_from is null"
"""What a host is busy with making: not what others produce, nor what is made of others, nor what waits for data to be
restored, which is slow and costs others little.
"""

_DUE = """
select c.subject from provisioning_convergence c left join provisioning_serviceinstance i on i.id = c.subject
where c.next_at <= now() and (c.lease_until is null or c.lease_until < now())
  and (%(kinds)s::text[] is null or c.kind = any(%(kinds)s))
"""

_CLAIM = f"""
with running as materialized ({_DUE} and ({_BEGINS}) is not true order by c.next_at limit %(most)s
                              for update of c skip locked),
held as (select count(*) from provisioning_convergence c join provisioning_serviceinstance i on i.id = c.subject
         where c.lease_until >= now() and {_BEGINS}),
beginning as materialized ({_DUE} and {_BEGINS} order by c.next_at
    limit greatest(0, least(%(most)s - (select count(*) from running), %(beginnings)s - (select * from held)))
    for update of c skip locked)
update provisioning_convergence set epoch = epoch + 1, worker = %(worker)s, attempts = attempts + 1,
    lease_until = now() + make_interval(secs => %(seconds)s)
where subject in (select subject from running union all select subject from beginning)
returning kind, subject, generation, epoch, attempts
"""  # noqa: S608


class Fenced(Exception):
    """Another worker has taken this work over: stop at once and touch nothing more."""


class Superseded(Exception):
    """Something else is desired by now: start over with it."""


@dataclass(frozen=True)
class Lease:
    """A claim on a work item, good for `LEASE_SECONDS` and as long as its epoch is the latest.

    `kind` is what it is about (`WorkKind`), `subject` which one.
    """

    kind: str
    subject: UUID
    generation: int
    epoch: int
    attempts: int

    def renew(self) -> None:
        """Hold the claim for another while.

        Raises:
            Fenced, Superseded.
        """
        with acting(System("reconciler")), connection.cursor() as cursor:
            cursor.execute(
                "update provisioning_convergence set lease_until = now() + make_interval(secs => %s)"
                " where subject = %s and epoch = %s returning generation",
                [LEASE_SECONDS, self.subject, self.epoch],
            )
            row = cursor.fetchone()
        if row is None:
            raise Fenced
        if row[0] != self.generation:
            raise Superseded

    def hold(self) -> None:
        """Make sure that the claim still counts, until the running transaction ends.

        Raises:
            Fenced.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "select 1 from provisioning_convergence where subject = %s and epoch = %s for update",
                [self.subject, self.epoch],
            )
            if cursor.fetchone() is None:
                raise Fenced

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Hold the claim for as long as the block takes, however long one call in it does.

        What comes too late is found at the next `renew`: a worker that could not keep its claim stops there.
        """
        done = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(done,), name=f"keep-{self.subject}", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()

    def _keep(self, done: threading.Event) -> None:
        if done.wait(LEASE_SECONDS / 3):
            return
        try:
            self.renew()
            while not done.wait(LEASE_SECONDS / 3):
                self.renew()
        except (Fenced, Superseded, DatabaseError) as error:
            log.info("claim not kept", instance=str(self.subject), why=type(error).__name__)
        finally:
            connection.close()

    def finish(self, again_at: datetime | None = None) -> None:
        """Give the item back with nothing left to do for its generation before `again_at`; in the transaction that
        records the result.

        Raises:
            Fenced: the result must not be recorded.
        """
        self._release("case when generation = %s then %s else now() end", [self.generation, again_at], reset=True)

    def retry(self, seconds: float) -> None:
        """Give the item back, to be tried again after a while.

        Raises:
            Fenced.
        """
        self._release("now() + make_interval(secs => %s)", [seconds], reset=False)

    def _release(self, next_at: str, values: Sequence[int | float | datetime | None], *, reset: bool) -> None:
        attempts = ", attempts = 0" if reset else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"update provisioning_convergence set lease_until = null, worker = '', next_at = {next_at}{attempts}"  # noqa: S608
                " where subject = %s and epoch = %s returning next_at <= now() + make_interval(secs => %s)",
                [*values, self.subject, self.epoch, LEASE_SECONDS],
            )
            released = cursor.fetchone()
            if released is None:
                raise Fenced
            if released[0]:
                # Whoever waits reckons with the lease that has just ended, and would sleep it out.
                cursor.execute("select pg_notify('souk_convergence', '')")


def claim(most: int, beginnings: int = ANY, kinds: Sequence[str] | None = None) -> list[Lease]:
    """Claim up to `most` items that are due, of these kinds (None: of all), what runs already before what is to begin.

    No more than `beginnings` instances are begun at a time by all workers: a host that boots more machines than it has
    processors for boots each of them so slowly that some give up.
    """
    with acting(System("reconciler")), connection.cursor() as cursor:
        values: dict[str, str | int | list[str] | None] = {
            "kinds": None if kinds is None else list(kinds),
            "worker": WORKER,
            "seconds": LEASE_SECONDS,
            "most": most,
            "beginnings": beginnings,
        }
        cursor.execute(_CLAIM, values)
        return [Lease(*row) for row in cursor.fetchall()]


def release_dead() -> int:
    """Give back what workers of this host held that are no longer alive; return how many items that were.

    Only saves waiting for their leases to run out: if one of them were alive after all, its epoch would fence it.
    """
    host = socket.gethostname()
    with acting(System("reconciler")), connection.cursor() as cursor:
        cursor.execute(
            "select distinct worker from provisioning_convergence where lease_until is not null and worker like %s",
            [f"{host}:%"],
        )
        dead = [worker for (worker,) in cursor.fetchall() if not _alive(int(worker.rpartition(":")[2]))]
        cursor.execute(
            "update provisioning_convergence set lease_until = null, epoch = epoch + 1 where worker = any(%s)"
            " and lease_until is not null",
            [dead],
        )
        return int(cursor.rowcount)


def _alive(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")


def next_due(kinds: Sequence[str] | None = None) -> float | None:
    """Seconds until an unclaimed or expired item of these kinds is due; None when nothing is planned."""
    with acting(System("reconciler")), connection.cursor() as cursor:
        cursor.execute(
            "select extract(epoch from min(greatest(next_at, coalesce(lease_until, next_at))) - now())"
            " from provisioning_convergence where next_at is not null"
            " and (%(kinds)s::text[] is null or kind = any(%(kinds)s))",
            {"kinds": None if kinds is None else list(kinds)},
        )
        value = cursor.fetchone()[0]
    return None if value is None else float(value)


def wake(subjects: list[UUID]) -> None:
    """Make items due now: their machine was seen to differ from what is recorded."""
    with acting(System("reconciler")), connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_convergence set next_at = now() where subject = any(%s)"
            " and (next_at is null or next_at > now())",
            [subjects],
        )
        cursor.execute("select pg_notify('souk_convergence', '')")
