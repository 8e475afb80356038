"""Bindings: named credentials of a service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest.auth import either, member
from souk.doors.rest.services import Requested
from souk.provisioning import commands, queries

router = Router(tags=["Bindings"])


class BindingIn(Schema):
    """The name of new credentials: lowercase letters, digits and underscores."""

    name: str


class RotationIn(Schema):
    """How many hours the former credentials work on; by default as the platform sets it."""

    overlap_hours: float | None = None


@router.get("/services/{service}/bindings", response=list[queries.BindingRow], operation_id="listBindings")
def bindings(request: HttpRequest, service: UUID) -> list[queries.BindingRow]:
    """The credentials of a service, without passwords."""
    scope = either(request)
    queries.service(scope, service)
    return queries.bindings(scope, service)


@router.post("/services/{service}/bindings", response={202: Requested}, operation_id="createBinding")
def create(request: HttpRequest, service: UUID, body: BindingIn) -> Status[dict[str, Any]]:
    """Make credentials for one more consumer. `revealCredentials` shows them once they work."""
    return Status(202, {"operation": commands.create_binding(member(request), service, body.name)})


@router.post("/services/{service}/bindings/{name}/rotate", response={202: Requested}, operation_id="rotateBinding")
def rotate(request: HttpRequest, service: UUID, name: str, body: RotationIn) -> Status[dict[str, Any]]:
    """Replace credentials; the former ones work on for the overlap."""
    # Bounded, because what no duration can hold is too long all the same.
    overlap = None if body.overlap_hours is None else timedelta(hours=max(-1.0, min(body.overlap_hours, 1e6)))
    return Status(202, {"operation": commands.rotate_binding(member(request), service, name, overlap)})


@router.delete("/services/{service}/bindings/{name}", response={202: Requested}, operation_id="revokeBinding")
def revoke(request: HttpRequest, service: UUID, name: str) -> Status[dict[str, Any]]:
    """Make credentials work no more and end their connections."""
    return Status(202, {"operation": commands.revoke_binding(member(request), service, name)})
