"""Names of a customer's own. Which of them the certificate has follows from which are proved, by another visit."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext_noop

from souk.kernel import clock, events
from souk.kernel.scope import acting
from souk.provisioning import names
from souk.provisioning.contract import ConfigurationFailed, Declined
from souk.provisioning.models import OperationState, OwnName
from souk.provisioning.reconciler import domains, records
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.lease import Superseded
from souk.provisioning.reconciler.records import WORKER

_NOT_THERE = gettext_noop("The record is not in DNS yet. It can take an hour until it is seen; then check again.")
_NO_ANSWER = gettext_noop("DNS gives no answer for this name. See that its zone is served, then check again.")
_TAKEN = gettext_noop("Another service has proved this name meanwhile. Remove it there first.")


def prove(work: Work, asked: Asked) -> None:
    """Look for the record that proves a name; once it was seen, the name is in the certificate before this ends.

    Raises:
        Superseded: the service must be visited again, with the name. Declined: it is not proved.
    """
    row = _row(work, asked)
    if row is None:
        settle(work, asked, OperationState.CANCELLED)
        return
    if row.proved_at is None:
        with work.step("look", 40, gettext_noop("The name is looked up in DNS.")):
            _look(row)
        _note_proved(work, row)
        raise Superseded
    _settle_if(work, asked, there=True)


def remove(work: Work, asked: Asked) -> None:
    """Take a name off; it is in the certificate no more before this ends.

    Raises:
        Superseded: the service must be visited again, without the name.
    """
    row = _row(work, asked)
    if row is not None:
        with acting(WORKER):
            work.lease.hold()
            OwnName.objects.filter(id=row.id).update(removed_at=clock.now())
            _tell(work, "service.name_removed", row)
        if row.name in records.load(work.subject.row.id).certified:
            raise Superseded
    _settle_if(work, asked, there=False)


def _look(row: OwnName) -> None:
    try:
        found = domains.texts(names.record(row.name))
    except domains.NoAnswer as error:
        raise Declined(_NO_ANSWER) from error
    if names.text(row.token) not in found:
        raise Declined(_NOT_THERE)


def _note_proved(work: Work, row: OwnName) -> None:
    try:
        with acting(WORKER):
            work.lease.hold()
            OwnName.objects.filter(id=row.id).update(proved_at=clock.now())
            _tell(work, "service.name_proved", row)
    except IntegrityError as error:
        raise Declined(_TAKEN) from error


def _settle_if(work: Work, asked: Asked, *, there: bool) -> None:
    """Succeeded, if the certificate has the name or has it no more, as it should."""
    if (asked.details["name"] in records.load(work.subject.row.id).certified) != there:
        raise ConfigurationFailed("the certificate was not made anew")
    settle(work, asked, OperationState.SUCCEEDED)


def _row(work: Work, asked: Asked) -> OwnName | None:
    with acting(WORKER):
        mine = OwnName.objects.filter(instance=work.subject.row, name=asked.details["name"], removed_at__isnull=True)
        return mine.first()


def _tell(work: Work, action: str, row: OwnName) -> None:
    subject = ("service", work.subject.row.id)
    events.record(action, subject, organization=row.organization_id, data={"name": row.name})
