"""The blueprint: provisioning's contract, answered for PostgreSQL."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from souk.blueprints import disks, exports, guests, recipes
from souk.blueprints.databases import databases
from souk.blueprints.postgresql import parameters, probing, sizing
from souk.blueprints.postgresql.archivist import PgBackRest
from souk.blueprints.postgresql.binder import OWNER, RoleBinder
from souk.blueprints.postgresql.brancher import Branches
from souk.blueprints.postgresql.bundle import bundle
from souk.blueprints.postgresql.ensembles import READING, Patroni
from souk.blueprints.postgresql.exporter import SqlFiles
from souk.blueprints.postgresql.keeper import Databases
from souk.blueprints.postgresql.observer import StatisticsObserver
from souk.blueprints.postgresql.offering import STARTING_OFFERING
from souk.blueprints.postgresql.programs import TooOld
from souk.blueprints.postgresql.snippets import snippets
from souk.blueprints.postgresql.successor import Streaming
from souk.blueprints.postgresql.versions import PgUpgrade
from souk.blueprints.postgresql.warmer import WaitingServers
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract import (
    Abilities,
    Archivist,
    Binder,
    Brancher,
    Connection,
    Credentials,
    DatabaseKeeper,
    Exporter,
    Guest,
    Health,
    HighAvailability,
    Observer,
    ServerCertificate,
    Size,
    StartingOffering,
    Succession,
    Upgrader,
    Wanted,
    Warmer,
)

_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 90.0


class PostgreSQL(Abilities):
    """A PostgreSQL server on a machine of its own, or on several."""

    key = "postgresql"
    prefix = "pg"
    icon = "database"
    port = probing.PORT
    holds_data = True
    starting_offering: StartingOffering | None = STARTING_OFFERING
    binder: Binder | None = RoleBinder()
    keeper: DatabaseKeeper | None = Databases()
    archivist: Archivist | None = PgBackRest()
    brancher: Brancher | None = Branches()
    exporter: Exporter | None = SqlFiles()
    high_availability: HighAvailability | None = Patroni()
    succession: Succession | None = Streaming()
    upgrader: Upgrader | None = PgUpgrade()
    observer: Observer | None = StatisticsObserver()
    warmer: Warmer | None = WaitingServers()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built: its files, what sees room on a disk, and what puts exports into a bucket."""
        own = recipes.load(Path(__file__).parent / "image", disks.FILES, exports.FILES)
        return replace(own, extras=exports.EXTRAS)

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, parameters_: Mapping[str, Any], password: str) -> Credentials:
        """The databases' owner, signing in to the first of them."""
        return Credentials(OWNER, password, databases(parameters_)[0])

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            Declined: the machine is older than the connection pool.
            ConfigurationFailed: PostgreSQL did not start, or refused; the message holds no secret.
        """
        document = bundle(wanted, credentials, certificate, timeout=_CONFIGURE_WITHIN - 10)
        done = guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)
        if document["pool"] and not done.get("pool"):
            raise TooOld

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Use the service from outside as a client would, over TLS."""
        return probing.probe(wanted, credentials, authority)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to connect."""
        given = wanted.parameters
        uri = f"postgresql://{username}:PASSWORD@{wanted.hostname}:{self.port}/{database}?sslmode=verify-full"
        return Connection(
            uri=uri,
            fields={
                "host": wanted.hostname,
                "port": str(self.port),
                "database": database,
                "user": username,
                "sslmode": "verify-full",
                **({"reading": str(READING)} if wanted.size.members > 1 else {}),
            },
            client=("psql", uri.replace(":PASSWORD@", "@")),
            snippets=snippets(wanted.hostname, username, database),
            pooled=uri.replace(f":{self.port}/", f":{probing.POOL_PORT}/") if parameters.pool_mode(given) else "",
        )
