"""The blueprint: provisioning's contract, answered for etcd."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from souk.blueprints import guests
from souk.blueprints.coordination import probing
from souk.blueprints.coordination.binder import ROOT, PrefixBinder
from souk.engines.contract import Limits
from souk.engines.images import Recipe, load
from souk.provisioning.contract import (
    Abilities,
    Binder,
    Connection,
    Credentials,
    Guest,
    Health,
    ServerCertificate,
    Size,
    Wanted,
)

SYSTEM_DISK = 1024**3
"""Disk that the machine itself takes, in bytes: the image counts against its quota. The plan's comes on top."""

_CONFIGURE = "/usr/lib/souk/configure"
_CONFIGURE_WITHIN = 90.0


class Coordination(Abilities):
    """An etcd on a machine of its own, where a site's highly available services agree on who leads."""

    key = "coordination"
    prefix = "co"
    port = probing.PORT
    holds_data = True
    serves_neighbours = True
    binder: Binder | None = PrefixBinder()

    @functools.cached_property
    def recipe(self) -> Recipe:
        """How the image is built."""
        return load(Path(__file__).parent / "image")

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters: there are none."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "additionalProperties": False,
            "properties": {},
        }

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""
        return Limits(vcpus=size.vcpus, memory=size.memory, disk=size.disk + SYSTEM_DISK, processes=512)

    def credentials(self, parameters: Mapping[str, Any], password: str) -> Credentials:
        """The administrator, who sees every key."""
        del parameters
        return Credentials(ROOT, password)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """One command, that may be issued the instant the machine has started; it waits inside.

        Raises:
            ConfigurationFailed: etcd did not start; the message holds no secret.
        """
        document = {
            "timeout": _CONFIGURE_WITHIN - 10,
            "address": wanted.address,
            "hostname": wanted.hostname,
            "root_password": credentials.password,
            "tls": {
                "certificate": certificate.certificate,
                "key": certificate.key,
                "authority": certificate.authority,
            },
        }
        guests.run(guest, _CONFIGURE, document, timeout=_CONFIGURE_WITHIN)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Sign in from outside as a client would, over TLS."""
        return probing.probe(wanted, credentials, authority)

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to connect."""
        endpoint = f"https://{wanted.hostname}:{self.port}"
        return Connection(
            uri=f"https://{username}:PASSWORD@{wanted.hostname}:{self.port}{database}",
            fields={"endpoint": endpoint, "prefix": database, "user": username},
            client=("etcdctl", f"--endpoints={endpoint}", "--user", username, "get", "--prefix", database),
        )
