"""The blueprint: provisioning's contract, answered for a machine of one's own."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from souk.blueprints import guests, recipes, restic, ssh
from souk.blueprints.machine import parameters, probing, sizing, user_data
from souk.blueprints.machine.brancher import Branches
from souk.blueprints.machine.observer import JournalAndUpdates
from souk.blueprints.machine.offering import STARTING_OFFERING
from souk.blueprints.machine.snippets import snippets
from souk.blueprints.machine.user_data import CloudInit
from souk.blueprints.restic.archivist import Restic
from souk.blueprints.ssh import keys
from souk.blueprints.ssh.identity import HostKey
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    Abilities,
    Archivist,
    Beginner,
    Brancher,
    Connection,
    Credentials,
    Guest,
    Health,
    Identity,
    Observer,
    ServerCertificate,
    Size,
    SnapshotKeeper,
    StartingOffering,
    Wanted,
)

USER = "debian"
_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 60.0


class Machine(Abilities):
    """A Debian system container that its customer is root in."""

    key = "machine"
    prefix = "mc"
    icon = "terminal-2"
    port = probing.PORT
    holds_data = True
    own_rules = True
    starting_offering: StartingOffering | None = STARTING_OFFERING
    identity: Identity | None = HostKey()
    beginner: Beginner | None = CloudInit()
    archivist: Archivist | None = Restic()
    observer: Observer | None = JournalAndUpdates()
    brancher: Brancher | None = Branches()
    snapshots: SnapshotKeeper | None = sizing.ByPlan()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built."""
        return recipes.load(Path(__file__).parent / "image", restic.FILES, ssh.FILES)

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def check(self, given: Mapping[str, Any]) -> None:
        """Look at the keys themselves, and at what is to be done at the first boot.

        Raises:
            Unfit.
        """
        parameters.check(given)

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, given: Mapping[str, Any], password: str) -> Credentials:
        """The user that the customer's keys sign in as. No password opens anything."""
        del given, password
        return Credentials(USER, "")

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside. The certificate is for
        none of Debian's own programs, so the machine is not given it.

        Raises:
            ConfigurationFailed: SSH does not start, or the disk is full.
        """
        del credentials, certificate
        document = {
            "timeout": _CONFIGURE_WITHIN - 10,
            "address": wanted.address,
            "keys": parameters.authorized(wanted.parameters),
            "instance": str(wanted.instance),
            "user_data": user_data.given(wanted.parameters),
        }
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Whether the SSH server names itself: who may sign in is the customer's matter."""
        del credentials, authority
        return probing.probe(wanted)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to sign in, and to know that it reached this machine."""
        del database
        host = wanted.hostname
        known_hosts = "".join(f"{host} {line}\n" for line in wanted.identity)
        proof = [("fingerprint", keys.parse(line).fingerprint) for line in wanted.identity]
        return Connection(
            uri=f"ssh://{username}@{host}",
            fields={"host": host, "port": str(self.port), "user": username, **dict(proof)},
            client=("ssh", f"{username}@{host}"),
            snippets=snippets(host, username, known_hosts),
            password=False,
            known_hosts=known_hosts,
        )
