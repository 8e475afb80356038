"""A market place's offerings, as a broker's catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from souk.catalog.queries import PublishedRow, plan_ids, published_pages
from souk.doors.osb import errors
from souk.kernel.scope import System
from souk.provisioning.contract import CHANGEABLE, Blueprint
from souk.provisioning.registry import blueprint
from souk.ui.schema_words import translated

_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_READER = System("osb")
_LONGEST_WAIT = 7200
"""Seconds that a platform need not poll for longer: a restored database of some size takes that long."""


@dataclass(frozen=True)
class Sold:
    """A plan of the catalogue by the ids that platforms know: its service's is its listing's, its own is derived from
    that and its key, so both outlive versions of the offering.
    """

    service: UUID
    plan: UUID
    slug: str
    key: str
    version: str
    blueprint: str


def plan_id(service: UUID, key: str) -> UUID:
    """The id of a plan."""
    return uuid5(service, key)


def sold(marketplace: str, service: str, plan: str) -> Sold:
    """What a platform means by two ids.

    Raises:
        CatalogUnknown.
    """
    try:
        meant, wanted = UUID(service), UUID(plan)
    except ValueError as error:
        raise errors.CatalogUnknown from error
    for row in published_pages(marketplace, "fr", meant):
        for each in row.page["plans"]:
            if plan_id(meant, each["key"]) == wanted:
                return Sold(meant, wanted, row.slug, each["key"], _version(row), row.blueprint)
    raise errors.CatalogUnknown


def catalog(marketplace: str, language: str) -> dict[str, Any]:
    """The body of `GET /v2/catalog`."""
    return {"services": [_service(row) for row in published_pages(marketplace, language) if row.page["plans"]]}


def _version(row: PublishedRow) -> str:
    return f"{row.page['version']}.0.0"


def _service(row: PublishedRow) -> dict[str, Any]:
    page, schemas = row.page, _of_bindings(row)
    bindable = bool(schemas)
    return {
        "id": str(row.listing),
        "name": row.slug,
        "description": page["summary"],
        "tags": [page["category"], row.blueprint],
        "requires": [],
        "bindable": bindable,
        "instances_retrievable": True,
        "bindings_retrievable": bindable,
        "allow_context_updates": False,
        "plan_updateable": True,
        "metadata": {"displayName": page["name"], "longDescription": page["description"] or page["summary"]},
        "plans": [_plan(row, plan, schemas.get(plan["key"])) for plan in page["plans"]],
    }


def _plan(row: PublishedRow, plan: Mapping[str, Any], binding: Mapping[str, Any] | None) -> dict[str, Any]:
    gib = 1024**3
    size = f"{plan['vcpus']} vCPU, {plan['memory'] // gib} GiB, {plan['disk'] // gib} GiB"
    if not plan["vcpus"]:
        size = ", ".join(plan.get("features", [])) or plan["key"]
    members = plan.get("members", 1)
    currency = row.page["currency"].lower()
    costs = [
        {"amount": {currency: float(plan[field])}, "unit": unit}
        for field, unit in (("per_hour", "HOURLY"), ("per_month", "MONTHLY"))
    ]
    schema = {"$schema": _SCHEMA, **translated(dict(row.page["parameters"]))}
    changeable = {key: rule for key, rule in schema.get("properties", {}).items() if rule.get(CHANGEABLE)}
    update = {"$schema": _SCHEMA, "type": "object", "additionalProperties": False, "properties": changeable}
    schemas: dict[str, Any] = {"service_instance": {"create": {"parameters": schema}, "update": {"parameters": update}}}
    if binding is not None:
        schemas["service_binding"] = {"create": {"parameters": binding}}
    return {
        "id": str(plan_id(row.listing, plan["key"])),
        "name": plan["key"],
        "description": size if members == 1 else f"{members} × ({size})",
        "free": False,
        "bindable": binding is not None,
        "plan_updateable": True,
        "maximum_polling_duration": _LONGEST_WAIT,
        "maintenance_info": {"version": _version(row), "description": row.page["name"]},
        "metadata": {"displayName": plan["key"], "costs": costs},
        "schemas": schemas,
    }


def _of_bindings(row: PublishedRow) -> dict[str, Mapping[str, Any]]:
    """What may be said of credentials, by the keys of those plans that have any."""
    produced = blueprint(row.blueprint)
    if produced.producer is None:
        schema = _of_binding(produced) if produced.binder is not None else None
        return {} if schema is None else {plan["key"]: schema for plan in row.page["plans"]}
    ids = plan_ids(_READER, row.version)
    bound = {plan["key"]: ids[plan["key"]] for plan in row.page["plans"]}
    return {
        key: {"$schema": _SCHEMA, **produced.producer.binding_schema(plan)}
        for key, plan in bound.items()
        if produced.producer.binds(plan)
    }


def _of_binding(produced: Blueprint) -> dict[str, Any]:
    assert produced.binder is not None, "only of what can be bound"
    properties: dict[str, Any] = {"role": {"type": "string", "enum": [str(role) for role in produced.binder.roles]}}
    if produced.keeper is not None:
        properties["database"] = {"type": "string"}
    return {"$schema": _SCHEMA, "type": "object", "additionalProperties": False, "properties": properties}
