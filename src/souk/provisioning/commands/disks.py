"""Disk beyond what the plan gives: more or less of it, up to where it grows by itself, and its growth."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import alive
from souk.provisioning.commands.sizes import resize
from souk.provisioning.contract import GIB
from souk.provisioning.models import OPEN, SIZING, Desired, InstanceState, OperationKind, ServiceInstance

FULL_FROM = 0.85
"""A disk of which this share is in use grows, if it may."""

LEAST_STEP, STEP_SHARE = 5 * GIB, 0.10
"""It grows by a tenth, by five gibibytes at least."""


class Growth(StrEnum):
    """What came of a look at a disk that fills up."""

    ASKED = "asked"
    NOT_NOW = "not now"
    AT_CEILING = "at its ceiling"
    NO_ROOM = "no room"


def change_disk(scope: Scope, instance: UUID, extra: int, *, operation: UUID | None = None) -> UUID:
    """Ask for a service to have `extra` bytes of disk beyond its plan, on each of its machines; what it takes more is
    promised now. If what is on the disk turns out not to fit, the operation fails and the disk stays. Returns the
    operation, which gets the id `operation` if there is one.

    Raises:
        NotFound, RoleTooLow, ServiceGone, NotReadyYet, ResizeUnderWay, NoCapacity.
    """
    with acting(scope):
        row = alive(scope, instance)
        if row.ready_at is None:
            raise errors.NotReadyYet(name=row.name)
        return _resize(scope, row, extra, automatic=False, operation=operation)


def let_grow(scope: Scope, instance: UUID, ceiling: int | None) -> None:
    """Let a service's disk grow by itself up to `ceiling` bytes in all (None: not at all). It holds from the next look.

    Raises:
        NotFound, RoleTooLow, ServiceGone.
    """
    with acting(scope):
        row = alive(scope, instance)
        if row.grow_to == ceiling:
            return
        before, row.grow_to, row.growth_refused_at = row.grow_to, ceiling, None
        row.save(update_fields=["grow_to", "growth_refused_at"])
        data = {"from": before, "to": ceiling}
        events.record("service.ceiling_set", ("service", row.id), organization=row.organization_id, data=data)


def grow(scope: Scope, instance: UUID, used: int, seen_at: datetime) -> Growth:
    """Have a service's disk grow, if `used` bytes of it were in use at `seen_at` and that is too much. What was seen
    before its last change of size is no reason for another one.
    """
    with acting(scope):
        row = ServiceInstance.objects.select_for_update().get(id=instance)
        if not _may_grow(row, used, seen_at):
            return Growth.NOT_NOW
        extra = row.extra_disk + step(row.disk, row.grow_to or 0)
        if extra == row.extra_disk:
            return Growth.AT_CEILING
        try:
            _resize(scope, row, extra, automatic=True)
        except errors.NoCapacity:
            _refused(row)
            return Growth.NO_ROOM
        return Growth.ASKED


def step(disk: int, ceiling: int) -> int:
    """How many bytes a disk grows by at once: whole gibibytes, never beyond the ceiling."""
    wanted = max(LEAST_STEP, int(disk * STEP_SHARE))
    return max(0, min(wanted, ceiling - disk)) // GIB * GIB


def _may_grow(row: ServiceInstance, used: int, seen_at: datetime) -> bool:
    """Whether a disk that is filled so far is to grow, and nothing else is being changed of its size."""
    if row.grow_to is None or used < FULL_FROM * row.disk:
        return False
    if row.desired != Desired.RUNNING or row.state != InstanceState.READY:
        return False
    sizings = row.operations.filter(kind__in=SIZING)
    return not (sizings.filter(state__in=OPEN).exists() or sizings.filter(finished_at__gte=seen_at).exists())


def _resize(scope: Scope, row: ServiceInstance, extra: int, *, automatic: bool, operation: UUID | None = None) -> UUID:
    size = replace(row.size, disk=row.disk - row.extra_disk + extra, extra_disk=extra)
    return resize(scope, row, size, OperationKind.GROW, {"automatic": automatic}, operation, growth_refused_at=None)


def _refused(row: ServiceInstance) -> None:
    """Remember since when there is no room; it is tried again with each look."""
    if row.growth_refused_at is None:
        row.growth_refused_at = clock.now()
        row.save(update_fields=["growth_refused_at"])
        events.record("service.growth_without_room", ("service", row.id), organization=row.organization_id)
