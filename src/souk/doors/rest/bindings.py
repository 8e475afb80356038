"""Bindings: named credentials of a service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest.auth import either, member
from souk.doors.rest.operations import Requested
from souk.provisioning import commands, queries
from souk.provisioning.contract import BindingRole

router = Router(tags=["Bindings"])


class EntitlementIn(Schema):
    """What credentials are good for: a role, in a database (default: the first)."""

    role: BindingRole = BindingRole.OWNER
    database: str = ""


class BindingIn(EntitlementIn):
    """The name of new credentials: lowercase letters, digits and underscores; and what they are good for. `parameters`
    are for the vendor of a service that is produced elsewhere.
    """

    name: str
    parameters: dict[str, Any] = {}


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
    asked = commands.create_binding(member(request), service, body.name, body.role, body.database, body.parameters)
    return Status(202, {"operation": asked})


@router.patch("/services/{service}/bindings/{name}", response={202: Requested}, operation_id="changeBinding")
def change(request: HttpRequest, service: UUID, name: str, body: EntitlementIn) -> Status[dict[str, Any]]:
    """Let credentials be good for another role or another database; whoever uses them is cut off once."""
    asked = commands.change_binding(member(request), service, name, body.role, body.database)
    return Status(202, {"operation": asked})


@router.post("/services/{service}/bindings/{name}/reset", response={202: Requested}, operation_id="resetBinding")
def reset(request: HttpRequest, service: UUID, name: str) -> Status[dict[str, Any]]:
    """Give the user another password at once, under the same name; whoever uses it is cut off."""
    return Status(202, {"operation": commands.reset_binding(member(request), service, name)})


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
