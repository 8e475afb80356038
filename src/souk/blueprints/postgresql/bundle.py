"""The configuration bundle: one JSON document that turns a booted machine into this customer's server."""

from __future__ import annotations

import os
from typing import Any

from souk.blueprints.postgresql import parameters, scram, sizing
from souk.provisioning.contract import Credentials, ServerCertificate, Wanted

_SALT_BYTES = 16


def bundle(
    wanted: Wanted, credentials: Credentials, certificate: ServerCertificate, *, timeout: float
) -> dict[str, Any]:
    """What `/usr/lib/souk/configure` reads. It carries a private key but never a clear password.

    `timeout` is how many seconds the guest may wait for systemd, initdb and its address.
    """
    return {
        "timeout": timeout,
        "address": wanted.address,
        "tls": {
            "certificate": certificate.certificate,
            "key": certificate.key,
            "authority": certificate.authority,
        },
        "settings": sizing.settings(wanted.size),
        "owner": {
            "name": credentials.username,
            "verifier": scram.scram_verifier(credentials.password, os.urandom(_SALT_BYTES)),
        },
        "databases": parameters.databases(wanted.parameters),
        "extensions": list(wanted.parameters.get("extensions") or ()),
    }
