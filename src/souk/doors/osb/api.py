"""The Open Service Broker API 2.17, over our own commands: any platform that speaks it orders from a market place.

Specification: openservicebrokerapi.org, `spec.md` of v2.17. One broker for each market place and region:
`/osb/MARKETPLACE/REGION/v2/...`, since the protocol knows neither.
"""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import NinjaAPI, Query, Schema
from ninja.errors import HttpError, ValidationError

from souk.doors.osb import bindings, catalog, errors, instances
from souk.doors.osb.auth import basic, buyer
from souk.doors.osb.instances import Answer, Place, Wish
from souk.kernel.errors import Problem, Unavailable
from souk.sites.queries import regions
from souk.ui.format import language

log = structlog.get_logger("souk.osb")
_AFTER = "2"
"""Seconds that a platform waits between two polls, unless it knows better."""

_IDENTITY = "X-Broker-API-Request-Identity"

api = NinjaAPI(
    title="Souk: Open Service Broker", version="2.17", auth=basic, docs_url=None, openapi_url=None, urls_namespace="osb"
)

_INSTANCE = "/{marketplace}/{region}/v2/service_instances/{key}"
_BINDING = _INSTANCE + "/service_bindings/{binding}"


class Maintenance(Schema):
    """The version that the platform's catalogue says a plan has."""

    version: str


class OrderIn(Schema):
    """What a platform orders. What else it says of itself is in `context`."""

    service_id: str
    plan_id: str
    parameters: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    maintenance_info: Maintenance | None = None

    def wish(self) -> Wish:
        """In this door's words."""
        name = (self.context or {}).get("instance_name", "")
        version = self.maintenance_info.version if self.maintenance_info else ""
        named = name if isinstance(name, str) else ""
        return Wish(self.service_id.lower(), self.plan_id.lower(), self.parameters or {}, named, version)


class ChangeIn(OrderIn):
    """What is to be otherwise. Without a plan, the present one."""

    plan_id: str = ""


class BindIn(Schema):
    """What credentials are to be good for."""

    service_id: str
    plan_id: str
    parameters: dict[str, Any] | None = None


class Meant(Schema):
    """What must be said with a deletion, though the id alone says it."""

    service_id: str
    plan_id: str
    accepts_incomplete: bool = False


@api.get("/{marketplace}/{region}/v2/catalog")
def get_catalog(request: HttpRequest, marketplace: str, region: str) -> HttpResponse:
    """What is for sale."""
    _place(marketplace, region)
    return _said(request, 200, catalog.catalog(marketplace, language()))


@api.put(_INSTANCE)
def provision(
    request: HttpRequest, marketplace: str, region: str, key: str, body: OrderIn, accepts_incomplete: bool = False
) -> HttpResponse:
    """Order a service."""
    place = _place(marketplace, region)
    answer = instances.provision(buyer(request), place, _key(key), body.wish(), may_wait=accepts_incomplete)
    return _answered(request, answer)


@api.patch(_INSTANCE)
def update(
    request: HttpRequest, marketplace: str, region: str, key: str, body: ChangeIn, accepts_incomplete: bool = False
) -> HttpResponse:
    """Change a service."""
    place = _place(marketplace, region)
    answer = instances.update(buyer(request), place, key, body.wish(), may_wait=accepts_incomplete)
    return _answered(request, answer)


@api.delete(_INSTANCE)
def deprovision(request: HttpRequest, marketplace: str, region: str, key: str, meant: Query[Meant]) -> HttpResponse:
    """Delete a service."""
    _place(marketplace, region)
    answer = instances.deprovision(buyer(request), key, may_wait=meant.accepts_incomplete)
    return _said(request, answer.status, {"operation": answer.operation})


@api.get(_INSTANCE)
def fetch(request: HttpRequest, marketplace: str, region: str, key: str) -> HttpResponse:
    """A service as it is."""
    place, who = _place(marketplace, region), buyer(request)
    known = instances.present(who, key)
    if known.service.ready_at is None:
        raise errors.NotThere
    if known.busy:
        raise errors.ConcurrencyError
    plan = instances.plan_of(who, known)
    body: dict[str, Any] = {
        "service_id": str(known.row.service_id),
        "plan_id": str(plan),
        "dashboard_url": _dashboard(request, known.service.id),
        "parameters": known.service.parameters,
        "metadata": {"labels": {"region": known.service.region_code, "name": known.service.name}},
    }
    if version := instances.version_of(place, known, plan):
        body["maintenance_info"] = {"version": version}
    return _said(request, 200, body)


