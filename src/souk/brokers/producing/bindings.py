"""Credentials at a broker: made, fetched, ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from souk.brokers.calling import AWAY
from souk.brokers.models import BrokeredBinding, BrokeredService, Phase
from souk.brokers.producing import telling
from souk.brokers.producing.leaving import Exit, asked_for, end, first_poll, leave, polled
from souk.brokers.producing.rows import ATTEMPTS, Plan, ask_again, move, overdue, plan, poll_again
from souk.brokers.producing.words import told
from souk.brokers.verdicts import Asked, Kind, Verdict
from souk.kernel import clock
from souk.kernel.ids import new_id
from souk.provisioning.contract import Away, Claim, Commission, Consumer, Declined, Later

_REFUSED = gettext_noop("The vendor refused to make these credentials.")
_NOT_MADE = gettext_noop("The vendor could not make these credentials, several times. None are left.")

Made = Later | Mapping[str, Any]


def grant(claim: Claim, of: BrokeredService, row: BrokeredBinding, commission: Commission, consumer: Consumer) -> Made:
    """One step towards credentials that work; they themselves once they do.

    Raises:
        Declined, Away.
    """
    bought = plan(of.plan_id)
    match row.phase:
        case Phase.NEW | Phase.ASKED:
            return _make(claim, of, row, commission, consumer)
        case Phase.WAITING:
            return _wait(claim, of, row, bought)
        case Phase.LEAVING | Phase.GOING:
            return _clear(claim, of, row, commission)
        case Phase.REFUSED | Phase.GONE:
            raise Declined(row.refusal or _REFUSED)
    # They were made, and a worker died before they were kept. The same request has the same answer.
    if bought.row.body["bindings_retrievable"]:
        return _fetched(claim, of, row, bought)
    return _make(claim, of, row, commission, consumer)


def revoke(claim: Claim, of: BrokeredService, row: BrokeredBinding, commission: Commission) -> Later | None:
    """One step towards credentials that work no more; None once they don't.

    Raises:
        Away.
    """
    return end(claim, row, _exit(of, row, commission))


def _make(claim: Claim, of: BrokeredService, row: BrokeredBinding, commission: Commission, consumer: Consumer) -> Made:
    if row.phase == Phase.NEW:
        move(claim, row, phase=Phase.ASKED, asked_at=clock.now())
    call = telling.bind(of, row, plan(of.plan_id), commission, consumer)
    verdict = asked_for(row, Asked.BIND, call)
    if isinstance(verdict, Later):
        return verdict
    match verdict.kind:
        case Kind.DONE:
            return _are_there(claim, row, verdict)
        case Kind.UNDER_WAY:
            move(claim, row, phase=Phase.WAITING, operation=verdict.operation, tries=0)
            return Later(first_poll(verdict))
        case Kind.BUSY:
            return Later(ask_again(claim, row, verdict.retry_after))
        case Kind.REFUSED:
            refusal = told(_REFUSED, verdict.why)
            move(claim, row, phase=Phase.REFUSED, refusal=refusal)
            raise Declined(refusal)
        case Kind.FAILED if verdict.orphan:
            move(claim, row, phase=Phase.LEAVING, operation="", tries=0)
            return Later(1.0)
    raise Away(AWAY, ask_again(claim, row, verdict.retry_after))


def _wait(claim: Claim, of: BrokeredService, row: BrokeredBinding, bought: Plan) -> Made:
    progress = polled(row, telling.last_operation_of_binding(of, row, bought))
    if isinstance(progress, Later):
        return progress
    if progress.state == "succeeded":
        return _fetched(claim, of, row, bought)
    if progress.state in {"failed", "gone"} or overdue(row, bought.patience):
        move(claim, row, phase=Phase.LEAVING, operation="", tries=0)
        return Later(1.0)
    return poll_again(claim, row, progress.retry_after)


def _fetched(claim: Claim, of: BrokeredService, row: BrokeredBinding, bought: Plan) -> Made:
    verdict = asked_for(row, Asked.FETCH, telling.fetch(of, row, bought))
    if isinstance(verdict, Later):
        return verdict
    if verdict.kind == Kind.DONE:
        return _are_there(claim, row, verdict)
    if row.tries + 1 >= ATTEMPTS and verdict.kind in {Kind.REFUSED, Kind.FAILED}:
        move(claim, row, phase=Phase.LEAVING, operation="", tries=0)
        return Later(1.0)
    raise Away(AWAY, ask_again(claim, row, verdict.retry_after))


def _are_there(claim: Claim, row: BrokeredBinding, verdict: Verdict) -> Mapping[str, Any]:
    move(claim, row, phase=Phase.THERE, tries=0)
    credentials: Mapping[str, Any] = verdict.body["credentials"]
    return credentials


def _clear(claim: Claim, of: BrokeredService, row: BrokeredBinding, commission: Commission) -> Made:
    later = leave(claim, row, _exit(of, row, commission))
    if later is not None:
        return later
    if row.attempt >= ATTEMPTS:
        move(claim, row, phase=Phase.REFUSED, refusal=_NOT_MADE)
        raise Declined(_NOT_MADE)
    move(claim, row, phase=Phase.NEW, key=new_id(), attempt=row.attempt + 1)
    return Later(ask_again(claim, row))


def _exit(of: BrokeredService, row: BrokeredBinding, commission: Commission) -> Exit:
    bought = plan(of.plan_id)
    return Exit(
        Asked.UNBIND,
        lambda: telling.unbind(of, row, bought, commission),
        lambda: telling.last_operation_of_binding(of, row, bought),
        bought.patience,
    )
