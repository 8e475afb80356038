"""What a customer chooses, as a JSON Schema. Titles and descriptions are message ids."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from souk.provisioning.contract import ADVANCED, CHANGEABLE, Unfit

MOST_SECONDARIES = 8


def parameters_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an instance's parameters."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "secondaries": {
                "title": _("Secondary name servers"),
                "description": _(
                    "IPv4 addresses of name servers elsewhere that are told at once when a zone changes. They fetch it "
                    "with a key: make one for each of them among the access keys."
                ),
                "type": "array",
                "items": {"type": "string", "maxLength": 15},
                "maxItems": MOST_SECONDARIES,
                "uniqueItems": True,
                "default": [],
                CHANGEABLE: True,
                ADVANCED: True,
            },
        },
        "examples": [{}, {"secondaries": ["192.0.2.53"]}],
    }


def check(given: Mapping[str, Any]) -> None:
    """Look at addresses.

    Raises:
        Unfit.
    """
    for each in secondaries(given):
        try:
            address = ipaddress.IPv4Address(each)
        except ValueError:
            raise Unfit("secondaries", _("“{given}” is no IPv4 address."), given=each[:40]) from None
        if address.is_loopback or address.is_multicast or address.is_unspecified or address.is_link_local:
            raise Unfit("secondaries", _("“{given}” is no address of another name server."), given=each)


def secondaries(given: Mapping[str, Any]) -> list[str]:
    """The addresses that are told of changes."""
    return list(given.get("secondaries") or [])


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
