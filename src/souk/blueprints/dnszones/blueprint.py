"""The blueprint: provisioning's contract, answered for DNS zones."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from souk.blueprints import guests, recipes, restic
from souk.blueprints.dnszones import naming, parameters, probing, serving, sizing
from souk.blueprints.dnszones.archivist import ZonesAndKeys
from souk.blueprints.dnszones.binder import KeyBinder
from souk.blueprints.dnszones.keeper import Zones
from souk.blueprints.dnszones.observer import Counting
from souk.blueprints.dnszones.offering import STARTING_OFFERING
from souk.blueprints.dnszones.snippets import snippets
from souk.blueprints.dnszones.successor import HandedOver
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    Abilities,
    Archivist,
    Binder,
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
    ZoneKeeper,
)

_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 90.0


class DnsZones(Abilities):
    """A name server (Knot) on a machine of its own."""

    key = "dnszones"
    prefix = "dz"
    icon = "route"
    port = probing.PORT
    datagram_ports = (probing.PORT,)
    holds_data = True
    starting_offering: StartingOffering | None = STARTING_OFFERING
    binder: Binder | None = KeyBinder()
    zones: ZoneKeeper | None = Zones()
    archivist: Archivist | None = ZonesAndKeys()
    succession: Succession | None = HandedOver()
    observer: Observer | None = Counting()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built."""
        return recipes.load(Path(__file__).parent / "image", restic.FILES)

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def check(self, given: Mapping[str, Any]) -> None:
        """Look at addresses.

        Raises:
            Unfit.
        """
        parameters.check(given)

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, given: Mapping[str, Any], password: str) -> Credentials:
        """The service's own key."""
        del given
        return Credentials(naming.OWNER, password)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            ConfigurationFailed: the server did not start; the message holds no secret.
        """
        document = {
            "timeout": _CONFIGURE_WITHIN - 10,
            "address": wanted.address,
            "follows": wanted.follows,
            "tls": asdict(certificate),
            "owner": {"name": credentials.username, "secret": naming.secret(credentials.password)},
            "conf": serving.conf(wanted, parameters.secondaries(wanted.parameters)),
            "own": serving.own(wanted),
        }
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Ask as a resolver does. Who answers is known by the key that signs, not by a certificate."""
        del authority
        return probing.probe(wanted, credentials)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """Where zones are served, and how a secondary server fetches them."""
        del database
        return Connection(
            uri=f"dns://{username}:PASSWORD@{wanted.hostname}",
            fields={
                "host": wanted.hostname,
                "port": str(self.port),
                "key": username,
                "algorithm": naming.ALGORITHM,
            },
            client=("kdig", f"@{wanted.hostname}", "SOA", wanted.hostname),
            snippets=snippets(wanted.hostname, username),
        )
