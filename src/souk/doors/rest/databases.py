"""Databases of a service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest.auth import either, member
from souk.doors.rest.operations import Requested
from souk.provisioning import commands, queries

router = Router(tags=["Databases"])


class DatabaseIn(Schema):
    """The name of a new database: lowercase letters, digits and underscores."""

    name: str


@router.get("/services/{service}/databases", response=list[queries.DatabaseRow], operation_id="listDatabases")
def databases(request: HttpRequest, service: UUID) -> list[queries.DatabaseRow]:
    """The databases of a service, each with the credentials that sign in to it."""
    return queries.databases(either(request), service)


@router.post("/services/{service}/databases", response={202: Requested}, operation_id="createDatabase")
def create(request: HttpRequest, service: UUID, body: DatabaseIn) -> Status[dict[str, Any]]:
    """Make one more database."""
    return Status(202, {"operation": commands.create_database(member(request), service, body.name)})


@router.delete("/services/{service}/databases/{name}", response={202: Requested}, operation_id="deleteDatabase")
def delete(request: HttpRequest, service: UUID, name: str) -> Status[dict[str, Any]]:
    """Delete a database with all that is in it, and end whatever uses it. Backups made before still hold it."""
    return Status(202, {"operation": commands.drop_database(member(request), service, name)})
