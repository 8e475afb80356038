"""Releases of what a service shows: taken, copied for trying out, published."""

from __future__ import annotations

from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.commands.operations import on_machines, wish
from souk.provisioning.models import OPEN, OperationKind, Publication, ServiceInstance
from souk.provisioning.registry import blueprint


def take_release(scope: Scope, instance: UUID, number: int) -> UUID:
    """Ask for one of the releases that are kept to be live: going back undoes what came after it, and the way forward
    is the same. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoReleases, NotReadyYet, ReleaseMissing.
    """
    with acting(scope):
        row = _publishes(scope, instance)
        known = Publication.objects.filter(instance=row).values_list("releases", flat=True).first() or []
        if number not in [each["number"] for each in known]:
            raise errors.ReleaseMissing(number=number)
        return _once(scope, row, OperationKind.RELEASE, {"number": number})


def stage(scope: Scope, instance: UUID) -> UUID:
    """Ask for the staging copy to be what is live now; what it was before is gone. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoReleases, NotReadyYet.
    """
    with acting(scope):
        return _once(scope, _publishes(scope, instance), OperationKind.STAGE, {})


def publish(scope: Scope, instance: UUID) -> UUID:
    """Ask for the staging copy to be live as a release of its own. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoReleases, NotReadyYet,
        NothingStaged.
    """
    with acting(scope):
        row = _publishes(scope, instance)
        coming = row.operations.filter(kind=OperationKind.STAGE, state__in=OPEN).exists()
        if not coming and not Publication.objects.filter(instance=row, staged_at__isnull=False).exists():
            raise errors.NothingStaged
        return _once(scope, row, OperationKind.PUBLISH, {})


def _publishes(scope: Scope, instance: UUID) -> ServiceInstance:
    row = on_machines(scope, instance)
    if blueprint(row.blueprint).publisher is None:
        raise errors.NoReleases
    if row.ready_at is None:
        raise errors.NotReadyYet(name=row.name)
    return row


def _once(scope: Scope, row: ServiceInstance, kind: OperationKind, details: dict[str, int]) -> UUID:
    """What was asked for last and has not begun is asked for once, however often it is."""
    last = row.operations.filter(state__in=OPEN).order_by("-id").first()
    if last is not None and (last.kind, last.details, last.state) == (kind, details, "queued"):
        return last.id
    return wish(scope, row, kind, details)
