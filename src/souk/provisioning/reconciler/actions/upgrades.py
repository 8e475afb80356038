"""A service goes on with another major version of its software: a successor has all of the data, and converts it.

Until the exchange nothing is lost and nothing changed: if the conversion fails, the machine before serves on. That one
is kept for a day, stopped, as a way back to the version and the data of then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_noop

from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.commands.operations import wish
from souk.provisioning.contract import VERSION, BackupKind, ConfigurationFailed, Declined, Upgrader, Wanted
from souk.provisioning.maintaining import opening_of, version_of
from souk.provisioning.models import MachineRole, OperationKind, OperationState, ServiceInstance
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.actions.rehearsals import OBSTACLES, reported
from souk.provisioning.reconciler.actions.restores import WAY_BACK
from souk.provisioning.reconciler.actions.work import Asked, Work, postpone, settle
from souk.provisioning.reconciler.lease import Superseded
from souk.provisioning.reconciler.records import WORKER
from souk.provisioning.reconciler.succeeding import Successor, followed
from souk.sites import authority


def upgrade(work: Work, asked: Asked) -> None:
    """Let a machine take over whose data was brought to the new version; outside of the window it was asked for, wait
    for the next.

    Raises:
        Superseded: it took over; what is still to be done is done there. Declined: the data can't be converted.
        ConfigurationFailed.
    """
    upgrader, subject = work.blueprint.upgrader, records.load(work.subject.row.id)
    assert upgrader is not None, "commands ask only services that have several versions"
    with acting(WORKER):
        opens = opening_of(subject.row, clock.now()).begins
    if asked.details["in_window"] and opens > clock.now():
        postpone(asked, opens)
        return
    to = str(asked.details["version"])
    # Another version has another history: what the successor wrote of the present one's would only be in its way.
    coming = followed(work.engine, work.lease, subject, work.blueprint, work.step, keeps_history=False)
    with coming as successor:
        wanted, report = _converted(work, upgrader, successor, to)
        _exchange(work, asked, successor, wanted, report)
    raise Superseded


def _converted(work: Work, upgrader: Upgrader, successor: Successor, to: str) -> tuple[Wanted, dict[str, Any]]:
    """The service as it is wanted with the new version, in which it answers; and what was done."""
    guest, present = successor.guest, replace(successor.wanted, follows=False)
    wanted = replace(present, parameters={**present.parameters, VERSION: to})
    with work.step("convert", 94, gettext_noop("The data is brought to the new version.")):
        work.blueprint.configure(guest, present, successor.credentials, successor.certificate)
        converted = upgrader.convert(guest, present, to)
    if converted.obstacles:
        raise Declined(OBSTACLES)
    with work.step("start", 96, gettext_noop("The new version has started.")):
        work.blueprint.configure(guest, wanted, successor.credentials, successor.certificate)
    with work.step("settle", 98, gettext_noop("Extensions, indexes and statistics are made fit for the new version.")):
        settled = upgrader.settle(guest, wanted, whole=False)
    with work.step("probe", 99, gettext_noop("The service answers.")):
        trusted = authority.certificate(work.subject.row.site_id)
        health = work.blueprint.probe(wanted, successor.credentials, trusted)
        if not health.ok:
            raise ConfigurationFailed(health.detail)
    return wanted, reported(converted, settled)


def _exchange(work: Work, asked: Asked, successor: Successor, wanted: Wanted, report: Mapping[str, Any]) -> None:
    present = work.subject.machine
    assert present is not None, "a running service has a machine"
    with work.step("stop", 99, gettext_noop("The machine before is stopped, and kept.")):
        work.engine.stop(present.name)
    now = clock.now()
    with acting(WORKER):
        row = ServiceInstance.objects.select_for_update().get(id=work.subject.row.id)
        records.exchange_machines(work.subject, MachineRole.NEXT, now + WAY_BACK, present)
        ServiceInstance.objects.filter(id=row.id).update(parameters=wanted.parameters)
        records.record_endpoint(
            work.subject, wanted.address, work.blueprint.port, successor.certificate, successor.certificate_until
        )
        # Nothing that is written from now on can be restored before there is a backup of the new version.
        wish(WORKER, row, OperationKind.BACKUP, {"kind": BackupKind.FULL, "scheduled": True})
        result = {
            **report,
            "version_before": version_of(row),
            "version": wanted.parameters[VERSION],
            "interruption": round((now - successor.since).total_seconds(), 1),
            "way_back_until": (now + WAY_BACK).isoformat(),
        }
        settle(work, asked, OperationState.SUCCEEDED, **result)
