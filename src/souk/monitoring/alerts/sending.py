"""One HTTP POST to an address that a customer named: to the outside world only, and to the very address checked."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import SplitResult

import httpx
from django.conf import settings

from souk.kernel.outside import Bounds, Refused, closed_after, port_of

__all__ = ["Message", "Refused", "checked", "post", "signature"]

_EACH_STEP, _WITHIN = 10.0, 20.0
"""Seconds: to connect, to send, for a part of an answer; and in all, for who answers a byte at a time."""


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
    return _bounds().checked(url)


def post(url: str, message: Message) -> int:
    """Send a message, once and without following where it is sent on; return the status of the answer.

    The name is resolved once, every address of it checked, and the connection made to a checked one, so that an answer
    that changes between check and use leads nowhere.

    Raises:
        Refused: it leads into a network of the platform's or of the host's.
        httpx.HTTPError, OSError: it can't be reached, or does not answer in time.
    """
    parts = checked(url)
    host, port = str(parts.hostname), port_of(parts)
    address = _bounds().resolved(host, port)
    target = httpx.URL(url).copy_with(host=str(address), port=port)
    with (
        httpx.Client(timeout=_EACH_STEP, trust_env=False, follow_redirects=False) as client,
        closed_after(_WITHIN, client.close),
        client.stream(
            "POST",
            target,
            content=message.body,
            headers={"Host": parts.netloc, **_headers(message)},
            extensions={"sni_hostname": host},
        ) as answer,
    ):
        return answer.status_code


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


def _bounds() -> Bounds:
    return Bounds(settings.WEBHOOK_NETWORKS, settings.WEBHOOKS_IN_THE_CLEAR)
