"""The blueprint: provisioning's contract, answered for Greeting."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from souk.blueprints import guests
from souk.engines.contract import Limits
from souk.engines.images import Recipe, load
from souk.provisioning.contract import (
    CHANGEABLE,
    GIB,
    Abilities,
    Binder,
    Connection,
    Credentials,
    Guest,
    Health,
    ServerCertificate,
    Size,
    StartingOffering,
    Wanted,
)

from . import probing
from .binder import UserBinder
from .offering import STARTING_OFFERING

_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 60.0
_OWNER = "owner"


class Greeting(Abilities):
    """A page that greets, on a machine of its own. It holds no data: a machine that is lost is made anew."""

    key = "greeting"
    prefix = "gree"
    icon = "writing"
    port = probing.PORT
    holds_data = False
    starting_offering: StartingOffering | None = STARTING_OFFERING
    binder: Binder | None = UserBinder()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built."""
        return load(Path(__file__).parent / "image")

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters. Titles and descriptions are message ids, the examples are tried out."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "words": {
                    "title": _("Words of welcome"),
                    "description": _("What the page says. It can be changed while the service runs."),
                    "type": "string",
                    "maxLength": 200,
                    "default": "Marhaba!",
                    CHANGEABLE: True,
                },
            },
            "examples": [{"words": "Marhaba!"}, {"words": "Azul!"}],
        }

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size: a gibibyte of disk more is for the system."""
        return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + GIB, processes=512)

    def credentials(self, parameters: Mapping[str, Any], password: str) -> Credentials:
        """The first credentials of a service."""
        del parameters
        return Credentials(_OWNER, password)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            ConfigurationFailed: the server does not start.
        """
        document = {
            "timeout": _CONFIGURE_WITHIN - 10,
            "address": wanted.address,
            "hostname": wanted.hostname,
            "words": wanted.parameters["words"],
            "user": {"name": credentials.username, "password": credentials.password},
            "certificate": certificate.certificate,
            "key": certificate.key,
        }
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Sign in from outside as a client would, over TLS."""
        return probing.probe(wanted, credentials, authority)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to connect."""
        del database
        return Connection(
            uri=f"https://{username}:PASSWORD@{wanted.hostname}:{self.port}/",
            fields={"host": wanted.hostname, "port": str(self.port), "user": username},
            client=("curl", "--user", username, f"https://{wanted.hostname}:{self.port}/"),
        )


def _(message: str) -> str:
    """Marks a message id; whoever shows it translates it."""
    return message
