"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from souk.blueprints.machine import user_data
from souk.blueprints.ssh import keys
from souk.provisioning.contract import CHANGEABLE, Unfit

MOST_KEYS = 50

# Nobody has the private halves.
_ONE_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZg7eGrG/gxjFUfjZSaeN670YYay6ziTsMpj4A8zH+/ bureau"
_ANOTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOAbs56jsPqihX73VcU4eIADFrDjWaEmGOfqJmiy8vCJ maison"


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "ssh_keys": {
                "title": _("SSH keys"),
                "description": _(
                    "Public keys that sign in as debian, who may become root: one a line, as in the file whose name "
                    "ends in .pub. They can be changed while the machine runs."
                ),
                "type": "array",
                "items": {"type": "string", "maxLength": 4000},
                "minItems": 1,
                "maxItems": MOST_KEYS,
                CHANGEABLE: True,
            },
            "user_data": {
                "title": _("Done at the first boot"),
                "description": _(
                    "For cloud-init: a document that begins with #cloud-config, or a script that begins with #!. It is "
                    "kept with the order, so put no passwords into it."
                ),
                "type": "string",
                "contentMediaType": "text/plain",
                "maxLength": user_data.LONGEST,
                "default": "",
            },
        },
        "required": ["ssh_keys"],
        "examples": [{"ssh_keys": [_ONE_KEY]}, {"ssh_keys": [_ONE_KEY, _ANOTHER_KEY]}],
    }


def check(parameters: Mapping[str, Any]) -> None:
    """Look at what the schema can't say.

    Raises:
        Unfit.
    """
    try:
        keys.parse_all(parameters["ssh_keys"])
    except keys.BadKey as error:
        raise Unfit("ssh_keys", error.sentence, **error.values) from None
    user_data.check(user_data.given(parameters))


def authorized(parameters: Mapping[str, Any]) -> list[str]:
    """The lines of the keys that may sign in."""
    return [key.line for key in keys.parse_all(parameters["ssh_keys"])]


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
