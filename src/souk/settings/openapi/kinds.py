"""From a JSON Schema of the document to a Python type."""

from __future__ import annotations

from typing import Any

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def kind(schema: dict[str, Any]) -> str:
    """How Python writes the type; the document's own schemas are `models.NAME`.

    Raises:
        ValueError: the schema is of a form that no operation has had so far.
    """
    if "$ref" in schema:
        return f"models.{model(schema['$ref'])}"
    if "enum" in schema:
        return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    if "anyOf" in schema:
        return " | ".join(kind(each) for each in schema["anyOf"])
    if len(schema.get("allOf", ())) == 1:
        return kind(schema["allOf"][0])
    if schema.get("type") == "array":
        return f"list[{kind(schema['items'])}]"
    if schema.get("type") == "object":
        inside = schema.get("additionalProperties")
        return f"dict[str, {kind(inside)}]" if isinstance(inside, dict) and inside else "dict[str, Any]"
    if schema.get("type") in _PLAIN:
        return _PLAIN[schema["type"]]
    if not set(schema) - {"title", "description"}:
        return "Any"
    raise ValueError(f"This schema needs a type of its own: {schema}")


def model(reference: str) -> str:
    """What a schema is called in Python: as its generator calls it."""
    return "".join(part[:1].upper() + part[1:] for part in reference.rpartition("/")[2].split("_"))
