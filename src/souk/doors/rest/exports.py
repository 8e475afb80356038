"""A service's data in an open format."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Router, Schema, Status

from souk.doors.downloads import send_export
from souk.doors.rest.auth import either, member
from souk.doors.rest.document import file
from souk.doors.rest.operations import Requested
from souk.provisioning import commands, queries

router = Router(tags=["Exports"])


class ExportIn(Schema):
    """The database whose schema and data are wanted."""

    database: str


@router.get("/services/{service}/exports", response=list[queries.ExportRow], operation_id="listExports")
def exports(request: HttpRequest, service: UUID) -> list[queries.ExportRow]:
    """The files that can be downloaded, and those that are being written (without a size), newest first."""
    return queries.exports(either(request), service)


@router.post("/services/{service}/exports", response={202: Requested}, operation_id="createExport")
def create(request: HttpRequest, service: UUID, body: ExportIn) -> Status[dict[str, Any]]:
    """Write a database, as it is at one instant, into a file in an open format. The service goes on meanwhile."""
    return Status(202, {"operation": commands.export_database(member(request), service, body.database)})


@router.get(
    "/services/{service}/exports/{export}/file",
    operation_id="downloadExport",
    openapi_extra=file("application/gzip", in_parts=True),
)
def download(request: HttpRequest, service: UUID, export: UUID) -> HttpResponseBase:
    """The file itself. `Range: bytes=N-` gets the rest of it after a download that was cut."""
    return send_export(request, member(request), service, export)


@router.delete("/services/{service}/exports/{export}", response={204: None}, operation_id="deleteExport")
def delete(request: HttpRequest, service: UUID, export: UUID) -> Status[None]:
    """Delete a file before it expires."""
    commands.delete_export(member(request), service, export)
    return Status(204, None)
