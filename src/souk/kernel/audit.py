"""The audit trail: events sealed in batches, each seal's hash covering the one before.

Who changes a past event, or takes one out, breaks every seal after it. Personal content can be erased without
breaking any: a seal covers its digest only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from souk.kernel import clock, events, scope

_GENESIS = bytes(32)
_ZERO = ("0", UUID(int=0))

_EVENTS = """
select id::text, extract(epoch from at)::text, action, subject_kind, subject_id::text,
       coalesce(organization_id::text, ''), actor, request_id, data::text, personal_digest,
       recorded_by::text
from kernel_event
where (recorded_by, id) > (%s::xid8, %s) and {until}
order by kernel_event.recorded_by, kernel_event.id
"""


@dataclass(frozen=True)
class Verification:
    """What checking the chain found: seals checked, events covered, and the first seal that doesn't hold."""

    seals: int
    events: int
    broken_at: int | None


def seal(*, most: int = 10_000) -> int:
    """Seal the events since the last seal; return how many were sealed."""
    with scope.acting(scope.System("audit")), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('souk.audit.seal'))")
        cursor.execute(
            "select number, digest, until_transaction::text, until_id from kernel_seal order by number desc limit 1"
        )
        last = cursor.fetchone() or (0, _GENESIS, *_ZERO)
        until = "recorded_by < pg_snapshot_xmin(pg_current_snapshot())"
        cursor.execute(_EVENTS.format(until=until) + " limit %s", [last[2], last[3], most])
        rows = cursor.fetchall()
        if not rows:
            return 0
        cursor.execute(
            "insert into kernel_seal (number, sealed_at, events, after_transaction, after_id, until_transaction,"
            " until_id, previous, digest) values (%s, %s, %s, %s::xid8, %s, %s::xid8, %s, %s, %s)",
            [
                last[0] + 1,
                clock.now(),
                len(rows),
                last[2],
                last[3],
                rows[-1][10],
                rows[-1][0],
                bytes(last[1]),
                _digest(bytes(last[1]), rows),
            ],
        )
        return len(rows)


def verify() -> Verification:
    """Recompute the whole chain from the events as they are now."""
    events = 0
    previous = _GENESIS
    with scope.acting(scope.System("audit")), connection.cursor() as cursor:
        cursor.execute(
            "select number, events, after_transaction::text, after_id, until_transaction::text, until_id, digest"
            " from kernel_seal order by number"
        )
        seals = cursor.fetchall()
        for number, count, after_transaction, after_id, until_transaction, until_id, digest in seals:
            until = "(recorded_by, id) <= (%s::xid8, %s)"
            cursor.execute(_EVENTS.format(until=until), [after_transaction, after_id, until_transaction, until_id])
            rows = cursor.fetchall()
            if len(rows) != count or _digest(previous, rows) != bytes(digest):
                return Verification(len(seals), events, number)
            events += count
            previous = bytes(digest)
    return Verification(len(seals), events, None)


def erase_personal(by: scope.Scope, subject_kind: str, subject_id: UUID) -> int:
    """Forget the personal content of a subject's events, as law 09-08 allows a person to ask; return how many."""
    with scope.acting(by), connection.cursor() as cursor:
        cursor.execute(
            "update kernel_event set personal = null where subject_kind = %s and subject_id = %s"
            " and personal is not null",
            [subject_kind, subject_id],
        )
        erased = int(cursor.rowcount)
        events.record("personal_data.erased", (subject_kind, subject_id), data={"events": erased})
        return erased


def _digest(previous: bytes, rows: list[tuple[object, ...]]) -> bytes:
    hasher = hashlib.sha256(previous)
    for row in rows:
        for value in row[:10]:
            encoded = (
                b"" if value is None else bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
            )
            hasher.update(len(encoded).to_bytes(8, "big"))
            hasher.update(encoded)
    return hasher.digest()
