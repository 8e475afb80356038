"""Which machines are of an older image than new ones would be, and when they are updated by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from souk.kernel import clock
from souk.kernel.scope import Scope, acting
from souk.provisioning import registry
from souk.provisioning.maintaining import opening_of
from souk.provisioning.models import Desired, Image, InstanceState, Machine, MachineRole, ServiceInstance
from souk.provisioning.windows import Opening

NOTICE = timedelta(hours=36)
"""A customer is told this long before."""


def outdated() -> QuerySet[Machine]:
    """Machines that serve and for which there is a newer image: known of both, and not the same."""
    newest = Image.objects.filter(site_id=OuterRef("site_id"), alias=OuterRef("image"))
    serving = Machine.objects.filter(deleted_at__isnull=True, role__in=[MachineRole.PRIMARY, MachineRole.MEMBER])
    return serving.exclude(fingerprint="").filter(Exists(newest.exclude(fingerprint=OuterRef("fingerprint"))))


@dataclass(frozen=True)
class Plan:
    """A service that will be updated when its window opens, to the image that there is `since` then."""

    instance: UUID
    organization: UUID
    name: str
    fingerprint: str
    opens: Opening


def plans(scope: Scope, instance: UUID | None = None) -> list[Plan]:
    """Every service that runs and for which there is a newer image, or that one, and when it is updated."""
    with acting(scope):
        newest = Image.objects.filter(site_id=OuterRef("site_id"), alias=OuterRef("image"))
        behind = outdated() if instance is None else outdated().filter(instance_id=instance)
        told = behind.annotate(
            newest=Subquery(newest.values("fingerprint")), newest_since=Subquery(newest.values("since"))
        )
        found = told.values_list("instance_id", "newest", "newest_since")
        images = {identifier: (fingerprint, since) for identifier, fingerprint, since in found}
        rows = ServiceInstance.objects.filter(id__in=images, desired=Desired.RUNNING, state=InstanceState.READY)
        return [
            Plan(row.id, row.organization_id, row.name, images[row.id][0], _planned(row, images[row.id][1]))
            for row in rows
            if registry.blueprint(row.blueprint).succession is not None
        ]


def _planned(row: ServiceInstance, since: datetime) -> Opening:
    """The opening of the service's window that is, or comes next, and begins no earlier than the notice is over."""
    earliest = since + NOTICE
    opens = opening_of(row, max(earliest, clock.now()))
    return opens if opens.begins >= earliest else opening_of(row, opens.ends)
