"""What a customer chooses of several kinds of services, as parts of a JSON Schema; descriptions are each one's own."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from souk.provisioning.contract import ADVANCED, CHANGEABLE, Unfit


def language(description: str) -> dict[str, Any]:
    """One of the three that the platform speaks."""
    return {
        "title": _("Language"),
        "description": description,
        "oneOf": [
            {"const": "fr", "title": _("French")},
            {"const": "ar", "title": _("Arabic")},
            {"const": "en", "title": _("English")},
        ],
        "type": "string",
        "default": "fr",
    }


def timezone(description: str) -> dict[str, Any]:
    """A time zone; `check_timezone` what was given."""
    return {
        "title": _("Time zone"),
        "description": description,
        "type": "string",
        "maxLength": 60,
        "default": "Africa/Casablanca",
        ADVANCED: True,
    }


def number(title: str, description: str, least: int, most: int, usual: int) -> dict[str, Any]:
    """A limit that most leave as it is, and that is changed while the service runs."""
    return {
        "title": title,
        "description": description,
        "type": "integer",
        "minimum": least,
        "maximum": most,
        "default": usual,
        ADVANCED: True,
        CHANGEABLE: True,
    }


def check_timezone(name: str) -> None:
    """See that there is such a time zone.

    Raises:
        Unfit.
    """
    if name not in available_timezones():
        raise Unfit("timezone", _("There is no such time zone. One is called Africa/Casablanca, another one UTC."))


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
