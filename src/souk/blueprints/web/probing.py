"""Using the site as its people do: TLS verified against the site's authority, then one page that asks who they are."""

from __future__ import annotations

import ssl
from collections.abc import Callable

import httpx

from souk.provisioning.contract import Credentials, Health, Wanted

PORT = 443
PING, STATUS = "/.souk/ping", "/.souk/status"
"""What says that PHP is there, and what the server counts."""

RunsPhp = Callable[[Wanted], bool]
"""Whether a site has programs in PHP."""

_ANSWER_WITHIN = 5.0
"""Seconds."""


REFUSED = Health(ok=False, detail="it answers 401")
"""Whoever asked is not let in."""


def probe(wanted: Wanted, credentials: Credentials, authority: str, path: str) -> Health:
    """Connect by address, check the certificate against the name, and sign in. What the customer's own pages answer is
    the customer's matter.
    """
    try:
        with connect(authority) as client:
            return health(ask(client, wanted, credentials, path))
    except (httpx.HTTPError, ssl.SSLError) as error:
        return Health(ok=False, detail=str(error)[:200] or type(error).__name__)


def health(answer: httpx.Response) -> Health:
    """What an answer says of the server."""
    if answer.status_code != httpx.codes.OK:
        return Health(ok=False, detail=f"it answers {answer.status_code}")
    return Health(ok=True)


def connect(authority: str) -> httpx.Client:
    """A client that trusts this authority (a PEM text) alone.

    Raises:
        ssl.SSLError: it is none.
    """
    return httpx.Client(verify=trusting(authority), timeout=_ANSWER_WITHIN, trust_env=False)


def trusting(authority: str) -> ssl.SSLContext:
    """Trusts this authority alone.

    Raises:
        ssl.SSLError: it is none.
    """
    return ssl.create_default_context(cadata=authority)


def ask(client: httpx.Client, wanted: Wanted, credentials: Credentials, path: str) -> httpx.Response:
    """One GET, by address, the certificate checked against the name."""
    return client.get(
        f"https://{wanted.address}:{PORT}{path}",
        headers={"host": wanted.hostname},
        auth=(credentials.username, credentials.password),
        extensions={"sni_hostname": wanted.hostname},
    )