@api.get(_INSTANCE + "/last_operation")
def last_operation(request: HttpRequest, marketplace: str, region: str, key: str, operation: str = "") -> HttpResponse:
    """How far the last request is."""
    _place(marketplace, region)
    return _polled(request, instances.last_operation(buyer(request), key, operation))


@api.put(_BINDING)
def bind(
    request: HttpRequest,
    marketplace: str,
    region: str,
    key: str,
    binding: str,
    body: BindIn,
    accepts_incomplete: bool = False,
) -> HttpResponse:
    """Make credentials."""
    _place(marketplace, region)
    who = buyer(request)
    answer = bindings.bind(who, key, _key(binding), body.parameters or {}, may_wait=accepts_incomplete)
    if answer.status == 200:
        return _said(request, 200, bindings.fetch(who, key, binding))
    return _said(request, answer.status, {"operation": answer.operation})


@api.delete(_BINDING)
def unbind(
    request: HttpRequest, marketplace: str, region: str, key: str, binding: str, meant: Query[Meant]
) -> HttpResponse:
    """Have credentials work no more."""
    _place(marketplace, region)
    answer = bindings.unbind(buyer(request), key, binding, may_wait=meant.accepts_incomplete)
    return _said(request, answer.status, {"operation": answer.operation})


@api.get(_BINDING)
def fetch_binding(request: HttpRequest, marketplace: str, region: str, key: str, binding: str) -> HttpResponse:
    """Credentials, passwords included."""
    _place(marketplace, region)
    return _said(request, 200, bindings.fetch(buyer(request), key, binding))


@api.get(_BINDING + "/last_operation")
def last_operation_of_binding(
    request: HttpRequest, marketplace: str, region: str, key: str, binding: str, operation: str = ""
) -> HttpResponse:
    """How far the last request for credentials is."""
    del operation
    _place(marketplace, region)
    return _polled(request, bindings.last_operation(buyer(request), key, binding))


def _place(marketplace: str, region: str) -> Place:
    if all(each.code != region for each in regions()):
        raise errors.NotThere
    return Place(marketplace, region)


def _key(key: str) -> str:
    if len(key) > 255 or not key.isprintable():
        raise errors.Malformed(fault="id")
    return key


def _answered(request: HttpRequest, answer: Answer) -> HttpResponse:
    body: dict[str, Any] = {"operation": answer.operation} if answer.status == 202 else {}
    if answer.instance is not None:
        body["dashboard_url"] = _dashboard(request, answer.instance)
    return _said(request, answer.status, body)


def _polled(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    response = _said(request, 200, body)
    if body["state"] == "in progress":
        response["Retry-After"] = _AFTER
    return response


def _dashboard(request: HttpRequest, instance: object) -> str:
    return request.build_absolute_uri(reverse("service", args=[instance]))


def _said(request: HttpRequest, status: int, body: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    if (identity := request.headers.get(_IDENTITY, "")) and identity.isprintable():
        response[_IDENTITY] = identity[:255]
    return response


def refused(request: HttpRequest, status: int, code: str, description: str) -> HttpResponse:
    """A refusal, in the protocol's form."""
    response = _said(request, status, {"error": code, "description": description})
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="souk", charset="UTF-8"'
    if status in {422, 503}:
        response["Retry-After"] = "5"
    return response


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    ours = type(error).__module__ == errors.__name__
    # A conflict would tell the platform that there is another instance by its id.
    status = error.status if ours or error.status in {401, 403, 503} else 422
    return refused(request, status, type(error).__name__, error.sentence)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fault = ".".join(str(part) for part in error.errors[0]["loc"][1:]) if error.errors else "body"
    return refused(request, 400, "Malformed", errors.Malformed(fault=fault).sentence)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refused(request, error.status_code, "Malformed", errors.Malformed(fault=str(error)).sentence)


@api.exception_handler(DatabaseError)
def _database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    log.error("database failed", path=request.path_info, error=str(error)[:500])
    return refused(request, 503, "Unavailable", Unavailable().sentence)
