"""What a broker is told: the bodies, queries and headers of the specification."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from souk.brokers.calling import Call
from souk.brokers.models import BrokeredBinding, BrokeredService
from souk.brokers.producing.rows import Plan
from souk.provisioning.contract import Commission, Consumer

_ASYNC = {"accepts_incomplete": "true"}


def provision(row: BrokeredService, plan: Plan, commission: Commission) -> Call:
    """Make a service."""
    body = {
        **plan.ids,
        **plan.maintenance,
        "organization_guid": str(commission.organization),
        "space_guid": str(commission.project),
        "context": _context(commission),
        "parameters": dict(row.parameters),
    }
    return Call("PUT", f"/{row.key}", _ASYNC, body, _identity(commission))


def update(row: BrokeredService, before: Plan, after: Plan, commission: Commission) -> Call:
    """Make it another one: only what differs is said."""
    wanted: Mapping[str, Any] = row.wanted_parameters or {}
    changed = {name: value for name, value in wanted.items() if row.parameters.get(name) != value}
    body: dict[str, Any] = {
        "service_id": after.ids["service_id"],
        "context": _context(commission),
        "previous_values": {**before.ids, **before.maintenance},
    }
    if after.ids["plan_id"] != before.ids["plan_id"]:
        body |= {"plan_id": after.ids["plan_id"], **after.maintenance}
    if changed:
        body["parameters"] = changed
    return Call("PATCH", f"/{row.key}", _ASYNC, body, _identity(commission))


def deprovision(row: BrokeredService, plan: Plan, commission: Commission) -> Call:
    """Delete it."""
    return Call("DELETE", f"/{row.key}", {**plan.ids, **_ASYNC}, headers=_identity(commission))


def last_operation(row: BrokeredService, plan: Plan) -> Call:
    """Ask how far it is."""
    return Call("GET", f"/{row.key}/last_operation", {**plan.ids, **_operation(row)})


def bind(of: BrokeredService, row: BrokeredBinding, plan: Plan, commission: Commission, consumer: Consumer) -> Call:
    """Make credentials."""
    body = {**plan.ids, "context": _context(commission), "parameters": dict(consumer.parameters)}
    return Call("PUT", _path(of, row), _ASYNC, body, _identity(commission))


def fetch(of: BrokeredService, row: BrokeredBinding, plan: Plan) -> Call:
    """Get credentials that were made."""
    return Call("GET", _path(of, row), plan.ids)


def unbind(of: BrokeredService, row: BrokeredBinding, plan: Plan, commission: Commission) -> Call:
    """Have credentials work no more."""
    return Call("DELETE", _path(of, row), {**plan.ids, **_ASYNC}, headers=_identity(commission))


def last_operation_of_binding(of: BrokeredService, row: BrokeredBinding, plan: Plan) -> Call:
    """Ask how far that is."""
    return Call("GET", f"{_path(of, row)}/last_operation", {**plan.ids, **_operation(row)})


def _path(of: BrokeredService, row: BrokeredBinding) -> str:
    return f"/{of.key}/service_bindings/{row.key}"


def _operation(row: BrokeredService | BrokeredBinding) -> dict[str, str]:
    return {"operation": row.operation} if row.operation else {}


def _context(commission: Commission) -> dict[str, str]:
    return {
        "platform": "souk",
        "organization_guid": str(commission.organization),
        "space_guid": str(commission.project),
        "instance_name": commission.name,
        "region": commission.region,
    }


def _identity(commission: Commission) -> dict[str, str]:
    """Who asked, by the platform's own ids: nobody's name or address leaves it."""
    who = {"organization": str(commission.organization), "user_id": commission.requested_by or "souk"}
    return {"X-Broker-API-Originating-Identity": f"souk {base64.b64encode(msgspec.json.encode(who)).decode()}"}
