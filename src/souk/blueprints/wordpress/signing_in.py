"""Signing in to WordPress, by its own page for that."""

from __future__ import annotations

import ssl

import httpx

from souk.blueprints.web import probing
from souk.provisioning.contract import Credentials, Health, Wanted


def probe(wanted: Wanted, credentials: Credentials, authority: str) -> Health:
    """Whether somebody is let in; whom it refuses, it shows the page again."""
    form = {"log": credentials.username, "pwd": credentials.password, "wp-submit": "1"}
    try:
        with probing.connect(authority) as client:
            answer = client.post(
                f"https://{wanted.address}:{probing.PORT}/wp-login.php",
                headers={"host": wanted.hostname},
                data=form,
                extensions={"sni_hostname": wanted.hostname},
            )
    except (httpx.HTTPError, ssl.SSLError) as error:
        return Health(ok=False, detail=str(error)[:200] or type(error).__name__)
    if answer.status_code != httpx.codes.FOUND:
        return Health(ok=False, detail=f"it lets nobody in as {credentials.username}")
    return Health(ok=True)
