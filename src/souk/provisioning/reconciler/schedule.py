"""When a service's next backup is due, and of which kind."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning.contract import BackupKind
from souk.provisioning.models import (
    OPEN,
    Backup,
    BackupState,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.registry import blueprint
from souk.provisioning.storage import keeps_backups

SCHEDULE = System("reconciler")
FIRST_AFTER = timedelta(minutes=2)
"""After it was first ready, a service is backed up for the first time: soon, but not while its customer tries it."""

FULL_EVERY = timedelta(days=7)
PROVE_EVERY = timedelta(days=7)
PROVE_AGAIN_AFTER = timedelta(days=1)
"""After a proof that failed."""


def next_due(row: ServiceInstance) -> datetime | None:
    """When the instance's next backup is due; None where none is ever made, or one waits already."""
    if row.ready_at is None or blueprint(row.blueprint).archivist is None or not keeps_backups(row.site_id):
        return None
    with acting(SCHEDULE):
        asked = Operation.objects.filter(instance=row, kind=OperationKind.BACKUP)
        if asked.filter(state__in=OPEN).exists():
            return None
        last: datetime | None = asked.aggregate(last=Max("created_at"))["last"]
    return last + settings.BACKUP_EVERY if last else row.ready_at + FIRST_AFTER


def proof_due(row: ServiceInstance) -> bool:
    """Whether nothing was proved in the last week, or nothing ever, or the last proof failed a day ago."""
    kept = Backup.objects.filter(instance=row, state=BackupState.AVAILABLE)
    asked = Operation.objects.filter(instance=row, kind=OperationKind.PROVE)
    if not kept.exists() or asked.filter(state__in=OPEN).exists():
        return False
    last = asked.order_by("-id").first()
    if last is None:
        return True
    pause = PROVE_AGAIN_AFTER if last.state == OperationState.FAILED else PROVE_EVERY
    return last.created_at + pause <= clock.now()


def kind_due(row: ServiceInstance) -> BackupKind:
    """Full once a week, else what changed since."""
    full = Backup.objects.filter(instance=row, kind=BackupKind.FULL, state=BackupState.AVAILABLE)
    last = full.aggregate(last=Max("finished_at"))["last"]
    return BackupKind.FULL if last is None or last + FULL_EVERY <= clock.now() else BackupKind.DIFFERENTIAL
