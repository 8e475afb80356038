"""Having nothing left at a broker, of a service or of a binding: asked for until the broker says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from souk.brokers import calling
from souk.brokers.calling import AWAY, Call, Full
from souk.brokers.models import Phase
from souk.brokers.models.orders import Brokered
from souk.brokers.producing.rows import ask_again, move, overdue, poll_again, spread
from souk.brokers.verdicts import Asked, Kind, Progress, Verdict
from souk.kernel import clock
from souk.provisioning.contract import Away, Claim, Later

FULL_SECONDS = 2.0
"""About how long a call waits for its turn where a broker keeps others waiting."""


@dataclass(frozen=True)
class Exit:
    """How something leaves: what it is asked for by, and how far it is asked after."""

    asked: Asked
    end: Callable[[], Call]
    poll: Callable[[], Call]
    patience: timedelta


def end(claim: Claim, row: Brokered, way: Exit) -> Later | None:
    """One step, whatever was reached before: what was never asked for is gone at once. None once nothing is left.

    Raises:
        Away.
    """
    if row.phase in {Phase.GONE, Phase.REFUSED}:
        return None
    if row.phase == Phase.NEW:
        move(claim, row, phase=Phase.GONE)
        return None
    return leave(claim, row, way)


def leave(claim: Claim, row: Brokered, way: Exit) -> Later | None:
    """One step; None once nothing is left. The row's phase is `gone` then.

    Raises:
        Away.
    """
    if row.phase == Phase.GOING:
        return _going(claim, row, way)
    if row.phase != Phase.LEAVING:
        move(claim, row, phase=Phase.LEAVING, operation="", tries=0)
    verdict = asked_for(row, way.asked, way.end())
    if isinstance(verdict, Later):
        return verdict
    match verdict.kind:
        case Kind.DONE | Kind.GONE:
            move(claim, row, phase=Phase.GONE, operation="", tries=0)
            return None
        case Kind.UNDER_WAY:
            move(claim, row, phase=Phase.GOING, operation=verdict.operation, asked_at=clock.now(), tries=0)
            return Later(first_poll(verdict))
        case Kind.BUSY:
            return Later(ask_again(claim, row, verdict.retry_after))
    raise Away(AWAY, ask_again(claim, row, verdict.retry_after))


def _going(claim: Claim, row: Brokered, way: Exit) -> Later | None:
    progress = polled(row, way.poll())
    if isinstance(progress, Later):
        return progress
    if progress.state in {"succeeded", "gone"}:
        move(claim, row, phase=Phase.GONE, operation="", tries=0)
        return None
    if progress.state == "failed" or overdue(row, way.patience):
        # It must go all the same: it is asked for anew, ever more seldom.
        move(claim, row, phase=Phase.LEAVING, operation="")
        raise Away(AWAY, ask_again(claim, row))
    return poll_again(claim, row, progress.retry_after)


def asked_for(row: Brokered, asked: Asked, call: Call) -> Verdict | Later:
    """A request; `Later` if it is not the row's turn."""
    try:
        return calling.ask(row.broker_id, asked, call)
    except Full:
        return Later(spread(FULL_SECONDS))


def polled(row: Brokered, call: Call) -> Progress | Later:
    """A poll, likewise. While the broker is left alone, what is under way there is simply not seen."""
    try:
        return calling.poll(row.broker_id, call)
    except Full:
        return Later(spread(FULL_SECONDS))


def first_poll(verdict: Verdict) -> float:
    """Seconds until something that was just begun is first asked after."""
    return 1.0 if verdict.retry_after is None else max(1.0, min(verdict.retry_after, 600.0))
