"""What is kept of a service, and what can be downloaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localtime

from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning.models import (
    OPEN,
    Backup,
    BackupState,
    Export,
    Machine,
    MachineRole,
    Operation,
    OperationKind,
    OperationState,
)
from souk.provisioning.queries.services import service
from souk.provisioning.registry import blueprint


@dataclass(frozen=True)
class BackupRow:
    """A backup; `size` is what it restores, `stored` what it takes in the repository, in bytes."""

    id: UUID
    kind: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    size: int | None
    stored: int | None
    proved_at: datetime | None


@dataclass(frozen=True)
class BackupsRow:
    """An instance's backups, newest first, the earliest instant to which it can be restored, and when a restore was
    last tried out and gave what the service held. `unproved` is why the last try did not, if so (a message id). Until
    `way_back_until` its restore in place can be undone. It goes back to `any_instant` since the earliest one, or to
    those at which a backup had finished.
    """

    kept: bool
    backups: list[BackupRow]
    earliest: datetime | None
    proved_at: datetime | None
    way_back_until: datetime | None
    unproved: str = ""
    any_instant: bool = True

    @property
    def instants(self) -> list[datetime]:
        """When the backups that can be restored had finished, newest first."""
        ends = [row.finished_at for row in self.backups if row.state == BackupState.AVAILABLE and row.finished_at]
        return sorted(ends, reverse=True)


@dataclass(frozen=True)
class ExportRow:
    """A database in an open format: a file of `size` bytes, to be downloaded until it expires."""

    id: UUID
    database: str
    name: str
    created_at: datetime
    expires_at: datetime
    size: int | None
    sha256: str


def backups(scope: Scope, instance: UUID) -> BackupsRow:
    """An instance's backups; `kept` says whether its kind keeps any.

    Raises:
        NotFound.
    """
    row = service(scope, instance)
    with acting(scope):
        rows = Backup.objects.filter(instance_id=instance).order_by("-id")
        former = Machine.objects.filter(instance_id=instance, role=MachineRole.FORMER, deleted_at__isnull=True)
        way_back = former.filter(kept_until__gt=clock.now()).values_list("kept_until", flat=True).first()
        tried = Operation.objects.filter(instance_id=instance, kind=OperationKind.PROVE).exclude(state__in=OPEN)
        last = tried.order_by("-id").first()
        found = [BackupRow(*each) for each in rows.values_list(*BackupRow.__dataclass_fields__)[:100]]
    proofs = [each.proved_at for each in found if each.proved_at]
    archivist = blueprint(row.blueprint).archivist
    between = archivist is not None and archivist.history is not None
    unproved = last.trouble if last is not None and last.state == OperationState.FAILED else ""
    known = BackupsRow(archivist is not None, found, None, max(proofs, default=None), way_back, unproved, between)
    return replace(known, earliest=min(known.instants, default=None))


def exports(scope: Scope, instance: UUID) -> list[ExportRow]:
    """The exports of an instance that are there or being written, the newest first."""
    with acting(scope):
        found = Export.objects.filter(instance_id=instance, deleted_at__isnull=True, expires_at__gt=clock.now())
        open_ones = found.filter(Q(available_at__isnull=False) | Q(operation__state__in=OPEN))
        return [_export(row) for row in open_ones.select_related("instance").order_by("-id")]


def export(scope: Scope, instance: UUID, identifier: UUID) -> ExportRow:
    """One export, whatever became of it.

    Raises:
        NotFound.
    """
    with acting(scope):
        found = Export.objects.filter(id=identifier, instance_id=instance).select_related("instance").first()
        if found is None:
            raise NotFound
        return _export(found)


def _export(row: Export) -> ExportRow:
    made = f"{localtime(row.created_at):%Y%m%d-%H%M}"
    return ExportRow(
        id=row.id,
        database=row.database,
        name=f"{row.instance.label}-{row.database}-{made}{row.suffix}",
        created_at=row.created_at,
        expires_at=row.expires_at,
        size=row.size,
        sha256=row.sha256,
    )
