"""A broker's catalog as far as it can be sold; whatever does not fit is a fault that names its place.

Source: Open Service Broker API v2.17, spec.md, "Catalog Management"; the bounds are ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from souk.brokers.catalogs import schemas
from souk.brokers.catalogs.schemas import Fault

LARGEST = 1024 * 1024
"""Bytes of a catalog."""

MOST_SERVICES, MOST_PLANS = 50, 30
LONGEST_ID, LONGEST_NAME, LONGEST_TEXT = 255, 100, 2000
LONGEST_POLLING = 7 * 24 * 3600
USUAL_POLLING = 7200
"""Seconds that something may be under way at a broker: at most, and where it does not say."""

__all__ = ["LARGEST", "Fault", "digest", "parse"]


def parse(body: Mapping[str, Any]) -> dict[str, Any]:
    """A catalog in our own words: {services: [{id, name, title, description, long, bindable, …, plans: [...]}]}.

    Raises:
        Fault.
    """
    services = _list(body, "services", "", MOST_SERVICES)
    parsed = [_service(each, f"services[{number}]") for number, each in enumerate(services)]
    _different([each["id"] for each in parsed], "services[].id")
    _different([each["name"] for each in parsed], "services[].name")
    _different([plan["id"] for each in parsed for plan in each["plans"]], "services[].plans[].id")
    return {"services": parsed}


def digest(parsed: Mapping[str, Any]) -> str:
    """What tells two catalogs apart."""
    return hashlib.sha256(msgspec.json.encode(parsed, order="deterministic")).hexdigest()


def _service(given: Any, at: str) -> dict[str, Any]:
    service = _object(given, at)
    metadata = _object(service.get("metadata") or {}, f"{at}.metadata")
    bindable = _flag(service, "bindable", at, default=None)
    updateable = _flag(service, "plan_updateable", at, default=False)
    name = _text(service, "name", at, LONGEST_NAME)
    description = _text(service, "description", at, LONGEST_TEXT)
    plans = _list(service, "plans", at, MOST_PLANS)
    if not plans:
        raise Fault(f"{at}.plans")
    parsed = [_plan(each, f"{at}.plans[{number}]", bindable, updateable) for number, each in enumerate(plans)]
    _different([each["name"] for each in parsed], f"{at}.plans[].name")
    return {
        "id": _text(service, "id", at, LONGEST_ID),
        "name": name,
        "title": _text(metadata, "displayName", f"{at}.metadata", LONGEST_NAME, default=name),
        "description": description,
        "long": _text(metadata, "longDescription", f"{at}.metadata", LONGEST_TEXT, default=description),
        "bindable": bindable,
        "bindings_retrievable": _flag(service, "bindings_retrievable", at, default=False),
        "plans": parsed,
    }


def _plan(given: Any, at: str, bindable: bool, updateable: bool) -> dict[str, Any]:
    plan = _object(given, at)
    metadata = _object(plan.get("metadata") or {}, f"{at}.metadata")
    name = _text(plan, "name", at, LONGEST_NAME)
    longest = plan.get("maximum_polling_duration", USUAL_POLLING)
    if not isinstance(longest, int) or isinstance(longest, bool) or longest < 1:
        raise Fault(f"{at}.maximum_polling_duration")
    given_schemas = _object(plan.get("schemas") or {}, f"{at}.schemas")
    return {
        "id": _text(plan, "id", at, LONGEST_ID),
        "name": name,
        "title": _text(metadata, "displayName", f"{at}.metadata", LONGEST_NAME, default=name),
        "description": _text(plan, "description", at, LONGEST_TEXT),
        "bullets": _bullets(metadata, f"{at}.metadata"),
        "costs": _costs(metadata, f"{at}.metadata"),
        "bindable": _flag(plan, "bindable", at, default=bindable),
        "plan_updateable": _flag(plan, "plan_updateable", at, default=updateable),
        "maximum_polling_duration": min(longest, LONGEST_POLLING),
        "maintenance": _maintenance(plan, at),
        "create": _schema(given_schemas, "service_instance", "create", at),
        "update": _schema(given_schemas, "service_instance", "update", at),
        "bind": _schema(given_schemas, "service_binding", "create", at),
    }


def _schema(given: Mapping[str, Any], of: str, verb: str, at: str) -> dict[str, Any]:
    where = f"{at}.schemas.{of}"
    holder = _object(given.get(of) or {}, where)
    step = _object(holder.get(verb) or {}, f"{where}.{verb}")
    return schemas.parse(_object(step.get("parameters") or {}, f"{where}.{verb}.parameters"), f"{where}.{verb}")


def _maintenance(plan: Mapping[str, Any], at: str) -> str:
    told = plan.get("maintenance_info")
    where = f"{at}.maintenance_info"
    return "" if told is None else _text(_object(told, where), "version", where, LONGEST_NAME)


def _bullets(metadata: Mapping[str, Any], at: str) -> list[str]:
    bullets = metadata.get("bullets") or []
    if not isinstance(bullets, list) or len(bullets) > 20:
        raise Fault(f"{at}.bullets")
    return [_text({"bullet": each}, "bullet", f"{at}.bullets", LONGEST_NAME) for each in bullets]


def _costs(metadata: Mapping[str, Any], at: str) -> list[dict[str, Any]]:
    """What the broker says of prices: shown to its vendor, and charged to nobody."""
    costs = metadata.get("costs") or []
    if not isinstance(costs, list) or len(costs) > 20:
        raise Fault(f"{at}.costs")
    parsed = []
    for each in costs:
        amounts = _object(_object(each, f"{at}.costs").get("amount"), f"{at}.costs.amount")
        for currency, amount in amounts.items():
            if not isinstance(amount, int | float) or isinstance(amount, bool) or not 0 <= amount < 1e9:
                raise Fault(f"{at}.costs.amount")
            if not (currency.isascii() and currency.isalpha() and len(currency) == 3):
                raise Fault(f"{at}.costs.amount")
        unit = _text(cast(Mapping[str, Any], each), "unit", f"{at}.costs", LONGEST_NAME)
        parsed.append({"amount": {key.upper(): str(value) for key, value in amounts.items()}, "unit": unit})
    return parsed


def _object(value: Any, at: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Fault(at)
    return value


def _list(holder: Mapping[str, Any], key: str, at: str, most: int) -> Sequence[Any]:
    value, where = holder.get(key), f"{at}.{key}".lstrip(".")
    if not isinstance(value, list) or len(value) > most:
        raise Fault(where)
    return value


def _text(holder: Mapping[str, Any], key: str, at: str, most: int, default: str | None = None) -> str:
    value = holder.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise Fault(f"{at}.{key}")
    if not all(each.isprintable() or each in "\n\t" for each in value):
        raise Fault(f"{at}.{key}")
    return value.strip()


def _flag(holder: Mapping[str, Any], key: str, at: str, *, default: bool | None) -> bool:
    value = holder.get(key, default)
    if not isinstance(value, bool):
        raise Fault(f"{at}.{key}")
    return value


def _different(values: Sequence[str], at: str) -> None:
    if len(set(values)) != len(values):
        raise Fault(at)
