"""Services at a broker: made, changed, ended. What is about to be asked is recorded first, under an id of its own, so
that whoever finds the record, after a worker died, asks the same thing again.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from souk.brokers.calling import AWAY
from souk.brokers.models import BrokeredService, Phase
from souk.brokers.producing import telling
from souk.brokers.producing.leaving import Exit, asked_for, end, first_poll, leave, polled
from souk.brokers.producing.rows import ATTEMPTS, Plan, ask_again, move, overdue, plan, poll_again
from souk.brokers.producing.words import dashboard, told
from souk.brokers.verdicts import Asked, Kind, Verdict
from souk.kernel import clock
from souk.kernel.ids import new_id
from souk.provisioning.contract import Away, Claim, Commission, Declined, Later

REFUSED = gettext_noop("The vendor refused this order. Nothing is charged; delete it, and order something else.")
_CHANGE_REFUSED = gettext_noop("The vendor refused this change. Everything stays as it was.")
_CHANGE_FAILED = gettext_noop("The vendor could not make this change. Everything stays as it was.")
_NOT_MADE = gettext_noop("The vendor could not make this service, several times. Nothing is charged; delete it.")


def provide(claim: Claim, row: BrokeredService, commission: Commission) -> Later | None:
    """One step towards a service as it is wanted; None once it is.

    Raises:
        Declined, Away.
    """
    match row.phase:
        case Phase.NEW | Phase.ASKED:
            return _make(claim, row, commission)
        case Phase.WAITING:
            return _wait(claim, row, commission)
        case Phase.LEAVING | Phase.GOING:
            return _clear(claim, row, commission)
        case Phase.CHANGING:
            return _change(claim, row, commission)
        case Phase.ADAPTING:
            return _adapt(claim, row, commission)
        case Phase.REFUSED | Phase.GONE:
            raise Declined(row.refusal or REFUSED)
    if (row.plan_id, row.parameters) == (commission.plan, dict(commission.parameters)):
        return None
    move(
        claim,
        row,
        phase=Phase.CHANGING,
        wanted_plan_id=commission.plan,
        wanted_parameters=dict(commission.parameters),
        asked_at=clock.now(),
        tries=0,
    )
    return _change(claim, row, commission)


def withdraw(claim: Claim, row: BrokeredService, commission: Commission) -> Later | None:
    """One step towards nothing being left; None once nothing is.

    Raises:
        Away.
    """
    return end(claim, row, _exit(row, commission))


def _make(claim: Claim, row: BrokeredService, commission: Commission) -> Later | None:
    if row.phase == Phase.NEW:
        move(claim, row, phase=Phase.ASKED, asked_at=clock.now())
    verdict = asked_for(row, Asked.PROVISION, telling.provision(row, plan(row.plan_id), commission))
    if isinstance(verdict, Later):
        return verdict
    match verdict.kind:
        case Kind.DONE:
            _is_there(claim, row, verdict)
            return None
        case Kind.UNDER_WAY:
            move(claim, row, phase=Phase.WAITING, operation=verdict.operation, tries=0, **dashboard(verdict.body))
            return Later(first_poll(verdict))
        case Kind.BUSY:
            return Later(ask_again(claim, row, verdict.retry_after))
        case Kind.REFUSED:
            refusal = told(REFUSED, verdict.why)
            move(claim, row, phase=Phase.REFUSED, refusal=refusal, failed_attempts=row.failed_attempts + 1)
            raise Declined(refusal)
        case Kind.FAILED if verdict.orphan:
            return _failed(claim, row)
    raise Away(AWAY, ask_again(claim, row, verdict.retry_after))


def _wait(claim: Claim, row: BrokeredService, commission: Commission) -> Later | None:
    bought = plan(row.plan_id)
    progress = polled(row, telling.last_operation(row, bought))
    if isinstance(progress, Later):
        return progress
    if progress.state == "succeeded":
        _is_there(claim, row)
        return provide(claim, row, commission)
    if progress.state in {"failed", "gone"} or overdue(row, bought.patience):
        return _failed(claim, row)
    return poll_again(claim, row, progress.retry_after)


def _is_there(claim: Claim, row: BrokeredService, verdict: Verdict | None = None) -> None:
    changes: dict[str, Any] = dashboard(verdict.body) if verdict else {}
    move(claim, row, phase=Phase.THERE, operation="", tries=0, there_at=row.there_at or clock.now(), **changes)


def _failed(claim: Claim, row: BrokeredService) -> Later:
    """Nobody knows whether something was made under this id: it must go before another is tried."""
    move(claim, row, phase=Phase.LEAVING, operation="", tries=0, failed_attempts=row.failed_attempts + 1)
    return Later(1.0)


def _clear(claim: Claim, row: BrokeredService, commission: Commission) -> Later | None:
    later = leave(claim, row, _exit(row, commission))
    if later is not None:
        return later
    if row.attempt >= ATTEMPTS:
        move(claim, row, phase=Phase.REFUSED, refusal=_NOT_MADE)
        raise Declined(_NOT_MADE)
    move(claim, row, phase=Phase.NEW, key=new_id(), attempt=row.attempt + 1)
    return Later(ask_again(claim, row))


def _change(claim: Claim, row: BrokeredService, commission: Commission) -> Later | None:
    before, after = plan(row.plan_id), plan(_wanted(row))
    verdict = asked_for(row, Asked.UPDATE, telling.update(row, before, after, commission))
    if isinstance(verdict, Later):
        return verdict
    match verdict.kind:
        case Kind.DONE:
            return _changed(claim, row, commission, verdict)
        case Kind.UNDER_WAY:
            move(claim, row, phase=Phase.ADAPTING, operation=verdict.operation, tries=0)
            return Later(first_poll(verdict))
        case Kind.BUSY:
            return Later(ask_again(claim, row, verdict.retry_after))
        case Kind.REFUSED:
            _stays(claim, row)
            raise Declined(told(_CHANGE_REFUSED, verdict.why))
        case Kind.FAILED if row.tries + 1 >= ATTEMPTS:
            _stays(claim, row)
            raise Declined(_CHANGE_FAILED)
    raise Away(AWAY, ask_again(claim, row, verdict.retry_after))


def _adapt(claim: Claim, row: BrokeredService, commission: Commission) -> Later | None:
    before, after = plan(row.plan_id), plan(_wanted(row))
    progress = polled(row, telling.last_operation(row, before))
    if isinstance(progress, Later):
        return progress
    if progress.state == "succeeded":
        return _changed(claim, row, commission)
    if progress.state in {"failed", "gone"} or overdue(row, after.patience):
        _stays(claim, row)
        raise Declined(told(_CHANGE_FAILED, progress.why))
    return poll_again(claim, row, progress.retry_after)


def _changed(
    claim: Claim, row: BrokeredService, commission: Commission, verdict: Verdict | None = None
) -> Later | None:
    move(
        claim,
        row,
        phase=Phase.THERE,
        plan_id=_wanted(row),
        parameters=row.wanted_parameters,
        wanted_plan_id=None,
        wanted_parameters=None,
        operation="",
        tries=0,
        **(dashboard(verdict.body) if verdict else {}),
    )
    # Something else may be wanted by now.
    return provide(claim, row, commission)


def _stays(claim: Claim, row: BrokeredService) -> None:
    move(claim, row, phase=Phase.THERE, wanted_plan_id=None, wanted_parameters=None, operation="", tries=0)


def _wanted(row: BrokeredService) -> UUID:
    return row.wanted_plan_id or row.plan_id


def _exit(row: BrokeredService, commission: Commission) -> Exit:
    bought: Plan = plan(row.plan_id)
    return Exit(
        Asked.DEPROVISION,
        lambda: telling.deprovision(row, bought, commission),
        lambda: telling.last_operation(row, bought),
        bought.patience,
    )
