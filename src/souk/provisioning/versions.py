"""What reads of versions: which one a service has, until when it is mended, what could follow, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning import registry, releases
from souk.provisioning.commands.maintenance import rehearsed
from souk.provisioning.contract import VERSION, Version
from souk.provisioning.maintaining import opening_of, version_of, window_of
from souk.provisioning.models import Desired, Operation, OperationKind, ServiceInstance
from souk.provisioning.windows import Window
from souk.sites.queries import site


@dataclass(frozen=True)
class VersionRow:
    """A major version; its makers mend it up to `ends_on`. `newer`: the service could go on with it."""

    number: str
    ends_on: date
    source: str
    newer: bool


@dataclass(frozen=True)
class RehearsalRow:
    """An upgrade that was tried out, or is; `report` is what came of it."""

    id: UUID
    version: str
    state: str
    trouble: str
    created_at: datetime
    finished_at: datetime | None
    report: dict[str, Any]


@dataclass(frozen=True)
class VersionsRow:
    """A service's major version, empty if its kind has none; those there are, the newest first; rehearsals, the newest
    first, and when one last succeeded that still counts; an upgrade that waits or is under way; the maintenance window,
    whether its customer chose it, and when it opens next, in `zone`; when the service is `updated_at` the latest, if
    there is a newer image.
    """

    present: str
    ends_on: date | None
    offered: list[VersionRow]
    rehearsals: list[RehearsalRow]
    rehearsed_at: datetime | None
    upgrade_from: datetime | None
    upgrade: UUID | None
    window: Window
    window_chosen: bool
    opens_at: datetime
    closes_at: datetime
    zone: str
    updated_at: datetime | None


@dataclass(frozen=True)
class VersionCount:
    """How many services have a major version; 0 where nobody does."""

    blueprint: str
    version: str
    ends_on: date
    services: int


def versions(scope: Scope, instance: UUID) -> VersionsRow:
    """What there is to know of a service's version.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=instance).first()
        if row is None:
            raise NotFound
        tried = Operation.objects.filter(instance=row, kind=OperationKind.REHEARSE).order_by("-id")
        upgrading = Operation.objects.filter(instance=row, kind=OperationKind.UPGRADE, state__in=("queued", "running"))
        asked = upgrading.values_list("id", "not_before", "created_at").first()
        present = version_of(row)
        offered = _offered(row.blueprint)
        newer = [each.number for each in offered]
        newer = newer[: newer.index(present)] if present in newer and row.members == 1 else []
        opens = opening_of(row, clock.now())
        return VersionsRow(
            present=present,
            ends_on=next((each.ends_on for each in offered if each.number == present), None),
            offered=[VersionRow(each.number, each.ends_on, each.source, each.number in newer) for each in offered],
            rehearsals=[_rehearsal(each) for each in tried[:10]],
            rehearsed_at=max(filter(None, (rehearsed(row, number) for number in newer)), default=None),
            upgrade=asked[0] if asked else None,
            upgrade_from=(asked[1] or asked[2]) if asked else None,
            window=window_of(row),
            window_chosen=row.maintenance is not None,
            opens_at=opens.begins,
            closes_at=opens.ends,
            zone=site(row.site_id).fiscal_zone,
            updated_at=next((plan.opens.begins for plan in releases.plans(scope, row.id)), None),
        )


@dataclass(frozen=True)
class Ending:
    """A service whose version is mended by its makers up to a day, though there is a newer one."""

    instance: UUID
    organization: UUID
    name: str
    version: str
    newest: str
    ends_on: date


def endings(scope: Scope) -> list[Ending]:
    """Every service that has an older version than the newest of its kind; deleted ones are left out."""
    older = {(key, each.number): each for key in registry.blueprints() for each in _offered(key)[1:]}
    with acting(scope):
        alive = ServiceInstance.objects.filter(desired__in=[Desired.RUNNING, Desired.STOPPED])
        rows = alive.values_list("id", "organization_id", "name", "blueprint", f"parameters__{VERSION}")
        found = [(*row[:3], row[3], str(row[4])) for row in rows]
    return [
        Ending(instance, organization, name, version, _offered(key)[0].number, older[key, version].ends_on)
        for instance, organization, name, key, version in found
        if (key, version) in older
    ]


def by_version(scope: Scope) -> list[VersionCount]:
    """How many services have which major version, of each kind that has several; the one that ends first leads."""
    with acting(scope):
        alive = ServiceInstance.objects.filter(deleted_at__isnull=True)
        rows = alive.values_list("blueprint", f"parameters__{VERSION}").annotate(Count("id")).order_by()
        counted = {(key, str(number)): count for key, number, count in rows}
    found = [
        VersionCount(key, each.number, each.ends_on, counted.get((key, each.number), 0))
        for key in registry.blueprints()
        for each in _offered(key)
    ]
    return sorted(found, key=lambda row: (row.ends_on, row.blueprint))


def _offered(key: str) -> list[Version]:
    upgrader = registry.blueprint(key).upgrader
    return list(upgrader.versions) if upgrader else []


def _rehearsal(row: Operation) -> RehearsalRow:
    return RehearsalRow(
        row.id, str(row.details["version"]), row.state, row.trouble, row.created_at, row.finished_at, row.result
    )
