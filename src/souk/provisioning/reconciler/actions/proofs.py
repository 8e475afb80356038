"""Proving a backup: it is restored into a machine that is thrown away, started there, and read to the last row."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_noop

from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.provisioning.contract import ConfigurationFailed, ServerCertificate
from souk.provisioning.models import Backup, BackupState, OperationState
from souk.provisioning.reconciler import guarding, trials
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.guest import MachineGuest
from souk.provisioning.reconciler.records import WORKER
from souk.provisioning.reconciler.repositories import open_repository
from souk.sites import authority, certificates


def prove(work: Work, asked: Asked) -> None:
    """Restore the newest backup, with all that was written since, into a trial machine, and read it there.

    What was proved are the backups that this restore went through: the newest one, and the full one it builds on.
    """
    archivist = work.blueprint.archivist
    assert archivist is not None, "commands ask only services that are backed up"
    row = work.subject.row
    started = clock.now()
    try:
        with work.step("create", 25, gettext_noop("A machine for the trial is made.")):
            machine = trials.begin(work.engine, work.subject, work.blueprint, work.lease.epoch)
        guest = MachineGuest(work.engine, machine.name)
        guarding.guard(guest, row)
        wanted = replace(work.wanted, address=machine.address)
        with work.step("restore", 65, gettext_noop("The data is restored.")):
            archivist.restore(guest, wanted, open_repository(row.id, work.engine), None)
        with work.step("configure", 75, gettext_noop("The service is configured.")):
            ca = authority.unlock(row.site_id)
            issued = certificates.issue(ca, wanted.hostname, machine.address)
            certificate = ServerCertificate(issued.certificate, issued.key, ca.certificate)
            credentials = work.blueprint.credentials(row.parameters, secrets.new_password())
            work.blueprint.configure(guest, wanted, credentials, certificate)
        with work.step("read", 90, gettext_noop("Every row is read, and a checksum made of all of them.")):
            fingerprint = archivist.fingerprint(guest, wanted)
    except ConfigurationFailed:
        trials.throw_away(work.engine, work.subject)
        raise
    with work.step("delete", 95, gettext_noop("The machine of the trial is thrown away.")):
        trials.throw_away(work.engine, work.subject)
    with acting(WORKER):
        proved = _proved(row.id)
        Backup.objects.filter(id__in=proved).update(proved_at=started)
        settle(work, asked, OperationState.SUCCEEDED, fingerprint=fingerprint, proved_at=started.isoformat())


def _proved(instance: UUID) -> list[UUID]:
    kept = Backup.objects.filter(instance_id=instance, state=BackupState.AVAILABLE).order_by("-finished_at")
    newest = kept.first()
    full = kept.filter(kind="full").first()
    return [backup.id for backup in (newest, full) if backup is not None]
