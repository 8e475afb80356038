"""What the OpenAPI document says beyond what the endpoints' own types tell."""

from __future__ import annotations

from typing import Any

_PROBLEM = {
    "title": "Problem",
    "type": "object",
    "description": "What went wrong (RFC 9457): `type` names it for programs, `title` says it to the reader.",
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "field": {"type": "string"},
        "faults": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
        "request_id": {"type": "string"},
    },
    "required": ["type", "status", "title"],
}
_FAULT = {
    "title": "Fault",
    "type": "object",
    "description": "One thing that is wrong with a request.",
    "properties": {"field": {"type": "string"}, "reason": {"type": "string"}},
    "required": ["field", "reason"],
}


def file(*media_types: str, in_parts: bool = False) -> dict[str, Any]:
    """An endpoint's answer is a file; `in_parts`: the rest of it can be asked for by `Range`."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in media_types}
    responses: dict[int, Any] = {200: {"description": "OK", "content": content}}
    if in_parts:
        responses[206] = {"description": "Partial Content", "content": content}
    return {"responses": responses}


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """The document with headers as they are called in HTTP, and with the problems that every operation may answer."""
    document["components"]["schemas"].update(Problem=_PROBLEM, Fault=_FAULT)
    problem = {
        "description": "A problem",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operation in (each for path in document["paths"].values() for each in path.values()):
        operation["responses"].setdefault("default", problem)
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "header":
                parameter["name"] = "-".join(word.capitalize() for word in parameter["name"].split("_"))
    return document
