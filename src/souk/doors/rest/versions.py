"""Versions of a service, upgrades tried out and done, and when it is maintained."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router, Schema, Status

from souk.doors.rest.auth import either, member, operator
from souk.doors.rest.operations import Requested
from souk.provisioning import commands
from souk.provisioning import versions as reading
from souk.provisioning.windows import Window

router = Router(tags=["Versions"])


class WindowIn(Schema):
    """From a full hour (0 to 23, by the site's clock) of a weekday (0 is Monday), for 2 to 4 hours. All three, or none:
    then the platform chooses a night.
    """

    weekday: int | None = None
    hour: int | None = None
    hours: int | None = None


class WindowOut(Schema):
    """The maintenance window; whether somebody has `chosen` it; when it opens next, or opened, and closes; and when the
    service is updated in it, if there is something newer.
    """

    weekday: int
    hour: int
    hours: int
    chosen: bool
    zone: str
    opens_at: datetime
    closes_at: datetime
    updated_at: datetime | None


class TargetIn(Schema):
    """The version to go on with."""

    version: str


class UpgradeIn(TargetIn):
    """The version to go on with; now, or in the next maintenance window. The machine that is kept as a way back from an
    earlier restore or upgrade must be given up.
    """

    in_window: bool = False
    give_up_way_back: bool = False


class RehearsalOut(Schema):
    """An upgrade that was tried out; `report` is what came of it: `obstacles`, `extensions` that were raised, how many
    indexes were `sorted` anew, `seconds` of each part, and the checksums of all rows `before` and `after`.
    """

    id: UUID
    version: str
    state: str
    trouble: str
    created_at: datetime
    finished_at: datetime | None
    report: dict[str, Any]


class VersionsOut(Schema):
    """The major version of a service, until when it is mended by its makers, and those there are, the newest first. An
    upgrade can be asked for while `rehearsed_at` is told. `upgrade` is the one that waits until `upgrade_from`, or is
    under way.
    """

    present: str
    ends_on: date | None
    offered: list[reading.VersionRow]
    rehearsed_at: datetime | None
    rehearsals: list[RehearsalOut]
    upgrade: UUID | None
    upgrade_from: datetime | None


@router.get("/services/{service}/versions", response=VersionsOut, operation_id="getVersions")
def versions(request: HttpRequest, service: UUID) -> VersionsOut:
    """A service's version, those that could follow, and what came of trying them out."""
    found = reading.versions(either(request), service)
    rehearsals = [
        RehearsalOut(**{**row.__dict__, "trouble": gettext(row.trouble) if row.trouble else ""})
        for row in found.rehearsals
    ]
    told = {name: getattr(found, name) for name in VersionsOut.model_fields if name != "rehearsals"}
    return VersionsOut(**told, rehearsals=rehearsals)


@router.post("/services/{service}/rehearsals", response={202: Requested}, operation_id="rehearseUpgrade")
def rehearse(request: HttpRequest, service: UUID, body: TargetIn) -> Status[dict[str, Any]]:
    """Try an upgrade out on a copy of the data. Nothing of the service changes."""
    return Status(202, {"operation": commands.rehearse_upgrade(member(request), service, body.version)})


@router.post("/services/{service}/upgrade", response={202: Requested}, operation_id="upgradeService")
def upgrade(request: HttpRequest, service: UUID, body: UpgradeIn) -> Status[dict[str, Any]]:
    """Let the service go on with another major version, after a rehearsal of it succeeded in the last seven days."""
    asked = commands.upgrade_instance(
        member(request), service, body.version, in_window=body.in_window, give_up_way_back=body.give_up_way_back
    )
    return Status(202, {"operation": asked})


@router.get("/services/{service}/window", response=WindowOut, operation_id="getWindow")
def window(request: HttpRequest, service: UUID) -> WindowOut:
    """When a service is maintained."""
    return _window(reading.versions(either(request), service))


@router.put("/services/{service}/window", response=WindowOut, operation_id="setWindow")
def set_window(request: HttpRequest, service: UUID, body: WindowIn) -> WindowOut:
    """Choose when a service is maintained, or leave it to the platform."""
    scope = member(request)
    given = (body.weekday, body.hour, body.hours)
    # One of them left out is no window, and refused as such.
    chosen = None if given == (None, None, None) else Window(*(-1 if each is None else each for each in given))
    commands.change_window(scope, service, chosen)
    return _window(reading.versions(scope, service))


@router.get("/operator/versions", response=list[reading.VersionCount], operation_id="operatorVersions")
def by_version(request: HttpRequest) -> list[reading.VersionCount]:
    """How many services have which major version; the one that ends first leads."""
    return reading.by_version(operator(request))


def _window(found: reading.VersionsRow) -> WindowOut:
    return WindowOut(
        weekday=found.window.weekday,
        hour=found.window.hour,
        hours=found.window.hours,
        chosen=found.window_chosen,
        zone=found.zone,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        updated_at=found.updated_at,
    )
