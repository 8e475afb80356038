"""The configuration bundle: one JSON document that turns a booted machine into this customer's server."""

from __future__ import annotations

import os
from typing import Any

from souk.blueprints.databases import databases
from souk.blueprints.postgresql import ensembles, parameters, scram, sizing
from souk.blueprints.postgresql.binder import OWNER
from souk.provisioning.contract import Credentials, ServerCertificate, Wanted


def bundle(
    wanted: Wanted, credentials: Credentials, certificate: ServerCertificate, *, timeout: float
) -> dict[str, Any]:
    """What `/usr/lib/souk/configure` reads. It carries a private key but never a clear password.

    `timeout` is how many seconds the guest may wait for systemd, initdb and its address.
    """
    together = (
        {"ensemble": ensembles.described(wanted), "confined": ensembles.confined(wanted)} if wanted.ensemble else {}
    )
    return {
        **together,
        "follows": wanted.follows,
        "timeout": timeout,
        "version": parameters.version(wanted.parameters),
        "address": wanted.address,
        "tls": {
            "certificate": certificate.certificate,
            "key": certificate.key,
            "authority": certificate.authority,
        },
        "settings": sizing.settings(wanted.size),
        "reserve": sizing.reserve(wanted.size),
        "owner": _owner(credentials),
        "pool": _pool(wanted),
        "databases": databases(wanted.parameters),
        "extensions": list(wanted.parameters.get("extensions") or ()),
    }


def _pool(wanted: Wanted) -> dict[str, Any] | None:
    mode = parameters.pool_mode(wanted.parameters)
    return {"mode": mode, **sizing.pool(wanted.size)} if mode else None


def _owner(credentials: Credentials) -> dict[str, str]:
    """The owner of the databases, with its password as long as the first binding signs in as the owner itself: after
    a rotation it signs in as a role that acts as the owner, and the owner's own sign-in is left as it is.
    """
    if credentials.username != OWNER:
        return {"name": OWNER}
    return {"name": OWNER, "verifier": scram.scram_verifier(credentials.password, os.urandom(scram.SALT_BYTES))}
