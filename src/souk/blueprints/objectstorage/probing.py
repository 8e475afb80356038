"""Using the service as a client would: TLS verified against the site's authority, then one signed request."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import httpx

from souk.kernel.signing import signed_headers
from souk.provisioning.contract import Credentials, Health, Wanted

PORT = 8333
_ANSWER_WITHIN = 3.0
"""Seconds."""


STATUS = "/.souk/status"
"""Where the server tells an owner what it counts; no bucket can be called so."""


def probe(wanted: Wanted, credentials: Credentials, authority: str) -> Health:
    """Connect by address, check the certificate against the name, and list the buckets."""
    try:
        with connect(authority) as client:
            answer = ask(client, wanted, credentials, "/")
    except (httpx.HTTPError, ssl.SSLError) as error:
        return Health(ok=False, detail=complaint(error))
    if answer.status_code != httpx.codes.OK:
        return Health(ok=False, detail=f"it answers {answer.status_code}")
    return Health(ok=True)


def connect(authority: str) -> httpx.Client:
    """A client that trusts this authority (a PEM text) alone.

    Raises:
        ssl.SSLError: it is none.
    """
    return httpx.Client(verify=ssl.create_default_context(cadata=authority), timeout=_ANSWER_WITHIN, trust_env=False)


def ask(client: httpx.Client, wanted: Wanted, credentials: Credentials, path: str) -> httpx.Response:
    """One signed GET, by address, the certificate checked against the name."""
    host = f"{wanted.hostname}:{PORT}"
    headers = signed_headers("GET", host, path, credentials.username, credentials.password, datetime.now(UTC))
    return client.get(
        f"https://{wanted.address}:{PORT}{path}", headers=headers, extensions={"sni_hostname": wanted.hostname}
    )


def complaint(error: Exception) -> str:
    """What went wrong, in a line."""
    return str(error)[:200] or type(error).__name__
