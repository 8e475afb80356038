"""The outbox: a state change and its event are one transaction; subscribers read behind a safe cursor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection, transaction

from souk.kernel import clock, scope
from souk.kernel.ids import new_id

_RECORD = """
with written as (
    insert into kernel_event (id, at, recorded_by, action, subject_kind, subject_id, organization_id, actor, request_id,
        data, personal, personal_digest)
    values (%s, %s, pg_current_xact_id(), %s, %s, %s, %s, %s, %s, %s, %s, %s) returning 1)
select pg_notify('souk_events', '') from written
"""
BATCH = 500
_START = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class EventRow:
    """An event as a subscriber reads it; `data` is plain JSON."""

    id: UUID
    at: datetime
    action: str
    subject_kind: str
    subject_id: UUID
    organization_id: UUID | None
    data: dict[str, object]


def record(
    action: str,
    subject: tuple[str, UUID],
    *,
    organization: UUID | None = None,
    data: Mapping[str, object] | None = None,
    personal: Mapping[str, object] | None = None,
) -> UUID:
    """Write an event in the running transaction; what must be erasable one day goes into `personal`.

    `action` is `noun.verb_in_past_tense`; the actor is that of the running scope. Never pass a secret.
    """
    identifier = new_id()
    personal_json = None if personal is None else msgspec.json.encode(personal, order="deterministic")
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            [
                identifier,
                clock.now(),
                action,
                subject[0],
                subject[1],
                organization,
                scope.actor(scope.current()),
                scope.request_id(),
                msgspec.json.encode(data or {}, order="deterministic").decode(),
                None if personal_json is None else personal_json.decode(),
                None if personal_json is None else hashlib.sha256(personal_json).digest(),
            ],
        )
    return identifier


def consume(subscriber: str, handle: Callable[[EventRow], None], *, batch: int = BATCH) -> int:
    """Hand the next events to `handle`, once each, in one transaction with the cursor's move; return how many.

    Rows whose transaction might still have an older neighbour in flight are left for the next round, so a late
    commit can't slip behind the cursor. Two workers never consume for the same subscriber at once.
    """
    with scope.acting(scope.System(subscriber)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_cursor (subscriber, after_transaction, after_id) values (%s, '0', %s)"
            " on conflict do nothing",
            [subscriber, _START],
        )
        cursor.execute(
            "select after_transaction::text, after_id from kernel_cursor where subscriber = %s for update skip locked",
            [subscriber],
        )
        position = cursor.fetchone()
        if position is None:
            return 0
        cursor.execute(
            "select id, at, action, subject_kind, subject_id, organization_id, data::text, recorded_by::text"
            " from kernel_event where (recorded_by, id) > (%s::xid8, %s)"
            " and recorded_by < pg_snapshot_xmin(pg_current_snapshot())"
            # The columns, not the text that is selected of them: as text, 10 comes before 9.
            " order by kernel_event.recorded_by, kernel_event.id limit %s",
            [*position, batch],
        )
        rows = cursor.fetchall()
        for row in rows:
            handle(EventRow(*(*row[:6], msgspec.json.decode(row[6]))))
        if rows:
            cursor.execute(
                "update kernel_cursor set after_transaction = %s::xid8, after_id = %s where subscriber = %s",
                [rows[-1][7], rows[-1][0], subscriber],
            )
        return len(rows)


def behind(subscriber: str) -> bool:
    """Whether events wait for a subscriber, such as those that an older transaction in flight holds back."""
    with scope.acting(scope.System(subscriber)), connection.cursor() as cursor:
        cursor.execute(
            "select exists (select 1 from kernel_event e left join kernel_cursor c on c.subscriber = %s"
            " where c.subscriber is null or (e.recorded_by, e.id) > (c.after_transaction, c.after_id))",
            [subscriber],
        )
        return bool(cursor.fetchone()[0])
