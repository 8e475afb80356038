"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_BUCKETS = 100
BUCKET_NAME = r"^(?!xn--)(?!souk-)(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$(?!\n)"
"""What S3 allows, without dots: a name is also a part of a host's name that a certificate is for."""

FIRST = "data"


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "buckets": {
                "title": _("Buckets"),
                "description": _(
                    "Names of up to a hundred buckets to create: 3 to 63 lowercase letters, digits and single hyphens. "
                    "More can be made, and these deleted, later."
                ),
                "type": "array",
                "items": {"type": "string", "pattern": BUCKET_NAME},
                "minItems": 1,
                "maxItems": MOST_BUCKETS,
                "uniqueItems": True,
                "default": [FIRST],
            },
        },
    }


def buckets(given: Mapping[str, Any]) -> list[str]:
    """The buckets that an instance was told to have; none where the platform's own was told nothing."""
    return list(given.get("buckets") or [])


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
