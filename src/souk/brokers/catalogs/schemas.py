"""The JSON Schemas of a broker's parameters, as far as a form can ask for them.

A schema is somebody else's text that our web process runs over what customers type: what could make it fetch something,
or compute for long, is left out. The broker checks its parameters itself all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from souk.provisioning.contract import CHANGEABLE

LARGEST = 64 * 1024
"""Bytes of a schema: the specification's bound."""

MOST_PARAMETERS = 40
DRAFT = "https://json-schema.org/draft/2020-12/schema"

_KINDS = frozenset({"string", "integer", "number", "boolean", "array"})
_TEXTS = frozenset({"title", "description"})
_NUMBERS = frozenset({"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"})


class Fault(ValueError):
    """What a catalog says at a place is not what belongs there. The message is the place."""


def parse(given: Mapping[str, Any], at: str) -> dict[str, Any]:
    """A schema of an object whose properties are texts, numbers, flags, choices and lists of texts.

    Raises:
        Fault: it is too large, or asks for something else.
    """
    if not given:
        return {"$schema": DRAFT, "type": "object", "properties": {}, "additionalProperties": False}
    if len(msgspec.json.encode(given)) > LARGEST:
        raise Fault(f"{at}.parameters")
    properties = given.get("properties", {})
    if given.get("type", "object") != "object" or not isinstance(properties, dict) or len(properties) > MOST_PARAMETERS:
        raise Fault(f"{at}.parameters.properties")
    parsed = {name: _rule(rule, f"{at}.parameters.properties.{name[:60]}") for name, rule in properties.items()}
    required = given.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) and name in parsed for name in required):
        raise Fault(f"{at}.parameters.required")
    return {
        "$schema": DRAFT,
        "type": "object",
        "properties": parsed,
        "required": sorted(required),
        "additionalProperties": False,
    }


def _rule(given: Any, at: str) -> dict[str, Any]:
    kind = given.get("type") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Fault(at)
    rule: dict[str, Any] = {"type": kind}
    for key in _TEXTS & given.keys():
        if not isinstance(given[key], str) or len(given[key]) > 500:
            raise Fault(f"{at}.{key}")
        rule[key] = given[key]
    for key in _NUMBERS & given.keys():
        if not isinstance(given[key], int | float) or isinstance(given[key], bool):
            raise Fault(f"{at}.{key}")
        rule[key] = given[key]
    if "enum" in given:
        choices = given["enum"]
        if not isinstance(choices, list) or not 0 < len(choices) <= 100 or not all(_is(kind, each) for each in choices):
            raise Fault(f"{at}.enum")
        rule["enum"] = choices
    if kind == "array":
        items = given.get("items", {"type": "string"})
        if not isinstance(items, dict) or items.get("type") != "string":
            raise Fault(f"{at}.items")
        rule["items"] = {"type": "string", "maxLength": 1000}
        rule["maxItems"] = min(rule.get("maxItems", 100), 100)
    if kind == "string":
        rule["maxLength"] = min(rule.get("maxLength", 2000), 2000)
    if "default" in given:
        if not _is(kind, given["default"]):
            raise Fault(f"{at}.default")
        rule["default"] = given["default"]
    return rule


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "array":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, str)


def together(plans: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The parameters of an offering: of all of its plans, required where each of them requires it."""
    properties: dict[str, Any] = {}
    for plan in plans:
        properties.update(of_plan(plan)["properties"])
    required = set.intersection(*(set(plan["create"].get("required", [])) for plan in plans)) if plans else set()
    return {
        "$schema": DRAFT,
        "type": "object",
        "properties": properties,
        "required": sorted(required),
        "additionalProperties": False,
    }


def of_plan(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a plan; what its schema of changes names too can be changed while the service runs."""
    changeable = plan["update"]["properties"]
    properties = {
        name: {**rule, **({CHANGEABLE: True} if name in changeable else {})}
        for name, rule in plan["create"]["properties"].items()
    }
    return {**plan["create"], "properties": properties}
