"""When a service is maintained, and to which major version it goes: tried out first, then done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors, windows
from souk.provisioning.commands.operations import alive, on_machines, way_back, wish
from souk.provisioning.contract import VERSION, Version
from souk.provisioning.maintaining import opening_of, version_of
from souk.provisioning.models import (
    MOVES,
    OPEN,
    Backup,
    BackupState,
    Convergence,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.registry import blueprint
from souk.provisioning.windows import Window

REHEARSAL_GOOD_FOR = timedelta(days=7)
"""Data changes: an older rehearsal says too little of it."""


def change_window(scope: Scope, instance: UUID, window: Window | None) -> None:
    """Choose when a service is maintained; None: when the platform likes, at night.

    Raises:
        NotFound, RoleTooLow, ServiceGone, InvalidWindow, ProducedElsewhere.
    """
    if window is not None and not window.valid:
        raise errors.InvalidWindow(shortest=windows.SHORTEST, longest=windows.LONGEST)
    with acting(scope):
        row = on_machines(scope, instance)
        row.maintenance = window.as_json() if window else None
        row.save(update_fields=["maintenance"])
        data = {"window": row.maintenance}
        events.record("service.window_changed", ("service", row.id), organization=row.organization_id, data=data)
        opens = opening_of(row, clock.now())
        # What waits for the window waits for the one that holds now.
        waiting = Operation.objects.filter(instance=row, state=OperationState.QUEUED, not_before__isnull=False)
        if waiting.update(not_before=opens.begins):
            Convergence.objects.filter(subject=row.id).update(next_at=Now())


def rehearse_upgrade(scope: Scope, instance: UUID, version: str) -> UUID:
    """Ask for an upgrade to be tried out on a copy of the data, on a machine that is thrown away. The operation, which
    is returned, tells what came of it.

    Raises:
        NotFound, RoleTooLow, ServiceGone, UnknownVersion, NotNewer, UpgradeTogether, NothingToRestore,
        UpgradeUnderWay.
    """
    with acting(scope):
        row = alive(scope, instance)
        _target(row, version)
        if not Backup.objects.filter(instance=row, state=BackupState.AVAILABLE).exists():
            raise errors.NothingToRestore(name=row.name)
        _none_under_way(row, OperationKind.REHEARSE, OperationKind.UPGRADE)
        return wish(scope, row, OperationKind.REHEARSE, {"version": version})


def upgrade_instance(
    scope: Scope, instance: UUID, version: str, *, in_window: bool = False, give_up_way_back: bool = False
) -> UUID:
    """Ask for a service to go on with another major version, now or in its next maintenance window. The last rehearsal
    of it must have succeeded, within a week. The machine before is kept for a day: a way back that is kept already must
    be given up for it. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, UnknownVersion, NotNewer, UpgradeTogether, NotRehearsed, UpgradeUnderWay,
        WayBackKept.
    """
    with acting(scope):
        row = alive(scope, instance)
        _target(row, version)
        if rehearsed(row, version) is None:
            raise errors.NotRehearsed(name=row.name, version=version, days=REHEARSAL_GOOD_FOR.days)
        _none_under_way(row, OperationKind.UPGRADE, OperationKind.RESTORE, OperationKind.UNDO, OperationKind.UPDATE)
        if way_back(row) is not None and not give_up_way_back:
            raise errors.WayBackKept(name=row.name)
        details = {"from": version_of(row), "version": version, "in_window": in_window}
        asked = wish(scope, row, OperationKind.UPGRADE, details)
        if in_window:
            Operation.objects.filter(id=asked).update(not_before=opening_of(row, clock.now()).begins)
        return asked


def orderable(key: str, version: str | None, members: int) -> None:
    """Make sure that a service of a blueprint can begin with a version on so many machines.

    Raises:
        VersionNotTogether.
    """
    upgrader = blueprint(key).upgrader
    if upgrader is None or members == 1:
        return
    together = [each.number for each in upgrader.versions if each.together]
    if version is not None and version not in together:
        raise errors.VersionNotTogether(version=version, offered=", ".join(together))


def version_at(row: ServiceInstance, until: datetime) -> str:
    """The major version that a service had at an instant."""
    moves = Operation.objects.filter(
        instance=row,
        kind__in=MOVES,
        state=OperationState.SUCCEEDED,
        finished_at__gt=until,
        result__has_key="version_before",
    )
    first = moves.order_by("finished_at").values_list("result", flat=True).first()
    return str(first["version_before"]) if first else version_of(row)


def parameters_at(row: ServiceInstance, until: datetime | None) -> dict[str, Any]:
    """A service's parameters, with the major version that its data had at an instant (None: has now)."""
    if until is None or not version_of(row):
        return dict(row.parameters)
    return {**row.parameters, VERSION: version_at(row, until)}


def rehearsed(row: ServiceInstance, version: str) -> datetime | None:
    """When an upgrade of a service to this version was last tried out, if that succeeded and still counts."""
    tried = Operation.objects.filter(
        instance=row,
        kind=OperationKind.REHEARSE,
        state__in=[OperationState.SUCCEEDED, OperationState.FAILED],
        details__version=version,
        finished_at__gte=clock.now() - REHEARSAL_GOOD_FOR,
    )
    last = tried.order_by("-finished_at").first()
    if last is None or last.state != OperationState.SUCCEEDED:
        return None
    return last.finished_at if last.result.get("version_before") == version_of(row) else None


def _target(row: ServiceInstance, version: str) -> Version:
    upgrader = blueprint(row.blueprint).upgrader
    known = upgrader.versions if upgrader else ()
    found = next((each for each in known if each.number == version), None)
    if found is None:
        raise errors.UnknownVersion(version=version, offered=", ".join(each.number for each in known) or "—")
    numbers = [each.number for each in known]
    present = version_of(row)
    if present in numbers and numbers.index(version) >= numbers.index(present):
        raise errors.NotNewer(name=row.name, present=present)
    if row.members > 1:
        raise errors.UpgradeTogether(name=row.name)
    return found


def _none_under_way(row: ServiceInstance, *kinds: OperationKind) -> None:
    if row.operations.filter(kind__in=kinds, state__in=OPEN).exists():
        raise errors.UpgradeUnderWay(name=row.name)
