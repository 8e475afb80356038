"""Proving a backup: it is restored into a machine that is thrown away, started there, and compared with the service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from django.utils.translation import gettext_noop

from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.contract import Archivist, Extent, Fingerprint
from souk.provisioning.models import Backup, BackupState, OperationState
from souk.provisioning.reconciler.actions.trying import Trial, restored
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER
from souk.provisioning.reconciler.repositories import open_repository

log = structlog.get_logger("souk.reconciler")
_SEEDS = 2**31
_NAMED = 10
"""How many tables that differ are named."""


def prove(work: Work, asked: Asked) -> None:
    """Restore the newest backup, with what was written since, to a mark made now, into a trial machine, and compare it
    with the service as it was at the mark.

    What was proved are the backups that this restore went through: the newest one, and the full one it builds on. An
    attempt that is repeated makes another mark.
    """
    archivist = work.blueprint.archivist
    assert archivist is not None, "commands ask only services that are backed up"
    row, started = work.subject.row, clock.now()
    name = f"souk-{asked.id.hex}-{asked.attempts}"
    with work.step("mark", 5, gettext_noop("An instant is marked, and a checksum made of the data as it was then.")):
        if archivist.history is None:
            archivist.attach(work.guest, work.wanted, open_repository(row.id, work.engine))
        was = archivist.mark(work.guest, work.wanted, name, asked.id.int % _SEEDS)
    if archivist.history is not None:
        with work.step("attach", 10, gettext_noop("All that was written is in the repository.")):
            archivist.attach(work.guest, work.wanted, open_repository(row.id, work.engine))
    with restored(work, archivist, name) as trial:
        if archivist.replaces_system:
            found = _read(work, archivist, trial, was.extent)
            trial.begin()
        else:
            found = _read(work, archivist, trial.begin(), was.extent)
    told: dict[str, Any] = {"fingerprint": found.digest, "tables": len(found.tables), "share": was.extent.share}
    if differences := was.differences(found):
        log.error("proof differs", instance=str(row.id), operation=str(asked.id), tables=len(differences))
        settle(
            work,
            asked,
            OperationState.FAILED,
            trouble=gettext_noop("What was restored is not what the service held at the same instant."),
            **told,
            expected=was.digest,
            differs=differences[:_NAMED],
        )
        return
    with acting(WORKER):
        Backup.objects.filter(id__in=_proved(row.id)).update(proved_at=started)
        settle(work, asked, OperationState.SUCCEEDED, **told, proved_at=started.isoformat())


def _read(work: Work, archivist: Archivist, trial: Trial, extent: Extent) -> Fingerprint:
    with work.step("read", 90, gettext_noop("What was restored is read, and compared with the service at the mark.")):
        return archivist.fingerprint(trial.guest, trial.wanted, extent)


def _proved(instance: UUID) -> list[UUID]:
    kept = Backup.objects.filter(instance_id=instance, state=BackupState.AVAILABLE).order_by("-finished_at")
    newest = kept.first()
    full = kept.filter(kind="full").first()
    return [backup.id for backup in (newest, full) if backup is not None]
