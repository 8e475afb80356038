"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.provisioning.contract import ADVANCED, CHANGEABLE, Unfit

MOST_DATABASES = 64
_SUITS = {"none": "allkeys-lru"}
"""What is thrown away when it is left to us; of what is kept, nothing."""


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {"persistence": _persistence(), "eviction": _eviction(), **_seldom()},
        "examples": [
            {"persistence": "everysec"},
            {"persistence": "snapshots", "eviction": "volatile-ttl", "timeout": 300, "notifications": "Ex"},
        ],
    }


def _persistence() -> dict[str, Any]:
    return {
        "title": _("What is kept"),
        "description": _(
            "Data is always served from memory. What is kept is also written to the disk: it is there again after a "
            "restart, and it is backed up."
        ),
        "type": "string",
        "oneOf": [
            {"const": "everysec", "title": _("Each write, within a second: a power cut loses a second at the most")},
            {
                "const": "always",
                "title": _("Each write, before it is acknowledged: nothing is lost, writes are slower"),
            },
            {"const": "snapshots", "title": _("Snapshots: a power cut loses the minutes since the last one")},
            {"const": "none", "title": _("Nothing: a cache, empty after a restart and never backed up")},
        ],
        "default": "everysec",
        CHANGEABLE: True,
    }


def _eviction() -> dict[str, Any]:
    return {
        "title": _("When memory is full"),
        "description": _(
            "What gives way to new data. Keys with an expiry are those that were given a time to live, with EXPIRE for "
            "example."
        ),
        "type": "string",
        "oneOf": [
            {
                "const": "auto",
                "title": _("As suits: a cache forgets what was used longest ago, else nothing gives way"),
            },
            {"const": "noeviction", "title": _("Nothing: writes are refused until there is room, reads go on")},
            {"const": "allkeys-lru", "title": _("Of all keys, those used longest ago")},
            {"const": "allkeys-lfu", "title": _("Of all keys, those used least often")},
            {"const": "allkeys-random", "title": _("Of all keys, any")},
            {"const": "volatile-lru", "title": _("Of keys with an expiry, those used longest ago")},
            {"const": "volatile-lfu", "title": _("Of keys with an expiry, those used least often")},
            {"const": "volatile-random", "title": _("Of keys with an expiry, any")},
            {"const": "volatile-ttl", "title": _("Of keys with an expiry, those that expire first")},
        ],
        "default": "auto",
        CHANGEABLE: True,
    }


def _seldom() -> dict[str, Any]:
    return {
        "timeout": {
            "title": _("Idle connections end after, in seconds"),
            "description": _("0: never. Programs that keep connections open should ask something more often."),
            "type": "integer",
            "minimum": 0,
            "maximum": 86_400,
            "default": 0,
            ADVANCED: True,
            CHANGEABLE: True,
        },
        "notifications": {
            "title": _("Notifications of changes to keys"),
            "description": _(
                "Letters, as notify-keyspace-events takes them: Ex tells of keys that expire, AKE of everything. "
                "Empty: none."
            ),
            "type": "string",
            "pattern": r"^[KEg$lshzxetdmnA]{0,16}$(?!\n)",
            "default": "",
            ADVANCED: True,
            CHANGEABLE: True,
        },
        "databases": {
            "title": _("Numbered databases"),
            "description": _(
                "How many a program can choose between with SELECT. Another number restarts the server: connections "
                "end, and a cache is empty after it."
            ),
            "type": "integer",
            "minimum": 1,
            "maximum": MOST_DATABASES,
            "default": 16,
            ADVANCED: True,
            CHANGEABLE: True,
        },
    }


def check(given: Mapping[str, Any]) -> None:
    """Look at what the schema can't say.

    Raises:
        Unfit.
    """
    given = complete(given)
    persistence, eviction, told = given["persistence"], given["eviction"], given["notifications"]
    if persistence == "none" and eviction == "noeviction":
        raise Unfit(
            "eviction",
            _(
                "A cache from which nothing gives way refuses writes once it is full. Choose what gives way, or keep "
                "data."
            ),
        )
    if persistence in ("everysec", "always") and eviction.startswith("allkeys-"):
        raise Unfit(
            "eviction",
            _(
                "Each write is kept, and this would throw any of it away when memory is full. Choose keys with an "
                "expiry, or nothing, or keep snapshots only."
            ),
        )
    if told and not {*told} & {*"KE"}:
        raise Unfit(
            "notifications", _("Without K or E nothing is told: K tells by key, E by what happened. Try Ex, or AKE.")
        )


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, with what holds where nothing was chosen."""
    rules = parameters_schema()["properties"]
    found = {**{name: rule["default"] for name, rule in rules.items()}, **given}
    if found["eviction"] == "auto":
        found["eviction"] = _SUITS.get(found["persistence"], "noeviction")
    return found


def settings(given: Mapping[str, Any]) -> dict[str, str]:
    """What the server is told of what was chosen, all of it while it runs."""
    given = complete(given)
    persistence = given["persistence"]
    return {
        "maxmemory-policy": given["eviction"],
        "appendonly": "yes" if persistence in ("everysec", "always") else "no",
        "appendfsync": "always" if persistence == "always" else "everysec",
        # After an hour if anything changed, five minutes if a hundred keys did, a minute if ten thousand did.
        "save": "3600 1 300 100 60 10000" if persistence == "snapshots" else "",
        "timeout": str(given["timeout"]),
        "notify-keyspace-events": given["notifications"],
    }


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
