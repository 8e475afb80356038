"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.blueprints import choices
from souk.blueprints.web import people
from souk.provisioning.contract import ADVANCED, CHANGEABLE, Declined, Unfit

LOCALES = {"fr": "fr_FR", "ar": "ar", "en": "en_US"}
"""What WordPress calls the languages."""

_TITLES = {"fr": "Mon site", "ar": "موقعي", "en": "My site"}


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {**_site(), **_administrator(), **_running()},
        "examples": [
            {"language": "fr", "site_title": "Atlas Menuiserie"},
            {"language": "ar", "site_title": "مكتبة الأطلس", "upload_megabytes": 128},
        ],
    }


def _site() -> dict[str, Any]:
    """What the site begins as."""
    return {
        "language": choices.language(
            _("The one that the site begins in. It can be changed in WordPress, for each person too.")
        ),
        "site_title": {
            "title": _("Title of the site"),
            "description": _("What stands above each page, such as your firm's name. It can be changed in WordPress."),
            "type": "string",
            "maxLength": 100,
            "default": "",
        },
    }


def _administrator() -> dict[str, Any]:
    """Who runs it."""
    return {
        "admin": {
            "title": _("Administrator's name"),
            "description": _("The name under which you sign in: lowercase letters, digits and underscores."),
            "type": "string",
            "pattern": r"^[a-z][a-z0-9_]{2,22}$(?!\n)",
            "default": "administrateur",
        },
        "email": {
            "title": _("Administrator's e-mail address"),
            "description": _("What WordPress shows as yours in your profile. Nothing is sent to it."),
            "type": "string",
            "maxLength": 100,
            "anyOf": [
                {"const": ""},
                {"pattern": r"^[A-Za-z0-9._%+-]{1,60}@([A-Za-z0-9-]{1,60}\.){1,4}[A-Za-z]{2,20}$(?!\n)"},
            ],
            "default": "",
            ADVANCED: True,
        },
    }


def _running() -> dict[str, Any]:
    """How it runs."""
    return {
        "timezone": choices.timezone(_("That of the dates of your posts, such as Africa/Casablanca.")),
        "upload_megabytes": choices.number(
            _("Largest upload, in megabytes"),
            _("How large a picture, a film or an extension may be that is brought to the site."),
            *(2, 2048, 64),
        ),
        "xmlrpc": {
            "title": _("Older programs may write (XML-RPC)"),
            "description": _(
                "An old way in that is mostly used for guessing passwords. Programs of today need it no more."
            ),
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
    given = complete(given)
    try:
        people.clean(given["admin"])
    except Declined as declined:
        raise Unfit("admin", str(declined)) from None
    choices.check_timezone(given["timezone"])
    if any(ord(letter) < ord(" ") for letter in given["site_title"]):
        raise Unfit("site_title", _("The title is one line of text."))


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, with what holds where nothing was chosen."""
    rules = parameters_schema()["properties"]
    found = {**{name: rule["default"] for name, rule in rules.items()}, **given}
    found["site_title"] = found["site_title"].strip() or _TITLES[found["language"]]
    return found


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
