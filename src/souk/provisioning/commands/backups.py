"""Backups: asked for by a person or by the schedule, and what can be restored of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.timezone import localtime

from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.parties.access import CAN_OPERATE, need
from souk.provisioning import errors
from souk.provisioning.commands.creating import Origin
from souk.provisioning.commands.operations import alive, unsuspended, wish
from souk.provisioning.contract import BackupKind
from souk.provisioning.models import (
    MOVES,
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


def back_up_instance(scope: Scope, instance: UUID, kind: BackupKind = BackupKind.DIFFERENTIAL) -> UUID:
    """Ask for a backup beside those that are made by themselves. The first one is always full. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NoBackups.
    """
    with acting(scope):
        row = alive(scope, instance)
        if blueprint(row.blueprint).archivist is None or not is_backed_up(row.site_id, row.id):
            raise errors.NoBackups
        return wish(scope, row, OperationKind.BACKUP, {"kind": kind})


def prove_backups(scope: Scope, instance: UUID) -> UUID:
    """Ask for a proof that a service can be restored, beside those that are made by themselves. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NothingToRestore.
    """
    with acting(scope):
        row = alive(scope, instance)
        if not Backup.objects.filter(instance=row, state=BackupState.AVAILABLE).exists():
            raise errors.NothingToRestore(name=row.name)
        return wish(scope, row, OperationKind.PROVE)


def restorable(scope: Scope, instance: UUID, until: datetime | None, disk: int) -> tuple[Origin, ServiceInstance]:
    """What a new instance with `disk` bytes is to begin with: the data of `instance` at an instant, or the last of it.

    Raises:
        NotFound, RoleTooLow, ServiceSuspended, NothingToRestore, OutsideRetention, NotABackup, BetweenBackups,
        RestoreTooSmall.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=instance).exclude(desired=Desired.DELETED).first()
        if row is None:
            raise NotFound
        need(scope, row.organization_id, CAN_OPERATE, grant="services")
        unsuspended(row)
        kept = Backup.objects.filter(instance=row, state=BackupState.AVAILABLE).order_by("finished_at")
        first, last = kept.first(), kept.last()
        if first is None or last is None or first.finished_at is None:
            raise errors.NothingToRestore(name=row.name)
        archivist = blueprint(row.blueprint).archivist
        if archivist is not None and archivist.history is None:
            chosen = last if until is None else _ended_at(row, until)
            _fits(chosen, disk)
            return Origin(row.id, until and chosen.finished_at), row
        if until is not None and not first.finished_at <= until <= clock.now():
            earliest = date_format(localtime(first.finished_at), "DATETIME_FORMAT")
            raise errors.OutsideRetention(name=row.name, earliest=earliest)
        _in_one_piece(row, until or clock.now())
        _fits(last, disk)
        return Origin(row.id, until), row


def _ended_at(row: ServiceInstance, until: datetime) -> Backup:
    """The backup that ended at an instant, as it is shown: to the second."""
    second = until.replace(microsecond=0)
    kept = Backup.objects.filter(instance=row, state=BackupState.AVAILABLE)
    found = kept.filter(finished_at__gte=second, finished_at__lt=second + timedelta(seconds=1)).last()
    if found is None:
        newest = kept.order_by("finished_at").values_list("finished_at", flat=True).last()
        assert newest is not None, "there is one"
        raise errors.NotABackup(name=row.name, latest=date_format(localtime(newest), "DATETIME_FORMAT"))
    return found


def _fits(backup: Backup, disk: int) -> None:
    if backup.size is not None and backup.size > disk:
        raise errors.RestoreTooSmall(needed=gibibytes(backup.size), given=gibibytes(disk))


def _in_one_piece(row: ServiceInstance, until: datetime) -> None:
    """Each machine of a service has a history of its own, which is restored from a backup that it made itself."""
    moves = Operation.objects.filter(instance=row, kind__in=MOVES, state=OperationState.SUCCEEDED)
    moved = moves.filter(finished_at__lte=until).aggregate(at=Max("finished_at"))["at"]
    since = Backup.objects.filter(instance=row, state=BackupState.AVAILABLE, finished_at__range=(moved, until))
    if moved is not None and not since.exists():
        raise errors.BetweenBackups(name=row.name, at=date_format(localtime(moved), "DATETIME_FORMAT"))


def gibibytes(count: int) -> str:
    """Bytes as a sentence about disks has them."""
    return f"{count / 1024**3:.1f} GiB"
