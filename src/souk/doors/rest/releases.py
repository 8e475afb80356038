"""Releases of what a service shows, and the copy on which things are tried out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from souk.doors.rest.auth import either, member
from souk.doors.rest.operations import Requested
from souk.provisioning import commands, queries

router = Router(tags=["Releases"])


@router.get("/services/{service}/releases", response=queries.PublicationRow, operation_id="listReleases")
def releases(request: HttpRequest, service: UUID) -> queries.PublicationRow:
    """The releases that are kept, newest first, and the staging copy. What was pushed is here within a minute."""
    return queries.releases(either(request), service)


@router.post("/services/{service}/releases/{number}/live", response={202: Requested}, operation_id="takeRelease")
def take(request: HttpRequest, service: UUID, number: int) -> Status[dict[str, Any]]:
    """Have one of the releases be live, at one instant: this undoes a deployment, and undoes the undoing."""
    return Status(202, {"operation": commands.take_release(member(request), service, number)})


@router.post("/services/{service}/staging", response={202: Requested}, operation_id="stage")
def stage(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Copy what is live, with its data, to the staging copy. What that was before is gone."""
    return Status(202, {"operation": commands.stage(member(request), service)})


@router.post("/services/{service}/staging/publish", response={202: Requested}, operation_id="publishStaging")
def publish(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Have the staging copy be live as a release of its own. The data that is live stays."""
    return Status(202, {"operation": commands.publish(member(request), service)})
