"""The blueprint: provisioning's contract, answered for MariaDB."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from souk.blueprints import disks, exports, guests, joining, recipes, restic
from souk.blueprints.databases import databases
from souk.blueprints.mariadb import parameters, probing, sizing
from souk.blueprints.mariadb.archivist import Dumps
from souk.blueprints.mariadb.binder import OWNER, UserBinder
from souk.blueprints.mariadb.bundle import bundle
from souk.blueprints.mariadb.exporter import SqlFiles
from souk.blueprints.mariadb.keeper import Databases
from souk.blueprints.mariadb.observer import StatusObserver
from souk.blueprints.mariadb.offering import STARTING_OFFERING
from souk.blueprints.mariadb.snippets import snippets
from souk.blueprints.mariadb.successor import Replication
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    Abilities,
    Archivist,
    Binder,
    Connection,
    Credentials,
    DatabaseKeeper,
    Exporter,
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
_CONFIGURE_WITHIN = 120.0
_SHARED = (disks.FILES, exports.FILES, joining.FILES, restic.FILES)


class MariaDB(Abilities):
    """A MariaDB server on a machine of its own."""

    key = "mariadb"
    prefix = "my"
    icon = "database"
    port = probing.PORT
    holds_data = True
    starting_offering: StartingOffering | None = STARTING_OFFERING
    binder: Binder | None = UserBinder()
    keeper: DatabaseKeeper | None = Databases()
    archivist: Archivist | None = Dumps()
    exporter: Exporter | None = SqlFiles()
    succession: Succession | None = Replication()
    observer: Observer | None = StatusObserver()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built: its own files, and those that it shares with others."""
        own = recipes.load(Path(__file__).parent / "image", *_SHARED)
        return replace(own, extras=exports.EXTRAS)

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def check(self, given: Mapping[str, Any]) -> None:
        """Look at the time zone itself.

        Raises:
            Unfit.
        """
        parameters.check(given)

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, given: Mapping[str, Any], password: str) -> Credentials:
        """The databases' owner, signing in to the first of them."""
        return Credentials(OWNER, password, databases(given)[0])

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            ConfigurationFailed: MariaDB did not start, or refused; the message holds no secret.
        """
        document = bundle(wanted, credentials, certificate, timeout=_CONFIGURE_WITHIN - 10)
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Use the service from outside as a client would, over TLS."""
        return probing.probe(wanted, credentials, authority)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to connect."""
        host = wanted.hostname
        tls = ("--ssl-verify-server-cert", "--ssl-ca=souk-ca.pem")
        return Connection(
            uri=f"mysql://{username}:PASSWORD@{host}:{self.port}/{database}?ssl-mode=VERIFY_IDENTITY",
            fields={
                "host": host,
                "port": str(self.port),
                "database": database,
                "user": username,
                "sslmode": "VERIFY_IDENTITY",
            },
            client=("mariadb", f"--host={host}", f"--port={self.port}", f"--user={username}", *tls, database),
            snippets=snippets(host, username, database),
        )
