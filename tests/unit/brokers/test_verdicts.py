"""The specification's table of orphans, row by row."""

from __future__ import annotations

import pytest

from souk.brokers.speaking import Answer, NotReached, Unanswered, understood
from souk.brokers.verdicts import Asked, Kind, judged, polled

MAKING, ENDING = (Asked.PROVISION, Asked.BIND), (Asked.DEPROVISION, Asked.UNBIND)
GOOD = {"credentials": {"uri": "x"}}


@pytest.mark.parametrize(
    ("asked", "status", "body", "kind", "orphan"),
    [
        *((asked, 200, GOOD, Kind.DONE, False) for asked in Asked),
        *((asked, 200, None, Kind.FAILED, False) for asked in Asked),
        *((asked, 201, GOOD, Kind.DONE, False) for asked in MAKING),
        *((asked, 201, None, Kind.FAILED, True) for asked in MAKING),
        *((asked, 202, {"operation": "x"}, Kind.UNDER_WAY, False) for asked in Asked),
        *((asked, 204, {}, Kind.FAILED, True) for asked in (*MAKING, *ENDING)),
        (Asked.UPDATE, 204, {}, Kind.FAILED, False),
        *((asked, 408, {}, Kind.AWAY, False) for asked in Asked),
        *((asked, 400, {}, Kind.REFUSED, False) for asked in Asked),
        *((asked, 409, {}, Kind.REFUSED, False) for asked in MAKING),
        *((asked, 410, {}, Kind.GONE, False) for asked in ENDING),
        *((asked, 422, {"error": "ConcurrencyError"}, Kind.BUSY, False) for asked in Asked),
        *((asked, 500, {}, Kind.FAILED, True) for asked in (*MAKING, *ENDING)),
        (Asked.UPDATE, 500, {}, Kind.FAILED, False),
        *((asked, 401, {}, Kind.AWAY, False) for asked in Asked),
        *((asked, 302, {}, Kind.AWAY, False) for asked in Asked),
    ],
)
def test_an_answer_means_what_the_table_says(
    asked: Asked, status: int, body: dict[str, object] | None, kind: Kind, orphan: bool
) -> None:
    verdict = judged(asked, Answer(status, body, "" if body is not None else "no JSON"))
    assert (verdict.kind, verdict.orphan) == (kind, orphan)


@pytest.mark.parametrize("asked", list(Asked))
def test_no_answer_may_leave_an_orphan_of_what_is_made_only(asked: Asked) -> None:
    verdict = judged(asked, Unanswered("late"))
    assert (verdict.kind, verdict.orphan) == (Kind.FAILED, asked in MAKING)


def test_what_was_never_heard_leaves_none() -> None:
    verdict = judged(Asked.PROVISION, NotReached("nobody"))
    assert (verdict.kind, verdict.orphan) == (Kind.AWAY, False)


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, {"state": "in progress"}, "in progress"),
        (200, {"state": "succeeded"}, "succeeded"),
        (200, {"state": "failed"}, "failed"),
        (410, {}, "gone"),
        (200, {"state": "perhaps"}, "unknown"),
        (200, {"state": ["succeeded"]}, "unknown"),
        (500, {"state": "succeeded"}, "unknown"),
        (404, {}, "unknown"),
    ],
)
def test_a_poll_that_says_nothing_usable_changes_nothing(status: int, body: dict[str, object], state: str) -> None:
    assert polled(Answer(status, body)).state == state


@pytest.mark.parametrize(
    "content",
    [b"<html>", b"[]", b"7", b"\xff", b'{"a": "\\u0000"}', b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", b"[" * 9999],
)
def test_what_is_no_object_that_can_be_kept_is_none(content: bytes) -> None:
    answer = understood(200, content)
    assert (answer.body, bool(answer.fault)) == (None, True)
