"""One HTTP POST to an address that a customer named: to the outside world only, and to the very address checked."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx
from django.conf import settings

_EACH_STEP, _WITHIN = 10.0, 20.0
"""Seconds: to connect, to send, for a part of an answer; and in all, for who answers a byte at a time."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(Exception):
    """The address is one that nothing is sent to."""


@dataclass(frozen=True)
class Message:
    """What is sent: its id, the same however often it is tried, its kind, the body, and what signs it."""

    id: str
    kind: str
    body: bytes
    secret: bytes
    at: int


def checked(url: str) -> SplitResult:
    """The parts of an address that something may be sent to, as far as can be said without asking where it leads.

    Raises:
        Refused.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise Refused("its port is no number") from None
    schemes = {"https", "http"} if settings.WEBHOOKS_IN_THE_CLEAR else {"https"}
    if parts.scheme not in schemes or not parts.hostname or port == 0:
        raise Refused("it is no https address")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused("it carries credentials or a fragment")
    try:
        literal = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return parts
    _must_be_outside(literal)
    return parts


def post(url: str, message: Message) -> int:
    """Send a message, once and without following where it is sent on; return the status of the answer.

    The name is resolved once, every address of it checked, and the connection made to a checked one, so that an answer
    that changes between check and use leads nowhere.

    Raises:
        Refused: it leads into a network of the platform's or of the host's.
        httpx.HTTPError, OSError: it can't be reached, or does not answer in time.
    """
    parts = checked(url)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolved(host, port)
    target = httpx.URL(url).copy_with(host=str(address), port=port)
    with (
        httpx.Client(timeout=_EACH_STEP, trust_env=False, follow_redirects=False) as client,
        _closed_after(_WITHIN, client),
        client.stream(
            "POST",
            target,
            content=message.body,
            headers={"Host": parts.netloc, **_headers(message)},
            extensions={"sni_hostname": host},
        ) as answer,
    ):
        return answer.status_code


@contextmanager
def _closed_after(seconds: float, client: httpx.Client) -> Iterator[None]:
    """Close the client if the block takes longer; what it waits for then fails."""
    timer = threading.Timer(seconds, client.close)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def signature(message: Message) -> str:
    """What proves who sent a message, and when: HMAC-SHA256 over time and body."""
    signed = f"{message.at}.".encode() + message.body
    return f"t={message.at},v1={hmac.new(message.secret, signed, hashlib.sha256).hexdigest()}"


def _headers(message: Message) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Souk-Webhooks/1",
        "Souk-Delivery": message.id,
        "Souk-Event": message.kind,
        "Souk-Signature": signature(message),
    }


def _resolved(host: str, port: int) -> Address:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        _must_be_outside(address)
    return addresses[0]


def _must_be_outside(address: Address) -> None:
    inner: Address = address
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address
    if any(inner in network for network in settings.WEBHOOK_NETWORKS):
        return
    if not inner.is_global or inner.is_multicast or inner.is_reserved:
        raise Refused("it leads into a private network")
