"""What an answer means: the specification's table of orphans, as a pure function.

Source: Open Service Broker API v2.17, spec.md, "Orphan Mitigation".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from souk.brokers.speaking import Answer, NotReached, Unanswered

LONGEST_OPERATION = 10_000
"""Characters of what a broker may call an operation."""


class Asked(StrEnum):
    """What a broker was asked for."""

    PROVISION = "provision"
    UPDATE = "update"
    DEPROVISION = "deprovision"
    BIND = "bind"
    UNBIND = "unbind"
    FETCH = "fetch"


class Kind(StrEnum):
    """done; under way; gone: there is no such thing. busy: something else is under way. refused: it will not be done.
    failed: it was not done, or nobody knows. away: it was not even heard.
    """

    DONE = "done"
    UNDER_WAY = "under_way"
    GONE = "gone"
    BUSY = "busy"
    REFUSED = "refused"
    FAILED = "failed"
    AWAY = "away"


@dataclass(frozen=True)
class Verdict:
    """What came of a request. After a `FAILED` one that may have left an `orphan`, that must go. `why` is a message id
    or the broker's own words.
    """

    kind: Kind
    why: str = ""
    orphan: bool = False
    operation: str = ""
    retry_after: float | None = None
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def counts_against(self) -> bool:
        """Whether a broker that answers so is not well."""
        return self.kind in {Kind.FAILED, Kind.AWAY}


_MAKING = frozenset({Asked.PROVISION, Asked.BIND})
_ENDING = frozenset({Asked.DEPROVISION, Asked.UNBIND})
_LOCKED_OUT = frozenset({401, 403, 412})
"""Refusals that no customer can mend: the broker takes the platform for a stranger."""


def judged(asked: Asked, result: Answer | NotReached | Unanswered) -> Verdict:
    """What an answer to a request means, or that there was none."""
    if isinstance(result, NotReached):
        return Verdict(Kind.AWAY, str(result))
    if isinstance(result, Unanswered):
        return Verdict(Kind.FAILED, str(result), orphan=asked in _MAKING)
    status = result.status
    if 200 <= status < 300:
        return _accepted(asked, result)
    if status == 410 and asked in _ENDING:
        return Verdict(Kind.GONE)
    if status == 408 or status in _LOCKED_OUT or 300 <= status < 400:
        return Verdict(
            Kind.AWAY, result.fault or result.description or f"HTTP {status}", retry_after=result.retry_after
        )
    if status == 429 or (status == 422 and result.error == "ConcurrencyError"):
        return Verdict(Kind.BUSY, result.description, retry_after=result.retry_after)
    if status < 500:
        return Verdict(Kind.REFUSED, result.description or f"HTTP {status}")
    orphan = asked in _MAKING | _ENDING
    return Verdict(Kind.FAILED, f"HTTP {status}", orphan=orphan, retry_after=result.retry_after)


def _accepted(asked: Asked, answer: Answer) -> Verdict:
    status, body = answer.status, answer.body
    changes = asked in _MAKING | _ENDING
    if status not in {200, 201, 202} or (status == 201 and asked in _ENDING | {Asked.UPDATE}):
        return Verdict(Kind.FAILED, f"HTTP {status}", orphan=changes)
    if status == 202:
        # That it is under way is said by the status; what it calls that may be left out.
        operation = (body or {}).get("operation")
        if operation is None or (isinstance(operation, str) and len(operation) <= LONGEST_OPERATION):
            return Verdict(Kind.UNDER_WAY, operation=operation or "", retry_after=answer.retry_after, body=body or {})
        return Verdict(Kind.UNDER_WAY, retry_after=answer.retry_after)
    fault = answer.fault or ("" if body is not None and _fits(asked, body) else "its answer lacks what it must say")
    if fault:
        return Verdict(Kind.FAILED, fault, orphan=status == 201 and asked in _MAKING)
    return Verdict(Kind.DONE, body=body or {})


def _fits(asked: Asked, body: Mapping[str, Any]) -> bool:
    if asked in {Asked.BIND, Asked.FETCH}:
        credentials = body.get("credentials")
        return isinstance(credentials, dict) and bool(credentials)
    return isinstance(body.get("dashboard_url", ""), str | None)


@dataclass(frozen=True)
class Progress:
    """What a broker says of something that was under way: in progress, succeeded, failed, gone, or nothing usable."""

    state: str
    why: str = ""
    retry_after: float | None = None


def polled(result: Answer | NotReached | Unanswered) -> Progress:
    """What an answer to a poll means. One that says nothing usable changes nothing: it is polled again."""
    if isinstance(result, NotReached | Unanswered):
        return Progress("unknown", str(result))
    if result.status == 410:
        return Progress("gone")
    state = (result.body or {}).get("state")
    if result.status == 200 and isinstance(state, str) and state in {"in progress", "succeeded", "failed"}:
        return Progress(str(state), result.description, result.retry_after)
    return Progress("unknown", result.fault or f"HTTP {result.status}", result.retry_after)
