"""REST v1: OpenAPI 3.1, problem details, cursors, ETags, idempotency keys, over the rooms' commands and queries."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer

from souk import __version__
from souk.doors.rest import (
    access,
    alerts,
    backups,
    balance,
    bindings,
    brokers,
    connecting,
    databases,
    exports,
    hosts,
    invoices,
    logs,
    market,
    monitoring,
    names,
    networks,
    operations,
    operator,
    orders,
    parties,
    reach,
    releases,
    services,
    sessions,
    snapshots,
    stacks,
    versions,
    zones,
)
from souk.doors.rest.auth import bearer
from souk.doors.rest.document import completed
from souk.kernel.errors import Problem, Unavailable
from souk.kernel.scope import request_id

log = structlog.get_logger("souk.rest")
PROBLEM_BASE = "urn:souk:problem:"


class _Json(BaseRenderer):
    """JSON by msgspec: decimals as strings, times in ISO 8601."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        del request, response_status
        return msgspec.json.encode(data)


class _NoDocs(DocsBase):
    """The document is served; a browser for it would need scripts that our Content-Security-Policy refuses."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        del request, api, kwargs
        return HttpResponse(status=404)


class _Api(NinjaAPI):
    """Served outside Django's own URLconf, so its root is said here instead of being reversed."""

    def get_root_path(self, path_params: dict[str, Any]) -> str:
        del path_params
        return "/api/v1/"

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        return cast(OpenAPISchema, completed(document))


api = _Api(
    title="Souk",
    version=__version__,
    description="Market places, orders, managed services, usage and invoices of a sovereign cloud.",
    auth=bearer,
    renderer=_Json(),
    docs=_NoDocs(),
    docs_url=None,
    urls_namespace="rest",
)
for prefix, router in (
    ("", sessions.router),
    ("", parties.router),
    ("", market.router),
    ("", orders.router),
    ("", services.router),
    ("", operations.router),
    ("", connecting.router),
    ("", bindings.router),
    ("", databases.router),
    ("", access.router),
    ("", names.router),
    ("", zones.router),
    ("", networks.router),
    ("", reach.router),
    ("", balance.router),
    ("", backups.router),
    ("", exports.router),
    ("", releases.router),
    ("", snapshots.router),
    ("", versions.router),
    ("", monitoring.router),
    ("", alerts.router),
    ("", logs.router),
    ("", invoices.router),
    ("", brokers.router),
    ("", stacks.router),
    ("/operator", operator.router),
    ("/operator", hosts.router),
    ("/operator", reach.ranges),
):
    api.add_router(prefix, router)


def problem_response(
    status: int,
    code: str,
    title: str,
    *,
    field: str | None = None,
    faults: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    """A problem as RFC 9457 wants it."""
    body: dict[str, Any] = {"type": PROBLEM_BASE + code, "status": status, "title": title}
    if field:
        body["field"] = field
    if faults:
        body["faults"] = faults
    if identifier := request_id():
        body["request_id"] = identifier
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type="application/problem+json")
    if status == 503:
        response["Retry-After"] = "5"
    if status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    del request
    return problem_response(error.status, error.code, error.sentence, field=error.field)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    del request
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"][2:]), "reason": fault["msg"]} for fault in error.errors
    ]
    title = Malformed().sentence
    return problem_response(422, "malformed", title, field=faults[0]["field"] if faults else None, faults=faults)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return problem_response(error.status_code, "malformed", str(error))


@api.exception_handler(DatabaseError)
def _database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    log.error("database failed", path=request.path_info, error=str(error)[:500])
    return problem_response(503, "unavailable", Unavailable().sentence)


class Malformed(Problem):
    """The request does not have the documented form. Correct what is named and send it again."""

    status = 422
