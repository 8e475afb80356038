"""Names of a customer's own. Which of them the certificate has follows from which are proved, by another visit."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext_noop

from souk.kernel import clock, events
from souk.kernel.scope import acting
from souk.provisioning import names
from souk.provisioning.commands.naming import forget_name
from souk.provisioning.commands.operations import raise_generation
from souk.provisioning.contract import ConfigurationFailed, Declined
from souk.provisioning.models import OperationState, OwnName, ServiceInstance
from souk.provisioning.reconciler import domains, records
from souk.provisioning.reconciler.actions.looking import tell
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.lease import Superseded
from souk.provisioning.reconciler.records import WORKER

_NOT_THERE = gettext_noop("The record is not in DNS yet. It can take an hour until it is seen; then check again.")
_NO_ANSWER = gettext_noop("DNS gives no answer for this name. See that its zone is served, then check again.")
_NOT_HERE = gettext_noop(
    "The name does not lead to this service yet, and the text that proves it is not in DNS. It can take an hour until a"
    " change is seen; then check again."
)
_TAKEN = gettext_noop("Another service has this name, and its own proof is still in DNS. Remove one of the two first.")
_OTHERS = gettext_noop("Another service has this name. Publish the text that proves it; then it is yours.")


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
            _look(work, row)
        _note_proved(work, row)
        raise Superseded
    if work.blueprint.domains is not None:
        _try_again(work, row)
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
            forget_name(work.subject.row.id, row.name)
            tell(work, "service.name_removed", row)
        if row.name in records.load(work.subject.row.id).certified:
            raise Superseded
    _settle_if(work, asked, there=False)


def _look(work: Work, row: OwnName) -> None:
    """See that a name is proved: by its text, or, of a web service, by leading to its public address and nowhere else.

    Raises:
        Declined.
    """
    try:
        if names.text(row.token) in domains.texts(names.record(row.name)):
            _take_over(row)
            return
        public = work.subject.public_address if work.blueprint.domains is not None else ""
        leads = bool(public) and domains.addresses(row.name) == ({public}, set())
    except domains.NoAnswer as error:
        raise Declined(_NO_ANSWER) from error
    if not leads:
        raise Declined(_NOT_HERE if public else _NOT_THERE)
    if _held(row) is not None:
        raise Declined(_OTHERS)


def _held(row: OwnName) -> OwnName | None:
    """The same name, where it is another service's."""
    with acting(WORKER):
        others = OwnName.objects.filter(name=row.name, removed_at__isnull=True, proved_at__isnull=False)
        return others.exclude(id=row.id).first()


def _take_over(row: OwnName) -> None:
    """Have a name whose text was seen be nobody else's: who controls its zone now may have it, whoever did before. One
    whose own text is in DNS, too, keeps it.

    Raises:
        Declined, NoAnswer.
    """
    held = _held(row)
    if held is None:
        return
    if names.text(held.token) in domains.texts(names.record(row.name)):
        raise Declined(_TAKEN)
    with acting(WORKER):
        loser = ServiceInstance.objects.select_for_update().get(id=held.instance_id)
        lost = OwnName.objects.filter(id=held.id, removed_at__isnull=True).update(removed_at=clock.now())
        if lost:
            raise_generation(loser)
            events.record(
                "service.name_lost", ("service", loser.id), organization=loser.organization_id, data={"name": row.name}
            )


def _try_again(work: Work, row: OwnName) -> None:
    """Have a name of a web service looked at now, and its certificate tried at once if the last attempt gave none."""
    keeper = work.blueprint.domains
    assert keeper is not None, "only web services are looked at"
    if row.certificate_trouble:
        keeper.certified(*work.entrance, again=[row.name])
    with acting(WORKER):
        work.lease.hold()
        OwnName.objects.filter(id=row.id).update(look_at=clock.now())


def _note_proved(work: Work, row: OwnName) -> None:
    now = clock.now()
    web = {"look_at": now} if work.blueprint.domains is not None else {}
    try:
        with acting(WORKER):
            work.lease.hold()
            OwnName.objects.filter(id=row.id).update(proved_at=now, **web)
            tell(work, "service.name_proved", row)
    except IntegrityError as error:
        raise Declined(_OTHERS) from error


def _settle_if(work: Work, asked: Asked, *, there: bool) -> None:
    """Succeeded, if the certificate has the name or has it no more, as it should."""
    if (asked.details["name"] in records.load(work.subject.row.id).certified) != there:
        raise ConfigurationFailed("the certificate was not made anew")
    settle(work, asked, OperationState.SUCCEEDED)


def _row(work: Work, asked: Asked) -> OwnName | None:
    with acting(WORKER):
        mine = OwnName.objects.filter(instance=work.subject.row, name=asked.details["name"], removed_at__isnull=True)
        return mine.first()
