"""DNS zones: what is written is served, and to whom each is delegated is looked at."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError

from souk.kernel import clock, events
from souk.kernel.scope import acting
from souk.provisioning.contract import ZoneKeeper, ZoneText
from souk.provisioning.models import Delegation, Endpoint, RecordSet, Zone
from souk.provisioning.reconciler import domains
from souk.provisioning.reconciler.actions import adopting
from souk.provisioning.reconciler.actions.work import Work
from souk.provisioning.reconciler.records import WORKER
from souk.provisioning.zones import files
from souk.provisioning.zones.sets import RecordSetText

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def serve(work: Work) -> None:
    """Have what is written be served, and look at the delegations that fall due.

    Raises:
        ConfigurationFailed, Fenced.
    """
    keeper = work.blueprint.zones
    if keeper is None:
        return
    adopted = adopting.adopt(work, keeper)
    with acting(WORKER):
        mine = Zone.objects.filter(instance=work.subject.row)
        rows = list(mine.filter(removed_at__isnull=True))
        removed = mine.filter(removed_at__isnull=False, served_version__gt=0).exists()
    server = server_name(work)
    if adopted or removed or any((row.served_version, row.served_as) != (row.version, server) for row in rows):
        _have_served(work, keeper, rows, server)
    now = clock.now()
    for row in rows:
        if row.look_at is not None and row.look_at <= now:
            _look(work, row, now)


def _have_served(work: Work, keeper: ZoneKeeper, rows: Sequence[Zone], server: str) -> None:
    """Tell the machine what the zones are, by the version that each had just now: what is written meanwhile is told
    next.
    """
    wanted = {
        row.name: ZoneText(f"{row.id}:{row.version}:{server}", functools.partial(_text, row, server), row.signed)
        for row in rows
    }
    with work.lease.kept():
        served = keeper.serve(work.guest, work.wanted, wanted)
    with acting(WORKER):
        work.lease.hold()
        for row in rows:
            if (told := served.get(row.name)) is not None:
                Zone.objects.filter(id=row.id).update(
                    served_version=row.version, served_as=server, serial=told.serial, ds=list(told.ds)
                )
        gone = Zone.objects.filter(instance=work.subject.row, removed_at__isnull=False)
        gone.filter(served_version__gt=0).update(served_version=0)


def server_name(work: Work) -> str:
    """The name under which others reach the server: the public one, where there is one."""
    subject = work.subject
    return subject.public_hostname if subject.public_address else subject.hostname


def _text(row: Zone, server: str) -> str:
    """What is written now: at least what the version says."""
    with acting(WORKER):
        found = RecordSet.objects.filter(zone=row).values_list("name", "kind", "ttl", "values")
        return files.served(row.name, [RecordSetText(*each[:3], tuple(each[3])) for each in found], server)


def _look(work: Work, row: Zone, now: datetime) -> None:
    """Record to whom a zone is delegated: to this service, if one of its name servers is this one, by its name or by
    its public address. Whoever has the delegation has the zone.
    """
    with acting(WORKER):
        endpoint = Endpoint.objects.get(instance=work.subject.row)
    row.leads, row.found = _delegated(row.name, endpoint)
    row.looked_at = now
    here = row.leads == Delegation.HERE
    age = now - row.created_at
    row.look_at = now + (_HOUR if here else _MINUTE if age < _HOUR else 10 * _MINUTE if age < _DAY else _HOUR)
    proves = here and row.proved_at is None
    if proves:
        row.proved_at = now
    fields = ["leads", "found", "looked_at", "look_at", "proved_at"]
    try:
        with acting(WORKER):
            work.lease.hold()
            if proves:
                _take_over(row)
            row.save(update_fields=fields)
            if proves:
                _tell(row, "service.zone_proved")
    except IntegrityError:
        # Two that were looked at in the same instant: the next look tells.
        return


def _take_over(row: Zone) -> None:
    """Whoever had the zone before has it no more, if its own delegation is gone: there is one at a time."""
    for other in Zone.objects.filter(name=row.name, removed_at__isnull=True, proved_at__isnull=False).exclude(
        id=row.id
    ):
        Zone.objects.filter(id=other.id).update(proved_at=None, look_at=clock.now())
        _tell(other, "service.zone_lost")


def _delegated(name: str, endpoint: Endpoint) -> tuple[Delegation, list[str]]:
    try:
        servers = sorted(domains.servers(name))
        if not servers:
            return Delegation.NOWHERE, []
        ours = {endpoint.public_hostname} - {""}
        if ours & set(servers):
            return Delegation.HERE, servers[:8]
    except domains.NoAnswer:
        return Delegation.SILENT, []
    if endpoint.public_address and any(_means(each, endpoint.public_address) for each in servers[:8]):
        return Delegation.HERE, servers[:8]
    return Delegation.ELSEWHERE, servers[:8]


def _means(name: str, address: str) -> bool:
    """Whether a name server's name means an address; one that nobody answers for does not."""
    try:
        return address in domains.addresses(name)[0]
    except domains.NoAnswer:
        return False


def _tell(row: Zone, action: str) -> None:
    events.record(action, ("service", row.instance_id), organization=row.organization_id, data={"zone": row.name})
