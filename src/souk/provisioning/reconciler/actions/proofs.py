"""Proving a backup: it is restored into a machine that is thrown away, started there, and read to the last row."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_noop

from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.models import Backup, BackupState, OperationState
from souk.provisioning.reconciler.actions.trying import restored
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER


def prove(work: Work, asked: Asked) -> None:
    """Restore the newest backup, with all that was written since, into a trial machine, and read it there.

    What was proved are the backups that this restore went through: the newest one, and the full one it builds on.
    """
    archivist = work.blueprint.archivist
    assert archivist is not None, "commands ask only services that are backed up"
    started = clock.now()
    read = work.step("read", 90, gettext_noop("Every row is read, and a checksum made of all of them."))
    with restored(work, archivist) as trial, read:
        fingerprint = archivist.fingerprint(trial.guest, trial.wanted)
    with acting(WORKER):
        proved = _proved(work.subject.row.id)
        Backup.objects.filter(id__in=proved).update(proved_at=started)
        settle(work, asked, OperationState.SUCCEEDED, fingerprint=fingerprint, proved_at=started.isoformat())


def _proved(instance: UUID) -> list[UUID]:
    kept = Backup.objects.filter(instance_id=instance, state=BackupState.AVAILABLE).order_by("-finished_at")
    newest = kept.first()
    full = kept.filter(kind="full").first()
    return [backup.id for backup in (newest, full) if backup is not None]
