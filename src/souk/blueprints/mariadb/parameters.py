"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.blueprints import choices
from souk.provisioning.contract import ADVANCED, CHANGEABLE

MOST_DATABASES = 50
DATABASE_NAME = (
    r"^(?!mysql$)(?!sys$)(?!information_schema$)(?!performance_schema$)(?!test$)(?!souk_)[a-z][a-z0-9_]{0,63}$(?!\n)"
)

COLLATIONS = {
    "utf8mb4_uca1400_ai_ci": "utf8mb4",
    "utf8mb4_uca1400_as_cs": "utf8mb4",
    "utf8mb4_unicode_ci": "utf8mb4",
    "utf8mb4_general_ci": "utf8mb4",
    "utf8mb4_bin": "utf8mb4",
    "latin1_swedish_ci": "latin1",
}
"""How text is compared, with the character set that this is of."""

SQL_MODES = {
    "strict": "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION",
    "traditional": "TRADITIONAL",
    "ansi": "ANSI,STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION",
    "lenient": "NO_ENGINE_SUBSTITUTION",
}


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "databases": {
                "title": _("Databases"),
                "description": _(
                    "Names of up to fifty databases to create: lowercase letters, digits and underscores. "
                    "More can be made, and these deleted, later."
                ),
                "type": "array",
                "items": {"type": "string", "pattern": DATABASE_NAME},
                "minItems": 1,
                "maxItems": MOST_DATABASES,
                "uniqueItems": True,
                "default": ["app"],
            },
            **_text(),
            **_limits(),
        },
        "examples": [{}, {"sql_mode": "ansi", "timezone": "Africa/Casablanca", "events": True}],
    }


def _text() -> dict[str, Any]:
    """How what is written is taken."""
    return {
        "collation": {
            "title": _("Sort order of text"),
            "description": _("How text is compared and sorted in databases that are made from now on."),
            "type": "string",
            "oneOf": [
                {"const": "utf8mb4_uca1400_ai_ci", "title": _("Unicode, without accents and case")},
                {"const": "utf8mb4_uca1400_as_cs", "title": _("Unicode, with accents and case")},
                {"const": "utf8mb4_unicode_ci", "title": _("Unicode 4.0, as older applications expect")},
                {"const": "utf8mb4_general_ci", "title": _("Simple, as older applications expect")},
                {"const": "utf8mb4_bin", "title": _("By the characters' numbers")},
                {"const": "latin1_swedish_ci", "title": _("Latin 1, for very old applications")},
            ],
            "default": "utf8mb4_uca1400_ai_ci",
            ADVANCED: True,
            CHANGEABLE: True,
        },
        "sql_mode": {
            "title": _("SQL mode"),
            "description": _("How strictly values are checked. It counts for connections that are opened after."),
            "type": "string",
            "oneOf": [
                {"const": "strict", "title": _("Strict, as MariaDB by itself")},
                {"const": "traditional", "title": _("Traditional: also impossible dates are refused")},
                {"const": "ansi", "title": _("ANSI: quotes and joins as the standard says")},
                {"const": "lenient", "title": _("Lenient: what does not fit is cut off")},
            ],
            "default": "strict",
            ADVANCED: True,
            CHANGEABLE: True,
        },
        "timezone": {
            **choices.timezone(
                _("What the server's clock shows, such as Africa/Casablanca. It counts for new connections.")
            ),
            "default": "UTC",
            CHANGEABLE: True,
        },
    }


def _limits() -> dict[str, Any]:
    """How much is let in, and what runs by itself."""
    return {
        "connections": choices.number(
            _("Connections"),
            _("How many may be open at once; never more than fit the plan's memory: 100 for each gibibyte."),
            10,
            500,
            500,
        ),
        "slow_query_seconds": choices.number(
            _("Slow queries, in seconds"),
            _("Queries that take longer are written into the log."),
            1,
            3600,
            2,
        ),
        "packet_megabytes": choices.number(
            _("Largest packet, in megabytes"),
            _("How large a single value or statement may be. It counts for connections that are opened after."),
            16,
            1024,
            64,
        ),
        "events": {
            "title": _("Event scheduler"),
            "description": _("Events in the databases run at their times."),
            "type": "boolean",
            "default": False,
            ADVANCED: True,
            CHANGEABLE: True,
        },
    }


def check(given: Mapping[str, Any]) -> None:
    """Look at what the schema can't say.

    Raises:
        Unfit.
    """
    choices.check_timezone(timezone(given))


def timezone(given: Mapping[str, Any]) -> str:
    """The time zone of an instance, by its name."""
    return str(given.get("timezone", "UTC"))


def live(given: Mapping[str, Any], most_connections: int) -> dict[str, str]:
    """What MariaDB takes while it runs, by the setting's name."""
    collation = str(given.get("collation", "utf8mb4_uca1400_ai_ci"))
    return {
        "character_set_server": COLLATIONS[collation],
        "collation_server": collation,
        "sql_mode": SQL_MODES[str(given.get("sql_mode", "strict"))],
        "max_connections": str(min(int(given.get("connections", most_connections)), most_connections)),
        "long_query_time": str(given.get("slow_query_seconds", 2)),
        "max_allowed_packet": str(int(given.get("packet_megabytes", 64)) * 1024**2),
        "event_scheduler": "ON" if given.get("events", False) else "OFF",
    }


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
