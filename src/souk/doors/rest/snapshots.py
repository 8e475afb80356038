"""Snapshots of a machine's disk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest.auth import either, member
from souk.doors.rest.operations import Requested
from souk.provisioning import commands, queries

router = Router(tags=["Snapshots"])


class SnapshotIn(Schema):
    """What the snapshot is called: 1 to 63 characters on one line."""

    name: str


@router.get("/services/{service}/snapshots", response=queries.SnapshotsRow, operation_id="listSnapshots")
def snapshots(request: HttpRequest, service: UUID) -> queries.SnapshotsRow:
    """What is kept, newest first, and how many the plan keeps."""
    return queries.snapshots(either(request), service)


@router.post("/services/{service}/snapshots", response={202: Requested}, operation_id="takeSnapshot")
def take(request: HttpRequest, service: UUID, body: SnapshotIn) -> Status[dict[str, Any]]:
    """Keep the disk as it is, as a power cut would leave it. The service goes on meanwhile."""
    return Status(202, {"operation": commands.take_snapshot(member(request), service, body.name)})


@router.post("/services/{service}/snapshots/{snapshot}/restore", response={202: Requested}, operation_id="rollBack")
def roll_back(request: HttpRequest, service: UUID, snapshot: UUID) -> Status[dict[str, Any]]:
    """Have the service's disk be what it was: it stops for some seconds, and what was written since is gone."""
    return Status(202, {"operation": commands.roll_back(member(request), service, snapshot)})


@router.delete("/services/{service}/snapshots/{snapshot}", response={202: Requested}, operation_id="deleteSnapshot")
def delete(request: HttpRequest, service: UUID, snapshot: UUID) -> Status[dict[str, Any]]:
    """Delete a snapshot; the service and its other snapshots stay as they are."""
    return Status(202, {"operation": commands.delete_snapshot(member(request), service, snapshot)})
