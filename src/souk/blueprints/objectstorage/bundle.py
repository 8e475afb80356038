"""The configuration bundle: one JSON document that turns a booted machine into this instance's server."""

from __future__ import annotations

from typing import Any

from souk.blueprints.objectstorage import sizing
from souk.provisioning.contract import Credentials, ServerCertificate, Wanted


def bundle(
    wanted: Wanted, credentials: Credentials, certificate: ServerCertificate, *, timeout: float
) -> dict[str, Any]:
    """What `/usr/lib/souk/configure` reads. Signatures need the secret key itself on the server, so it is in here.

    `timeout` is how many seconds the guest may wait for systemd, its address and its server.
    """
    return {
        "timeout": timeout,
        "address": wanted.address,
        "hostname": wanted.hostname,
        "tls": {
            "certificate": certificate.certificate,
            "key": certificate.key,
            "authority": certificate.authority,
        },
        "environment": sizing.environment(wanted.size),
        "owner": {"access_key": credentials.username, "secret_key": credentials.password},
    }
