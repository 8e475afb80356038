"""A service's snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning.models import OPEN, Operation, OperationKind, ServiceInstance, Snapshot
from souk.provisioning.queries.services import service
from souk.provisioning.registry import blueprint


@dataclass(frozen=True)
class SnapshotRow:
    """A service's disk as it was at `taken_at`, and how many bytes only the snapshot held when that was last seen."""

    id: UUID
    name: str
    taken_at: datetime
    size: int | None
    disk: int


@dataclass(frozen=True)
class SnapshotsRow:
    """What is kept, newest first, the names of those that are `coming`, and how many there may be (none: this kind of
    service has no snapshots).
    """

    snapshots: list[SnapshotRow]
    coming: list[str]
    most: int


def snapshots(scope: Scope, instance: UUID) -> SnapshotsRow:
    """A service's snapshots.

    Raises:
        NotFound.
    """
    keeper = blueprint(service(scope, instance).blueprint).snapshots
    with acting(scope):
        kept = Snapshot.objects.filter(instance_id=instance, taken_at__isnull=False, deleted_at__isnull=True)
        rows = kept.order_by("-taken_at").values_list(*SnapshotRow.__dataclass_fields__)
        asked = Operation.objects.filter(instance_id=instance, kind=OperationKind.SNAPSHOT, state__in=OPEN)
        coming = asked.order_by("id").values_list("details__name", flat=True)
        size = ServiceInstance.objects.get(id=instance).size
        return SnapshotsRow([SnapshotRow(*row) for row in rows], list(coming), keeper.most(size) if keeper else 0)
