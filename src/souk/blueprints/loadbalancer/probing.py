"""Asking the balancer for what it tells of itself: TLS verified against the site's authority, then signing in.

Whether its members are well is the customer's matter: a balancer whose members are all down is well itself.
"""

from __future__ import annotations

import csv
import io
import ssl
from collections.abc import Mapping, Sequence

import httpx

from souk.blueprints.loadbalancer.parameters import STATISTICS_PORT
from souk.blueprints.web import probing
from souk.provisioning.contract import ConfigurationFailed, Credentials, Health, Wanted

Row = Mapping[str, str]
"""A line of HAProxy's statistics, by its column's names."""

_LONGEST = 2_000_000


def probe(wanted: Wanted, credentials: Credentials, authority: str) -> Health:
    """Connect by address, check the certificate against the name, and sign in."""
    try:
        return probing.health(_ask(wanted, credentials, authority))
    except (httpx.HTTPError, ssl.SSLError) as error:
        return Health(ok=False, detail=str(error)[:200] or type(error).__name__)


def statistics(wanted: Wanted, credentials: Credentials, authority: str) -> Sequence[Row]:
    """What HAProxy counted, line by line.

    Raises:
        ConfigurationFailed: it does not tell.
    """
    try:
        answer = _ask(wanted, credentials, authority)
    except (httpx.HTTPError, ssl.SSLError) as error:
        raise ConfigurationFailed(str(error)[:200] or type(error).__name__) from error
    if not (health := probing.health(answer)).ok:
        raise ConfigurationFailed(health.detail)
    return list(csv.DictReader(io.StringIO(answer.text[:_LONGEST].removeprefix("# "))))


def number(row: Row, column: str) -> int:
    """A count of a line; nothing where none is told."""
    told = row.get(column) or ""
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 20 else 0


def _ask(wanted: Wanted, credentials: Credentials, authority: str) -> httpx.Response:
    with probing.connect(authority) as client:
        return client.get(
            f"https://{wanted.address}:{STATISTICS_PORT}/;csv",
            headers={"host": wanted.hostname},
            auth=(credentials.username, credentials.password),
            extensions={"sni_hostname": wanted.hostname},
        )
