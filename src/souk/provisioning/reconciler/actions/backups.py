"""Backups of a running service: made by a schedule or because somebody asked, listed as the repository shows them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop

from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.commands.operations import wish
from souk.provisioning.contract import Archivist, BackupFound, BackupKind
from souk.provisioning.models import Backup, BackupState, Desired, OperationKind, OperationState, ServiceInstance
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.records import WORKER
from souk.provisioning.reconciler.repositories import ensure_repository
from souk.provisioning.reconciler.schedule import kind_due, next_due, proof_due

KEEP_FULL = 2
"""How many full backups are kept, with what was written between and after them: two weeks at least."""


def back_up(work: Work, asked: Asked) -> None:
    """Make one backup. The first of a service is full, whatever was asked for."""
    archivist = _archivist(work)
    label = asked.id.hex
    kind = BackupKind(asked.details["kind"])
    with work.step("attach", 20, gettext_noop("The service keeps its history in its own, encrypted repository.")):
        repository = ensure_repository(work.subject, work.engine)
        # Those that follow first: from when the leader keeps its history there, any of them may have to go on with it.
        for guest, wanted in (*work.others, (work.guest, work.wanted)):
            archivist.attach(guest, wanted, repository)
    with acting(WORKER):
        row = work.subject.row
        Backup.objects.get_or_create(
            operation_id=asked.id,
            defaults={
                "organization_id": row.organization_id,
                "instance": row,
                "kind": kind,
                "started_at": clock.now(),
            },
        )
    with work.step("backup", 80, gettext_noop("The data is copied.")):
        archivist.back_up(work.guest, work.wanted, kind, label)
    with work.step("expire", 95, gettext_noop("Backups older than the retention are forgotten.")):
        archivist.expire(work.guest, work.wanted, KEEP_FULL)
        found = archivist.backups(work.guest, work.wanted)
    kept = found[label]
    with acting(WORKER):
        _record(work, found)
        _ask_for_proof(work)
        settle(work, asked, OperationState.SUCCEEDED, kind=kept.kind, size=kept.size, stored=kept.stored)


def _record(work: Work, found: Mapping[str, BackupFound]) -> None:
    """Record what the repository holds: what is no longer there has expired."""
    for backup in Backup.objects.filter(instance=work.subject.row).exclude(state=BackupState.EXPIRED):
        seen = found.get(backup.operation_id.hex)
        if seen is None and backup.state == BackupState.AVAILABLE:
            Backup.objects.filter(id=backup.id).update(state=BackupState.EXPIRED)
        elif seen is not None:
            Backup.objects.filter(id=backup.id).update(
                state=BackupState.AVAILABLE,
                kind=seen.kind,
                started_at=seen.started_at,
                finished_at=seen.finished_at,
                size=seen.size,
                stored=seen.stored,
            )


def _ask_for_proof(work: Work) -> None:
    """A backup that nobody ever restored is a hope: the first one is tried out at once, later ones once a week."""
    row = ServiceInstance.objects.select_for_update().get(id=work.subject.row.id)
    if proof_due(row) and row.desired == Desired.RUNNING:
        wish(WORKER, row, OperationKind.PROVE, {"scheduled": True})


def schedule(work: Work) -> None:
    """If a backup has fallen due, ask for it."""
    due = next_due(work.subject.row)
    if due is None or due > clock.now():
        return
    with acting(WORKER):
        row = ServiceInstance.objects.select_for_update().get(id=work.subject.row.id)
        if row.generation == work.subject.row.generation:
            wish(WORKER, row, OperationKind.BACKUP, {"kind": kind_due(row), "scheduled": True})


def _archivist(work: Work) -> Archivist:
    archivist = work.blueprint.archivist
    assert archivist is not None, "commands ask only services that are backed up"
    return archivist
