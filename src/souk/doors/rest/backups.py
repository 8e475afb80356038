"""Backups of a service, and new services restored from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Header, Router, Schema, Status

from souk.doors.rest.auth import either, member
from souk.doors.rest.operations import Requested
from souk.doors.rest.services import Ordered
from souk.ordering.commands import RestoreDetails, restore
from souk.provisioning import commands, queries
from souk.provisioning.contract import BackupKind

router = Router(tags=["Backups"])


class BackupIn(Schema):
    """Everything (`full`), or what changed since the last full backup (`differential`)."""

    kind: BackupKind = BackupKind.DIFFERENTIAL


class RestoreIn(Schema):
    """The new service's name, the instant whose data it begins with (default: the last) or the snapshot, its plan (the
    same), and how many gibibytes of disk it has beyond it (as many). Where no `any_instant` will do, it is one at which
    a backup had finished.
    """

    name: str
    until: datetime | None = None
    plan: str = ""
    extra_gib: int | None = None
    snapshot: UUID | None = None


class InPlaceIn(Schema):
    """The instant whose data is to come back; where no `any_instant` will do, one at which a backup had finished. The
    state before an earlier restore, if it is kept, must be given up.
    """

    until: datetime
    give_up_way_back: bool = False


@router.get("/services/{service}/backups", response=queries.BackupsRow, operation_id="listBackups")
def backups(request: HttpRequest, service: UUID) -> queries.BackupsRow:
    """A service's backups, newest first, and the earliest instant it can be restored to."""
    found = queries.backups(either(request), service)
    return replace(found, unproved=gettext(found.unproved)) if found.unproved else found


@router.post("/services/{service}/backups", response={202: Requested}, operation_id="createBackup")
def create(request: HttpRequest, service: UUID, body: BackupIn) -> Status[dict[str, Any]]:
    """Make a backup now, beside those that are made by themselves."""
    return Status(202, {"operation": commands.back_up_instance(member(request), service, body.kind)})


@router.post("/services/{service}/backups/proof", response={202: Requested}, operation_id="proveBackups")
def prove(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Try a restore out now, on a machine that is thrown away, beside the weekly ones."""
    return Status(202, {"operation": commands.prove_backups(member(request), service)})


@router.post("/services/{service}/restore", response={201: Ordered}, operation_id="restoreService")
def restore_(
    request: HttpRequest, service: UUID, body: RestoreIn, idempotency_key: Header[str | None] = None
) -> Status[dict[str, Any]]:
    """Order a new service that begins with this one's data, as it was at an instant. This one is left as it is."""
    details = RestoreDetails(service, body.name, body.until, body.plan, body.extra_gib, body.snapshot)
    return Status(201, {"order": restore(member(request), details, key=idempotency_key)})


@router.post("/services/{service}/restore/in-place", response={202: Requested}, operation_id="restoreInPlace")
def restore_in_place(request: HttpRequest, service: UUID, body: InPlaceIn) -> Status[dict[str, Any]]:
    """Let the service go on with its data as it was at an instant. Its name stays, its address becomes another one; it
    can be undone for a day.
    """
    asked = commands.restore_in_place(member(request), service, body.until, give_up_way_back=body.give_up_way_back)
    return Status(202, {"operation": asked})


@router.post("/services/{service}/restore/undo", response={202: Requested}, operation_id="undoRestore")
def undo_restore(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Let the service go on with what it had before it was restored in place."""
    return Status(202, {"operation": commands.undo_restore(member(request), service)})
