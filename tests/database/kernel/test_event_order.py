"""Transactions are numbered, and numbers are not compared as text."""

from __future__ import annotations

import pytest
from django.db import connection

from souk.kernel import audit, events
from souk.kernel.events import EventRow
from souk.kernel.ids import new_id
from souk.kernel.scope import System, acting


@pytest.fixture
def past_transactions(own_database: str) -> list[str]:
    """Three events of transactions whose numbers have one, two and three digits."""
    actions = ["thing.first", "thing.second", "thing.third"]
    with acting(System("test")), connection.cursor() as cursor:
        for number, action in zip((9, 10, 100), actions, strict=True):
            cursor.execute(
                "insert into kernel_event (id, at, recorded_by, action, subject_kind, subject_id, actor, request_id,"
                " data) values (%s, now(), %s::text::xid8, %s, 'thing', %s, 'test', '', '{}')",
                [new_id(), number, action, new_id()],
            )
    return actions


def test_a_subscriber_reads_transactions_in_the_order_of_their_numbers(past_transactions: list[str]) -> None:
    read: list[str] = []

    def note(event: EventRow) -> None:
        if event.subject_kind == "thing":
            read.append(event.action)

    while events.consume("test-order", note, batch=2):
        pass
    assert read == past_transactions
    assert not events.behind("test-order")


def test_seals_made_across_a_change_of_digits_hold(past_transactions: list[str]) -> None:
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute("select count(*) from kernel_event")
        total = cursor.fetchone()[0]
    sealed = 0
    while count := audit.seal(most=2):
        sealed += count
    found = audit.verify()
    assert sealed == total
    assert (found.events, found.broken_at) == (total, None)
