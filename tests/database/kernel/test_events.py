"""Events: the outbox that loses nothing, and the audit trail that shows what was changed."""

from __future__ import annotations

import threading
import time
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from souk.kernel import audit, events
from souk.kernel.events import EventRow
from souk.kernel.ids import new_id
from souk.kernel.scope import System, acting


def _record(action: str = "thing.happened", personal: dict[str, object] | None = None) -> UUID:
    subject = new_id()
    with acting(System("test")):
        events.record(action, ("thing", subject), data={"n": 1}, personal=personal)
    return subject


def _seal_all(most: int = 10_000) -> None:
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("select count(*) from kernel_event")
        (total,) = cursor.fetchone()
    sealed = 0
    while sealed < total:
        sealed += audit.seal(most=most)


def _seen(subscriber: str, patience: float = 20.0) -> list[UUID]:
    seen: list[UUID] = []

    def handle(event: EventRow) -> None:
        if event.subject_kind == "thing":
            seen.append(event.subject_id)

    # A transaction in another database of the cluster may hold the horizon back for a moment.
    deadline = time.monotonic() + patience
    while events.consume(subscriber, handle) or (events.behind(subscriber) and time.monotonic() < deadline):
        pass
    return seen


def test_each_event_is_handed_to_a_subscriber_once(own_database: str) -> None:
    first, second = _record(), _record()
    assert _seen("reader") == [first, second]
    third = _record()
    assert _seen("reader") == [third]
    assert _seen("another") == [first, second, third]


def test_a_late_commit_does_not_slip_behind_the_cursor(own_database: str) -> None:
    settings = connection.get_connection_params()
    options = {key: settings[key] for key in ("host", "port", "dbname", "user") if settings.get(key)}
    late = new_id()
    with psycopg.connect(**options) as slow:
        slow.execute("select set_config('souk.scope', 'system', true)")
        slow.execute(
            "insert into kernel_event (id, at, recorded_by, action, subject_kind, subject_id, actor, request_id, data)"
            " values (%s, now(), pg_current_xact_id(), 'thing.late', 'thing', %s, 'test', '', '{}')",
            [new_id(), late],
        )
        early = _record()
        assert _seen("reader", patience=0) == []
        slow.commit()
    assert set(_seen("reader")) == {early, late}


def test_a_handler_that_fails_gets_its_events_again(own_database: str) -> None:
    subject = _record()

    def fail(event: EventRow) -> None:
        raise RuntimeError(event.action)

    with pytest.raises(RuntimeError):
        events.consume("reader", fail)
    assert subject in _seen("reader")


def test_two_workers_never_consume_for_the_same_subscriber_at_once(own_database: str) -> None:
    subjects = {_record() for _ in range(20)}
    seen: list[UUID] = []

    def work() -> None:
        try:
            while events.consume("reader", lambda event: seen.append(event.subject_id), batch=3):
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    remaining = _seen("reader")
    assert sorted([*(s for s in seen if s in subjects), *remaining]) == sorted(subjects)


def test_the_chain_of_seals_holds_and_covers_every_event(own_database: str) -> None:
    for _ in range(5):
        _record()
    _seal_all(most=3)
    result = audit.verify()
    assert result.broken_at is None
    assert result.events >= 5


def test_a_changed_event_breaks_its_seal(own_database: str) -> None:
    subject = _record()
    _seal_all()
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["OWNER"], dbname=own_database
    ) as owner:
        owner.execute("update kernel_event set data = '{\"n\": 2}' where subject_id = %s", [subject])
    assert audit.verify().broken_at is not None


def test_the_web_role_can_neither_change_nor_delete_an_event(own_database: str) -> None:
    _record()
    for statement in ("update kernel_event set action = 'x'", "delete from kernel_event"):
        with pytest.raises(Exception, match="permission denied"), acting(System("test")), connection.cursor() as cursor:
            cursor.execute(statement)


def test_erasing_personal_content_breaks_no_seal(own_database: str) -> None:
    subject = _record(personal={"name": "Aïcha"})
    _seal_all()
    assert audit.erase_personal(System("test"), "thing", subject) == 1
    assert audit.verify().broken_at is None
