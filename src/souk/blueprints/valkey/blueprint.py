"""The blueprint: provisioning's contract, answered for Valkey."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from souk.blueprints import guests, recipes, restic
from souk.blueprints.valkey import binder, parameters, probing, resp, sizing
from souk.blueprints.valkey.archivist import Snapshots
from souk.blueprints.valkey.observer import CountersObserver
from souk.blueprints.valkey.offering import STARTING_OFFERING
from souk.blueprints.valkey.snippets import snippets
from souk.blueprints.valkey.successor import Replicating
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    Abilities,
    Archivist,
    Binder,
    BindingRole,
    Connection,
    Credentials,
    Guest,
    Health,
    Observer,
    ServerCertificate,
    Size,
    StartingOffering,
    Succession,
    Wanted,
)

_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 300.0
"""Seconds: all that is kept is read before it serves."""


class Valkey(Abilities):
    """A Valkey server on a machine of its own."""

    key = "valkey"
    prefix = "vk"
    icon = "bolt"
    port = probing.PORT
    holds_data = True
    starting_offering: StartingOffering | None = STARTING_OFFERING
    binder: Binder | None = binder.UserBinder()
    archivist: Archivist | None = Snapshots()
    succession: Succession | None = Replicating()
    observer: Observer | None = CountersObserver()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built: its files, the protocol that this side speaks too, and what keeps a machine in a
        repository.
        """
        extras = (("usr/lib/souk/resp.py", Path(resp.__file__)),)
        return replace(recipes.load(Path(__file__).parent / "image", restic.FILES), extras=extras)

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def check(self, given: Mapping[str, Any]) -> None:
        """Look at what goes together.

        Raises:
            Unfit.
        """
        parameters.check(given)

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, given: Mapping[str, Any], password: str) -> Credentials:
        """The owner's."""
        del given
        return Credentials(binder.OWNER, password)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            ConfigurationFailed: the server did not start, or refused; the message holds no secret.
        """
        given = parameters.complete(wanted.parameters)
        document = {
            "follows": wanted.follows,
            "timeout": _CONFIGURE_WITHIN - 10,
            "address": wanted.address,
            "tls": asdict(certificate),
            "owner": {
                "name": credentials.username,
                "digest": binder.digest(credentials.password),
                "rules": binder.rules(BindingRole.OWNER),
            },
            "keeps": given["persistence"],
            # One more is ours, to write into when we look whether it serves.
            "databases": probing.ours(wanted) + 1,
            "settings": {**sizing.settings(wanted.size), **parameters.settings(given)},
        }
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Use the service from outside as a client would, over TLS."""
        return probing.probe(wanted, credentials, authority)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to connect."""
        del database
        host = wanted.hostname
        return Connection(
            uri=f"rediss://{username}:PASSWORD@{host}:{self.port}/0",
            fields={"host": host, "port": str(self.port), "user": username, "sslmode": "TLS"},
            client=("valkey-cli", "-h", host, "-p", str(self.port), "--tls", "--user", username),
            snippets=snippets(host, username),
        )
