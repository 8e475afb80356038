"""Another machine carries a service on: with its data as it was at an instant, and back again; or of a newer image."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.backups import restorable
from souk.provisioning.commands.maintenance import version_at
from souk.provisioning.commands.operations import alive, way_back, wish
from souk.provisioning.maintaining import version_of
from souk.provisioning.models import MOVES, OPEN, OperationKind, ServiceInstance, Snapshot
from souk.provisioning.registry import blueprint
from souk.provisioning.releases import outdated


def restore_in_place(scope: Scope, instance: UUID, until: datetime, *, give_up_way_back: bool = False) -> UUID:
    """Ask for a service to go on with its data as it was at an instant. It goes on as it is until another machine
    answers with that data; then its name leads there, and the machine before is kept for a day as a way back. On
    several machines the others copy that data then, and of those before the one that led is kept.

    A way back that is kept already must be given up for it. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NothingToRestore, OutsideRetention, NotABackup, BetweenBackups,
        RestoreTooSmall, SnapshotsStay, BeforeUpgrade, RestoreUnderWay, WayBackKept.
    """
    with acting(scope):
        row = _still(scope, instance)
        until = restorable(scope, instance, until, row.disk)[0].until or until
        if Snapshot.objects.filter(instance=row, deleted_at__isnull=True).exists():
            raise errors.SnapshotsStay(name=row.name)
        if (version := version_at(row, until)) != version_of(row):
            raise errors.BeforeUpgrade(name=row.name, version=version)
        kept = way_back(row)
        if kept is not None and not give_up_way_back:
            raise errors.WayBackKept(name=row.name)
        return wish(scope, row, OperationKind.RESTORE, {"until": until.isoformat()})


def update_instance(scope: Scope, instance: UUID, *, give_up_way_back: bool = False) -> UUID:
    """Ask for a service to go over to the newest image of its kind, with all of its data. Connections are cut for some
    seconds; there is no way back. One that an earlier restore left must be given up for it. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NotReadyYet, NeverUpdated, NothingNewer, UpdateUnderWay, RestoreUnderWay,
        WayBackKept.
    """
    with acting(scope):
        row = _still(scope, instance)
        if row.ready_at is None:
            raise errors.NotReadyYet(name=row.name)
        if blueprint(row.blueprint).succession is None:
            raise errors.NeverUpdated(name=row.name)
        if row.operations.filter(kind=OperationKind.UPDATE, state__in=OPEN).exists():
            raise errors.UpdateUnderWay(name=row.name)
        if not outdated().filter(instance=row).exists():
            raise errors.NothingNewer(name=row.name)
        if way_back(row) is not None and not give_up_way_back:
            raise errors.WayBackKept(name=row.name)
        return wish(scope, row, OperationKind.UPDATE)


def undo_restore(scope: Scope, instance: UUID) -> UUID:
    """Ask for a service to go on with the machine that it had before it was restored; what was written since is kept
    for a day in its turn. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, RestoreUnderWay, NoWayBack.
    """
    with acting(scope):
        row = _still(scope, instance)
        if way_back(row) is None:
            raise errors.NoWayBack(name=row.name)
        return wish(scope, row, OperationKind.UNDO)


def _still(scope: Scope, instance: UUID) -> ServiceInstance:
    row = alive(scope, instance)
    if row.operations.filter(kind__in=MOVES, state__in=OPEN).exists():
        raise errors.RestoreUnderWay(name=row.name)
    return row
