"""The configuration bundle: one JSON document that turns a booted machine into this instance's server."""

from __future__ import annotations

from typing import Any

from souk.blueprints.objectstorage import parameters, sizing
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
        "follows": wanted.follows,
        "tls": {
            "certificate": certificate.certificate,
            "key": certificate.key,
            "authority": certificate.authority,
        },
        "environment": {
            **sizing.environment(wanted.size),
            # Who may name a client's address: the front.
            "WEED_S3_TRUSTED_PROXIES_WHITE_LIST": "127.0.0.1",
            # A bucket may be a part of the host's name below each of these.
            "S3_DOMAINS": ",".join(wanted.names or (wanted.hostname,)),
        },
        "quota": wanted.size.disk,
        "buckets": parameters.buckets(wanted.parameters),
        "owner": {"access_key": credentials.username, "secret_key": credentials.password},
    }
