"""Logs of services and their slowest queries. Both may hold what a customer's program wrote: for members only."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from souk.doors.rest.auth import member
from souk.doors.rest.document import file
from souk.kernel import clock
from souk.monitoring.logs import export, queries
from souk.monitoring.logs.queries import LogSearch
from souk.monitoring.updates import UpdatesRow, updates
from souk.provisioning.queries import service as find_service

router = Router(tags=["Logs"])


class Format(StrEnum):
    """How a log is written into a file."""

    TEXT = "text"
    NDJSON = "ndjson"


class Wanted(Schema):
    """Lines of a period (by default the last day), with a text in them, or errors only."""

    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    errors: bool = False

    def search(self, *, limit: int, after: int | None = None) -> LogSearch:
        """As the query wants it."""
        until = self.until or clock.now()
        return LogSearch(self.since or until - timedelta(days=1), until, self.text, self.errors, after, limit)


@router.get("/services/{service}/logs", response=list[queries.LogRow], operation_id="getLogs")
def logs(
    request: HttpRequest,
    service: UUID,
    wanted: Query[Wanted],
    after: int | None = None,
    limit: Annotated[int, Field(ge=1, le=1000)] = 200,
) -> list[queries.LogRow]:
    """The newest lines of a service's log, oldest first; or, to follow it, those that came `after` a line's id."""
    scope = member(request)
    find_service(scope, service)
    return queries.lines(scope, service, wanted.search(limit=limit, after=after))


@router.get(
    "/services/{service}/logs/export",
    operation_id="exportLogs",
    openapi_extra=file("text/plain", "application/x-ndjson"),
)
def export_logs(
    request: HttpRequest, service: UUID, wanted: Query[Wanted], format: Format = Format.TEXT
) -> HttpResponse:
    """The newest 50,000 lines of a service's log that are wanted, as a file."""
    scope = member(request)
    row = find_service(scope, service)
    file = export.FORMATS[format](queries.lines(scope, service, wanted.search(limit=export.MOST)))
    response = HttpResponse(file.content, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{row.label}.{file.ending}"'
    return response


@router.get("/services/{service}/updates", response=UpdatesRow, operation_id="getUpdates")
def machine_updates(request: HttpRequest, service: UUID) -> UpdatesRow:
    """Which of Debian's updates wait in a machine, asked for every three hours."""
    scope = member(request)
    find_service(scope, service)
    return updates(scope, service)


@router.get("/services/{service}/statements", response=queries.StatementsRow, operation_id="getSlowStatements")
def statements(request: HttpRequest, service: UUID) -> queries.StatementsRow:
    """The kinds of query that took longest in all, constants taken out, asked for every five minutes."""
    scope = member(request)
    find_service(scope, service)
    return queries.statements(scope, service)
