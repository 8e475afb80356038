"""Snapshots of a service's disk: taken, gone back to, deleted."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.backups import gibibytes
from souk.provisioning.commands.creating import Origin, clean_name
from souk.provisioning.commands.operations import alive, wish
from souk.provisioning.models import OPEN, OperationKind, ServiceInstance, Snapshot
from souk.provisioning.registry import blueprint


def take_snapshot(scope: Scope, instance: UUID, name: str) -> UUID:
    """Ask for the service's disk to be kept as it is; the service goes on meanwhile. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, NoSnapshots, NotReadyYet, InvalidName, SnapshotNameTaken,
        TooManySnapshots.
    """
    with acting(scope):
        row = alive(scope, instance)
        keeper = blueprint(row.blueprint).snapshots
        if keeper is None:
            raise errors.NoSnapshots
        if row.ready_at is None:
            raise errors.NotReadyYet(name=row.name)
        called = clean_name(name)
        kept = set(_kept(row).values_list("name", flat=True))
        coming = row.operations.filter(kind=OperationKind.SNAPSHOT, state__in=OPEN, snapshot__taken_at__isnull=True)
        names = [*kept, *coming.values_list("details__name", flat=True)]
        if called in names:
            raise errors.SnapshotNameTaken(name=called)
        if len(names) >= (most := keeper.most(row.size)):
            raise errors.TooManySnapshots(most=most)
        return wish(scope, row, OperationKind.SNAPSHOT, {"name": called})


def roll_back(scope: Scope, instance: UUID, snapshot: UUID) -> UUID:
    """Ask for the service to go back to a snapshot: it stops, its disk is what it was then, and it starts again. What
    was written since is gone, later snapshots stay. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, SnapshotMissing, ProtectedFromGoingBack, SnapshotTooLarge,
        SnapshotComing, GoingBack.
    """
    with acting(scope):
        row, found = _there(scope, instance, snapshot)
        if row.protected:
            raise errors.ProtectedFromGoingBack(name=row.name)
        if row.disk < found.disk:
            raise errors.SnapshotTooLarge(name=found.name)
        # Going back waits for nothing that was asked for before: it would lose what this is to keep.
        if row.operations.filter(kind=OperationKind.SNAPSHOT, state__in=OPEN).exists():
            raise errors.SnapshotComing(name=row.name)
        if row.operations.filter(kind=OperationKind.ROLL_BACK, state__in=OPEN).exists():
            raise errors.GoingBack(name=row.name)
        return wish(scope, row, OperationKind.ROLL_BACK, {"snapshot": str(found.id), "name": found.name})


def delete_snapshot(scope: Scope, instance: UUID, snapshot: UUID) -> UUID:
    """Ask for a snapshot to be deleted; the service stays as it is. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, SnapshotMissing.
    """
    with acting(scope):
        row, found = _there(scope, instance, snapshot)
        asked = row.operations.filter(
            kind=OperationKind.DROP_SNAPSHOT, state__in=OPEN, details__snapshot=str(found.id)
        ).first()
        if asked is not None:
            return asked.id
        return wish(scope, row, OperationKind.DROP_SNAPSHOT, {"snapshot": str(found.id), "name": found.name})


def branchable(scope: Scope, instance: UUID, snapshot: UUID, disk: int) -> tuple[Origin, ServiceInstance]:
    """What a new instance with `disk` bytes is to begin with: what is in a snapshot of `instance`.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, SnapshotMissing, NoBranches, RestoreTooSmall.
    """
    with acting(scope):
        row, found = _there(scope, instance, snapshot)
        if blueprint(row.blueprint).brancher is None:
            raise errors.NoBranches
        if disk < found.disk:
            raise errors.RestoreTooSmall(needed=gibibytes(found.disk), given=gibibytes(disk))
        return Origin(row.id, None, found.id), row


def _there(scope: Scope, instance: UUID, snapshot: UUID) -> tuple[ServiceInstance, Snapshot]:
    row = alive(scope, instance)
    found = Snapshot.objects.filter(instance=row, id=snapshot).first()
    if found is None:
        raise NotFound
    if found.taken_at is None or found.deleted_at is not None:
        raise errors.SnapshotMissing
    return row, found


def _kept(row: ServiceInstance) -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(instance=row, taken_at__isnull=False, deleted_at__isnull=True)
