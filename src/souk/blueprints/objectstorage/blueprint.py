"""The blueprint: provisioning's contract, answered for object storage."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from souk.blueprints import guests, recipes, restic
from souk.blueprints.objectstorage import parameters, probing, server, sizing
from souk.blueprints.objectstorage.archivist import Volumes
from souk.blueprints.objectstorage.binder import KeyBinder
from souk.blueprints.objectstorage.bundle import bundle
from souk.blueprints.objectstorage.keeper import Buckets
from souk.blueprints.objectstorage.naming import OWNER
from souk.blueprints.objectstorage.observer import CountingObserver
from souk.blueprints.objectstorage.offering import STARTING_OFFERING
from souk.blueprints.objectstorage.snippets import snippets
from souk.blueprints.objectstorage.successor import Copying
from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.kernel import signing
from souk.provisioning.contract import (
    Abilities,
    Archivist,
    Binder,
    Connection,
    Credentials,
    DatabaseKeeper,
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
_CONFIGURE_WITHIN = 90.0


class ObjectStorage(Abilities):
    """An S3 server (SeaweedFS) on a machine of its own."""

    key = "objectstorage"
    prefix = "os"
    icon = "archive"
    port = probing.PORT
    holds_data = True
    serves_neighbours = True
    names_below = True
    starting_offering: StartingOffering | None = STARTING_OFFERING
    binder: Binder | None = KeyBinder()
    keeper: DatabaseKeeper | None = Buckets()
    archivist: Archivist | None = Volumes()
    succession: Succession | None = Copying()
    observer: Observer | None = CountingObserver()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built: its files, the server program, the signatures that this side makes too, and what
        keeps a machine in a repository.
        """
        extras = (
            ("usr/bin/weed", server.program()),
            ("usr/lib/souk/signing.py", Path(signing.__file__)),
        )
        return replace(recipes.load(Path(__file__).parent / "image", restic.FILES), extras=extras)

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""
        return parameters.parameters_schema()

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return sizing.machine_limits(size)

    def credentials(self, given: Mapping[str, Any], password: str) -> Credentials:
        """The key that may do everything in all buckets; it is shown with the first of them."""
        return Credentials(OWNER, password, next(iter(parameters.buckets(given)), ""))

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            ConfigurationFailed: the server did not start; the message holds no secret.
        """
        document = bundle(wanted, credentials, certificate, timeout=_CONFIGURE_WITHIN - 10)
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Use the service from outside as a client would, over TLS."""
        return probing.probe(wanted, credentials, authority)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to connect. Buckets are part of the path, not of the host's name."""
        endpoint = f"https://{wanted.hostname}:{self.port}"
        return Connection(
            uri=f"https://{username}:PASSWORD@{wanted.hostname}:{self.port}/{database}",
            fields={
                "endpoint": endpoint,
                "bucket": database,
                "region": signing.REGION,
                "access_key": username,
            },
            client=("aws", "--endpoint-url", endpoint, "s3", "ls", f"s3://{database}"),
            snippets=snippets(wanted.hostname, self.port, username, database),
        )
