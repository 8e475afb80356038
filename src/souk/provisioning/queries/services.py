"""Service instances as lists and pages show them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning.errors import PartOfStack
from souk.provisioning.models import OPEN, Operation, OperationKind, ServiceInstance


@dataclass(frozen=True)
class ServiceRow:
    """A service instance as lists show it; memory and disk in bytes, of each of its members. `extra_disk` is the part
    of the disk beyond the plan, `grow_to` how large it may become by itself. One that is produced elsewhere or
    made of others (a stack) has a `plan_id` of the catalogue's, and no size; what was made for a stack is `part_of` it,
    which calls it `part`.
    """

    id: UUID
    organization_id: UUID
    project_id: UUID
    region_code: str
    blueprint: str
    name: str
    label: str
    parameters: dict[str, Any]
    plan_id: UUID | None
    part_of: UUID | None
    part: str
    vcpus: int
    memory: int
    disk: int
    members: int
    extra_disk: int
    grow_to: int | None
    growth_refused_at: datetime | None
    desired: str
    state: str
    trouble: str
    protected: bool
    suspension: str
    suspension_note: str
    generation: int
    observed_generation: int
    created_at: datetime
    ready_at: datetime | None
    deletion_accepted_at: datetime | None
    erase_at: datetime | None
    deleted_at: datetime | None
    hostname: str | None
    address: str | None
    port: int | None
    certificate_expires_at: datetime | None


_FIELDS = (
    *[name for name in ServiceRow.__dataclass_fields__ if name not in {"hostname", "address", "port"}][:-1],
    "endpoint__hostname",
    "endpoint__address",
    "endpoint__port",
    "endpoint__certificate_expires_at",
)


def services(
    scope: Scope,
    *,
    organization: UUID | None = None,
    project: UUID | None = None,
    with_deleted: bool = False,
    after: UUID | None = None,
    limit: int = 50,
) -> list[ServiceRow]:
    """Service instances, newest first, one statement."""
    with acting(scope):
        rows = ServiceInstance.objects.order_by("-id")
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        if project is not None:
            rows = rows.filter(project_id=project)
        if not with_deleted:
            rows = rows.filter(deleted_at__isnull=True)
        if after is not None:
            rows = rows.filter(id__lt=after)
        return [ServiceRow(*row) for row in rows.values_list(*_FIELDS)[:limit]]


def service(scope: Scope, identifier: UUID) -> ServiceRow:
    """One service instance.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=identifier).values_list(*_FIELDS).first()
    if row is None:
        raise NotFound
    return ServiceRow(*row)


def parts(scope: Scope, stack: UUID) -> list[ServiceRow]:
    """What a stack is made of, erased parts too once the stack is, in the order in which they were made."""
    with acting(scope):
        rows = ServiceInstance.objects.filter(part_of=stack).order_by("id")
        return [ServiceRow(*row) for row in rows.values_list(*_FIELDS)]


def names(scope: Scope, services: Collection[UUID]) -> dict[UUID, str]:
    """What service instances are called."""
    with acting(scope):
        return dict(ServiceInstance.objects.filter(id__in=services).values_list("id", "name"))


def keeps_for_grace(scope: Scope, row: ServiceRow) -> bool:
    """Whether a service that is deleted is kept for the days of grace: it ran once, and nothing of it is produced
    elsewhere.
    """
    if row.ready_at is None or not settings.DELETION_GRACE:
        return False
    if row.plan_id is None:
        return True
    made_of = parts(scope, row.id)
    return bool(made_of) and all(part.plan_id is None for part in made_of)


def bought_by_itself(scope: Scope, identifier: UUID) -> None:
    """Refuse what is done to what was bought, for a part of a stack.

    Raises:
        NotFound, PartOfStack.
    """
    row = service(scope, identifier)
    if row.part_of is not None:
        raise PartOfStack(name=row.name, stack=service(scope, row.part_of).name)


def asked_parameters(scope: Scope, identifier: UUID) -> dict[str, Any]:
    """A service's parameters as they were asked for last, reached or not: what changes them begins with.

    Raises:
        NotFound.
    """
    parameters = service(scope, identifier).parameters
    with acting(scope):
        asked = Operation.objects.filter(instance_id=identifier, state__in=OPEN, kind=OperationKind.CONFIGURE)
        for details in asked.order_by("id").values_list("details", flat=True):
            parameters = {**parameters, **details["parameters"]}
    return parameters


def service_counts(scope: Scope) -> dict[str, int]:
    """How many service instances there are in each state; deleted ones are left out."""
    with acting(scope):
        rows = ServiceInstance.objects.filter(deleted_at__isnull=True).values_list("state").annotate(Count("id"))
        return dict(rows.order_by("state"))


def troubled(scope: Scope, *, limit: int = 20) -> list[ServiceRow]:
    """Service instances that something keeps from what is desired, newest first; `trouble` says what."""
    with acting(scope):
        rows = ServiceInstance.objects.exclude(trouble="").filter(deleted_at__isnull=True).order_by("-id")
        return [ServiceRow(*row) for row in rows.values_list(*_FIELDS)[:limit]]
