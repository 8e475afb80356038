"""Using the service as a client would: TLS verified against the site's authority, then signing in."""

from __future__ import annotations

import ssl

import httpx

from souk.provisioning.contract import Credentials, Health, Wanted

PORT = 443
_ANSWER_WITHIN = 3.0
"""Seconds."""


def probe(wanted: Wanted, credentials: Credentials, authority: str) -> Health:
    """Connect by address, check the certificate against the name, and ask for the page."""
    try:
        trusted = ssl.create_default_context(cadata=authority)
        with httpx.Client(verify=trusted, timeout=_ANSWER_WITHIN, trust_env=False) as client:
            answer = client.get(
                f"https://{wanted.address}:{PORT}/",
                auth=(credentials.username, credentials.password),
                extensions={"sni_hostname": wanted.hostname},
            )
    except (httpx.HTTPError, ssl.SSLError) as error:
        return Health(ok=False, detail=str(error)[:200] or type(error).__name__)
    if answer.status_code != httpx.codes.OK:
        return Health(ok=False, detail=f"it answers {answer.status_code}")
    return Health(ok=True)
