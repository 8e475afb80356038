"""The configuration bundle: one JSON document that turns a booted machine into this customer's server."""

from __future__ import annotations

from typing import Any

from souk.blueprints.databases import databases
from souk.blueprints.mariadb import parameters, sizing
from souk.blueprints.mariadb.binder import OWNER
from souk.blueprints.mariadb.passwords import verifier
from souk.provisioning.contract import Credentials, ServerCertificate, Wanted


def bundle(
    wanted: Wanted, credentials: Credentials, certificate: ServerCertificate, *, timeout: float
) -> dict[str, Any]:
    """What `/usr/lib/souk/configure` reads. It carries a private key but never a clear password.

    `timeout` is how many seconds the guest may wait for systemd, the data directory and its address.
    """
    return {
        "timeout": timeout,
        "address": wanted.address,
        "follows": wanted.follows,
        "tls": {
            "certificate": certificate.certificate,
            "key": certificate.key,
            "authority": certificate.authority,
        },
        "settings": sizing.settings(wanted),
        "live": _live(wanted),
        "zone": parameters.timezone(wanted.parameters),
        "reserve": sizing.reserve(wanted.size),
        "owner": _owner(credentials),
        "databases": databases(wanted.parameters),
    }


def _live(wanted: Wanted) -> dict[str, str]:
    """What the server takes while it runs. What is to happen at a time happens on the machine that leads."""
    told = parameters.live(wanted.parameters, sizing.most_connections(wanted.size))
    return {**told, "event_scheduler": "OFF"} if wanted.follows else told


def _owner(credentials: Credentials) -> dict[str, str]:
    """The owner of the databases, with its password as long as the first binding signs in as the owner itself: after
    a rotation that has a user of its own, and the owner's own sign-in is left as it is.
    """
    if credentials.username != OWNER:
        return {"name": OWNER}
    return {"name": OWNER, "verifier": verifier(credentials.password)}
