"""Own names of a web service are looked at in DNS again and again: those that lead to it are proved by that and get a
certificate, of those that stray it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError

from souk.kernel import clock, events
from souk.kernel.scope import acting
from souk.provisioning import acme
from souk.provisioning.contract import Certified, DomainKeeper
from souk.provisioning.models import Endpoint, Leads, OperationState, OwnName
from souk.provisioning.reconciler import answering, domains
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.lease import Superseded
from souk.provisioning.reconciler.records import WORKER

_SOON, _MINUTE, _HOUR, _DAY = timedelta(seconds=5), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def arrange(work: Work, asked: Asked) -> None:
    """Have the service answer to its names in the way that is desired now."""
    keeper = work.blueprint.domains
    assert keeper is not None, "commands ask only web services"
    answering.serve(work.lease, work.subject, keeper, *work.entrance)
    settle(work, asked, OperationState.SUCCEEDED)


def look(work: Work) -> None:
    """Look at the names that fall due, and have the machine answer as follows from what was seen.

    Raises:
        Superseded: a name was proved: the service must be visited again, with it. ConfigurationFailed, Fenced.
    """
    keeper = work.blueprint.domains
    if keeper is None:
        return
    now = clock.now()
    with acting(WORKER):
        here = OwnName.objects.filter(instance=work.subject.row, removed_at__isnull=True, look_at__isnull=False)
        due, endpoint = list(here.filter(look_at__lte=now)), Endpoint.objects.get(instance=work.subject.row)
    if not due:
        return
    proved = [_seen(work, row, endpoint, now) for row in due]
    if any(proved):
        raise Superseded
    if not answering.is_told(work.subject, answering.names_of(work.subject)):
        answering.serve(work.lease, work.subject, keeper, *work.entrance)
    _note_certificates(work, keeper, due)


def _seen(work: Work, row: OwnName, endpoint: Endpoint, now: datetime) -> bool:
    """Record where a name leads; whether that has proved it.

    A private address proves nothing: it means another machine in another network.
    """
    target = endpoint.public_address or endpoint.address
    before = row.leads
    row.leads, row.found = _where(row.name, target)
    row.looked_at = now
    if row.leads == Leads.HERE:
        row.strayed_at = None
    elif row.leads != Leads.SILENT and before == Leads.HERE and row.proved_at is not None:
        row.strayed_at = row.strayed_at or now
    row.look_at = now + _pause(row, now)
    proves = row.proved_at is None and row.leads == Leads.HERE and bool(endpoint.public_address)
    if proves:
        row.proved_at, row.look_at = now, now
    try:
        with acting(WORKER):
            work.lease.hold()
            _record(row)
            if proves:
                tell(work, "service.name_proved", row)
    except IntegrityError:
        # Another service has proved it: only the text in DNS takes it from there.
        row.proved_at, row.look_at = None, now + _HOUR
        with acting(WORKER):
            work.lease.hold()
            _record(row)
        return False
    return proves


def _where(name: str, target: str) -> tuple[Leads, list[str]]:
    """Where a name leads, and the addresses that it means."""
    try:
        four, six = domains.addresses(name)
    except domains.NoAnswer:
        return Leads.SILENT, []
    found = [*sorted(four), *sorted(six)][:8]
    if not found:
        return Leads.NOWHERE, []
    if four != {target}:
        return Leads.ELSEWHERE, found
    return (Leads.SPLIT if six else Leads.HERE), found


def _pause(row: OwnName, now: datetime) -> timedelta:
    """How long until a name is looked at again: the sooner, the sooner it was added."""
    if row.leads == Leads.HERE:
        return _HOUR
    age = now - (row.strayed_at or row.created_at)
    if age < _HOUR:
        return _MINUTE
    return 10 * _MINUTE if age < _DAY else _HOUR if age < 14 * _DAY else _DAY


def _note_certificates(work: Work, keeper: DomainKeeper, due: Sequence[OwnName]) -> None:
    """Record what became of the certificates of names that were looked at, and come back while one is on its way."""
    asked = [row for row in due if row.proved_at is not None]
    if not asked:
        return
    guest, wanted = work.entrance
    told = {each.name: each for each in keeper.certified(guest, wanted)}
    with acting(WORKER):
        work.lease.hold()
        for row in asked:
            _take(row, told.get(row.name, Certified(row.name)))
            _record(row)


def _take(row: OwnName, told: Certified) -> None:
    now = clock.now()
    row.certified_until, row.next_try_at = told.until, told.next_try
    row.certificate_reason, row.certificate_trouble = told.reason[:40], told.trouble[:300]
    if row.leads != Leads.HERE or row.look_at is None:
        return
    if told.next_try is not None and told.trouble:
        row.look_at = min(row.look_at, max(told.next_try, now) + _SOON)
    elif told.until is None and acme.has_server():
        row.look_at = now + _SOON
    elif told.until is not None:
        row.look_at = min(row.look_at, now + max(_SOON, (told.until - now) / 4))


def _record(row: OwnName) -> None:
    fields = ("look_at", "looked_at", "leads", "found", "strayed_at", "proved_at", "certified_until")
    row.save(update_fields=[*fields, "certificate_reason", "certificate_trouble", "next_try_at"])


def tell(work: Work, action: str, row: OwnName) -> None:
    """Record what became of a name."""
    subject = ("service", work.subject.row.id)
    events.record(action, subject, organization=row.organization_id, data={"name": row.name})
