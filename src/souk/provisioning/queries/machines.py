"""The machines that carry services, and what they run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning.models import (
    Image,
    Machine,
    MachineRole,
)
from souk.provisioning.queries.services import service
from souk.provisioning.registry import blueprint
from souk.provisioning.releases import outdated


@dataclass(frozen=True)
class MachineRow:
    """A machine of a service; the primary one carries it. One that waits for an order (warm) has no service yet.
    `host` is empty while nobody knows where it stands.
    """

    name: str
    address: str
    instance_id: UUID | None
    image: str
    role: str
    host: str
    created_at: datetime


@dataclass(frozen=True)
class ReleaseRow:
    """What a service's software says it is, and the fingerprint of the image it runs from; of several machines, the
    oldest. Newer ones come with an update if one is `available`; what is not known is empty. `updatable` is whether
    services of its kind can be updated at all.
    """

    version: str
    image: str
    newest_version: str
    newest_image: str
    newest_since: datetime | None
    available: bool
    updatable: bool


@dataclass(frozen=True)
class CrewRow:
    """One of the machines of a highly available service; `duty` is what it was last seen to do."""

    number: int
    name: str
    duty: str
    created_at: datetime


def machines(scope: Scope) -> list[MachineRow]:
    """Every machine that should exist."""
    with acting(scope):
        rows = Machine.objects.filter(deleted_at__isnull=True).order_by("name")
        return [MachineRow(*row) for row in rows.values_list(*MachineRow.__dataclass_fields__)]


def members(scope: Scope, instance: UUID) -> list[CrewRow]:
    """The machines that run a service together, by number; none for a service on one machine.

    Raises:
        NotFound.
    """
    service(scope, instance)
    with acting(scope):
        rows = Machine.objects.filter(instance_id=instance, role=MachineRole.MEMBER, deleted_at__isnull=True)
        return [CrewRow(*row) for row in rows.order_by("number").values_list(*CrewRow.__dataclass_fields__)]


def release(scope: Scope, instance: UUID) -> ReleaseRow:
    """What a service runs, and whether there is something newer.

    Raises:
        NotFound.
    """
    kind = blueprint(service(scope, instance).blueprint)
    with acting(scope):
        serving = Machine.objects.filter(
            instance_id=instance, deleted_at__isnull=True, role__in=[MachineRole.PRIMARY, MachineRole.MEMBER]
        )
        behind = outdated().filter(instance_id=instance).order_by("number")
        shown = behind.first() or serving.order_by("number").first()
        newest = None
        if shown is not None:
            newest = Image.objects.filter(site_id=shown.site_id, alias=shown.image).first()
        available = behind.exists()
    return ReleaseRow(
        version=shown.version if shown else "",
        image=shown.fingerprint if shown else "",
        newest_version=_of_major(newest.version, shown.version) if newest and shown else "",
        newest_image=newest.fingerprint if newest else "",
        newest_since=newest.since if newest else None,
        available=available and kind.succession is not None,
        updatable=kind.succession is not None,
    )


def _of_major(versions: str, present: str) -> str:
    """Of an image's versions the one with the same major version as the present one, or else the first."""
    found, major = versions.split(), present.partition(".")[0]
    return next((each for each in found if each.partition(".")[0] == major), found[0] if found else "")
