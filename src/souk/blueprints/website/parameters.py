"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.blueprints import choices
from souk.blueprints.ssh import keys
from souk.blueprints.web.front import Php, Site
from souk.blueprints.web.sizing import MIB
from souk.provisioning.contract import ADVANCED, CHANGEABLE, Unfit

PHP, STATIC = "php", "static"
FOLDER = r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,60})(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,60}){0,3}$(?!\n)"
BRANCH = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}(/[A-Za-z0-9][A-Za-z0-9_.-]{0,60}){0,3}$(?!\n)"
MOST_KEYS = 50

# Nobody has the private half.
_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZg7eGrG/gxjFUfjZSaeN670YYay6ziTsMpj4A8zH+/ bureau"


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {**_served(), **_brought(), **_php(), **_spoken()},
        "examples": [
            {"kind": PHP},
            {"kind": STATIC, "front_controller": True, "ssh_keys": [_KEY], "timezone": "Europe/Paris"},
        ],
    }


def _served() -> dict[str, Any]:
    """How the site is shown."""
    return {
        "kind": {
            "title": _("Kind of site"),
            "description": _("Whether programs in PHP run, or files are served as they are."),
            "oneOf": [
                {"const": PHP, "title": _("PHP")},
                {"const": STATIC, "title": _("Files only")},
            ],
            "type": "string",
            "default": PHP,
            CHANGEABLE: True,
        },
        "folder": {
            "title": _("Folder that is served"),
            "description": _(
                "The part of your files that the world sees, such as public for Laravel and Symfony. Leave it "
                "empty if that is all of them."
            ),
            "anyOf": [{"const": ""}, {"pattern": FOLDER}],
            "type": "string",
            "default": "",
            ADVANCED: True,
            CHANGEABLE: True,
        },
        "front_controller": {
            "title": _("One page answers for all addresses"),
            "description": _(
                "Addresses at which no file lies are answered by the first page, as frameworks and single-page "
                "applications need it."
            ),
            "type": "boolean",
            "default": False,
            ADVANCED: True,
            CHANGEABLE: True,
        },
    }


def _brought() -> dict[str, Any]:
    """How its files come."""
    return {
        "branch": {
            "title": _("Branch that goes live"),
            "description": _("What is pushed to this branch of the git repository becomes the site."),
            "type": "string",
            "pattern": BRANCH,
            "default": "main",
            ADVANCED: True,
            CHANGEABLE: True,
        },
        "ssh_keys": {
            "title": _("SSH keys"),
            "description": _(
                "Public keys that may bring files by SFTP and git beside the password: one a line, as in the file "
                "whose name ends in .pub."
            ),
            "type": "array",
            "items": {"type": "string", "maxLength": 4000},
            "maxItems": MOST_KEYS,
            "default": [],
            CHANGEABLE: True,
        },
    }


def _php() -> dict[str, Any]:
    """What a program in PHP may take."""
    return {
        "upload_megabytes": choices.number(
            _("Largest upload, in megabytes"),
            _("How large a file may be that a visitor sends to the site."),
            *(1, 2048, 64),
        ),
        "php_megabytes": choices.number(
            _("Memory of a page in PHP, in megabytes"),
            _("The more one may take, the fewer are worked on at a time."),
            *(32, 1024, 128),
        ),
        "php_seconds": choices.number(
            _("Time for a page in PHP, in seconds"),
            _("After this, a page that is still being worked on is given up."),
            *(5, 300, 30),
        ),
        "timezone": {
            **choices.timezone(_("That of dates in PHP, such as Africa/Casablanca.")),
            CHANGEABLE: True,
        },
    }


def _spoken() -> dict[str, Any]:
    """In which language it begins."""
    said = _("That of the page that is there before yours, and of what git tells.")
    return {"language": {**choices.language(said), CHANGEABLE: True}}


def check(given: Mapping[str, Any]) -> None:
    """Look at what the schema can't say.

    Raises:
        Unfit.
    """
    given = complete(given)
    try:
        authorized(given)
    except keys.BadKey as error:
        raise Unfit("ssh_keys", error.sentence, **error.values) from None
    choices.check_timezone(given["timezone"])
    if ".." in given["branch"] or given["branch"].endswith((".lock", ".", "/")):
        raise Unfit("branch", _("Git allows no branch of this name."))


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, with what holds where nothing was chosen."""
    rules = parameters_schema()["properties"]
    return {**{name: rule["default"] for name, rule in rules.items()}, **given}


def authorized(given: Mapping[str, Any]) -> list[str]:
    """The lines of the keys that may sign in."""
    lines = [line for line in given["ssh_keys"] if line.strip()]
    return [key.line for key in keys.parse_all(lines)] if lines else []


def site(given: Mapping[str, Any]) -> Site:
    """How it is served."""
    return Site(php=given["kind"] == PHP, folder=given["folder"], front_controller=given["front_controller"])


def php(given: Mapping[str, Any]) -> Php:
    """What a program in PHP may take."""
    return Php(
        memory=given["php_megabytes"] * MIB,
        upload=given["upload_megabytes"] * MIB,
        seconds=given["php_seconds"],
        timezone=given["timezone"],
    )


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
