"""When a service's next backup is due, and of which kind; and when it is updated."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning import releases
from souk.provisioning.commands.operations import way_back, wish
from souk.provisioning.contract import BackupKind
from souk.provisioning.models import (
    OPEN,
    Backup,
    BackupState,
    Desired,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.registry import blueprint
from souk.provisioning.storage import is_backed_up

SCHEDULE = System("reconciler")
FIRST_AFTER = timedelta(minutes=2)
"""After it was first ready, a service is backed up for the first time: soon, but not while its customer tries it."""

FULL_EVERY = timedelta(days=7)
PROVE_EVERY = timedelta(days=7)
PROVE_AGAIN_AFTER = timedelta(days=1)
"""After a proof that failed."""


MOST_UPDATES_AT_ONCE = 4
"""Each copies a service's whole data."""


def ask_for_updates() -> int:
    """Ask for updates of services whose window is open, each at most once while it is; returns of how many.

    One that has something else to be done, or a way back that its customer may still take, waits for its next window.
    """
    now = clock.now()
    with acting(SCHEDULE):
        open_ones = Operation.objects.filter(kind=OperationKind.UPDATE, state__in=OPEN).count()
    asked = 0
    for plan in releases.plans(SCHEDULE):
        if open_ones + asked >= MOST_UPDATES_AT_ONCE:
            break
        if plan.opens.begins <= now:
            asked += _ask_for_update(plan)
    return asked


def _ask_for_update(plan: releases.Plan) -> bool:
    with acting(SCHEDULE):
        row = ServiceInstance.objects.select_for_update().get(id=plan.instance)
        others = Operation.objects.filter(instance=row)
        this_time = others.filter(kind=OperationKind.UPDATE, created_at__gte=plan.opens.begins)
        if row.desired != Desired.RUNNING or way_back(row) is not None:
            return False
        if this_time.exists() or others.filter(state__in=OPEN).exists():
            return False
        wish(SCHEDULE, row, OperationKind.UPDATE, {"scheduled": True})
        return True


def next_due(row: ServiceInstance) -> datetime | None:
    """When the instance's next backup is due; None where none is ever made, or one waits already."""
    if row.ready_at is None or blueprint(row.blueprint).archivist is None or not is_backed_up(row.site_id, row.id):
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
