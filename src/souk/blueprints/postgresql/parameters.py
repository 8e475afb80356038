"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.blueprints.postgresql.versions import VERSIONS
from souk.provisioning.contract import ADVANCED, CHANGEABLE, VERSION

EXTENSIONS = (
    "amcheck",
    "bloom",
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "dblink",
    "dict_int",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "isn",
    "lo",
    "ltree",
    "pg_buffercache",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_trgm",
    "pg_visibility",
    "pgcrypto",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "seg",
    "tablefunc",
    "tcn",
    "tsm_system_rows",
    "tsm_system_time",
    "unaccent",
    "uuid-ossp",
    "vector",
)
"""Extensions in the image that give nobody the server's files or the superuser's rights."""

MOST_DATABASES = 50
DATABASE_NAME = r"^(?!pg_)(?!postgres$)(?!template[01]$)[a-z][a-z0-9_]{0,62}$(?!\n)"


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "version": {
                "title": _("PostgreSQL version"),
                "type": "string",
                "enum": [each.number for each in VERSIONS],
                "default": VERSIONS[0].number,
            },
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
            "extensions": {
                "title": _("Extensions"),
                "description": _("Installed in each of these databases. More can be added later."),
                "type": "array",
                "items": {"type": "string", "enum": list(EXTENSIONS)},
                "uniqueItems": True,
                "default": [],
            },
            "pool": {
                "title": _("Connection pool"),
                "description": _(
                    "Many clients share few connections, at a port of its own: for each transaction, or for as long as "
                    "a client stays. Per transaction, nothing that a session sets lasts."
                ),
                "type": "string",
                "oneOf": [
                    {"const": "off", "title": _("None")},
                    {"const": "transaction", "title": _("Per transaction")},
                    {"const": "session", "title": _("Per session")},
                ],
                "default": "off",
                ADVANCED: True,
                CHANGEABLE: True,
            },
        },
        "examples": [{}, {"pool": "transaction"}],
        # Debian 12 has no pgvector.
        "if": {"properties": {"version": {"const": "15"}}, "required": ["version"]},
        "then": {
            "properties": {"extensions": {"items": {"enum": [each for each in EXTENSIONS if each != "vector"]}}},
        },
    }


def version(parameters: Mapping[str, Any]) -> str:
    """The major version of an instance."""
    return str(parameters.get(VERSION, VERSIONS[0].number))


def pool_mode(parameters: Mapping[str, Any]) -> str:
    """How clients share connections: `transaction` or `session`; empty where there is no pool."""
    mode = str(parameters.get("pool", "off"))
    return "" if mode == "off" else mode


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
