"""One request to a broker: bounded in time and size, to the outside only, never redirected."""

from __future__ import annotations

import base64
import os
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import msgspec
from django.conf import settings
from django.utils.translation import gettext_noop

from souk.kernel.outside import Bounds, Refused, closed_after, port_of

VERSION = "2.17"
EACH_STEP = 10.0
"""Seconds to connect, to send, and for each part of an answer."""

WITHIN = 60.0
"""Seconds for all of it: what the specification calls typical."""

MOST = 256 * 1024
"""Bytes of an answer that is no catalog."""

DEEPEST = 24
"""How many objects and lists may lie in one another."""


class NotReached(Exception):
    """The request did not get there. The message is a message id."""


class Unanswered(Exception):
    """It may have got there, and no answer came back in time. The message is a message id."""


@dataclass(frozen=True)
class Way:
    """How a broker is reached; `secret` is the password, the token, or the client's certificate and key (PEM)."""

    url: str
    auth: str
    username: str = ""
    secret: str = field(default="", repr=False)
    authority: str = ""

    def headers(self) -> dict[str, str]:
        """What every request says."""
        told = {
            "X-Broker-API-Version": VERSION,
            "X-Broker-API-Request-Identity": str(uuid4()),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "Souk/1",
        }
        if self.auth == "basic":
            pair = base64.b64encode(f"{self.username}:{self.secret}".encode()).decode()
            told["Authorization"] = f"Basic {pair}"
        elif self.auth == "bearer":
            told["Authorization"] = f"Bearer {self.secret}"
        return told

    def trust(self) -> ssl.SSLContext:
        """Whom to believe, and how to show who we are.

        Raises:
            NotReached: certificate or key are not what they should be.
        """
        try:
            context = ssl.create_default_context(cadata=self.authority or None)
            if self.auth == "certificate":
                _show(context, self.secret)
        except (ssl.SSLError, ValueError):
            raise NotReached(gettext_noop("its certificates can't be read")) from None
        return context


@dataclass(frozen=True)
class Answer:
    """What a broker said: its body if that is an object within bounds, else what is wrong with it, as a message id."""

    status: int
    body: Mapping[str, Any] | None
    fault: str = ""
    retry_after: float | None = None

    @property
    def description(self) -> str:
        """What it says of a refusal, on one line."""
        said = (self.body or {}).get("description")
        return " ".join(said.split())[:200] if isinstance(said, str) and said.isprintable() else ""

    @property
    def error(self) -> str:
        """The specification's code of a refusal."""
        code = (self.body or {}).get("error")
        return code if isinstance(code, str) else ""


def bounds() -> Bounds:
    """Where brokers may be."""
    return Bounds(settings.BROKER_NETWORKS, settings.BROKERS_IN_THE_CLEAR)


def ask(
    way: Way,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    within: float | None = None,
    most: int = MOST,
) -> Answer:
    """Ask once. `path` begins after `/v2`, its parts are ids of ours.

    Raises:
        NotReached, Unanswered.
    """
    seconds = WITHIN if within is None else within
    until = time.monotonic() + seconds
    try:
        parts = bounds().checked(way.url)
        host, port = str(parts.hostname), port_of(parts)
        address = bounds().resolved(host, port)
    except Refused as error:
        raise NotReached(str(error)) from None
    except OSError:
        raise NotReached(gettext_noop("its name leads nowhere")) from None
    target = httpx.URL(way.url).copy_with(host=str(address), port=port)
    target = target.copy_with(path=target.path.rstrip("/") + "/v2" + path, params=dict(query or {}))
    told = {**way.headers(), "Host": parts.netloc, **(headers or {})}
    content = None
    if body is not None:
        content, told["Content-Type"] = msgspec.json.encode(body), "application/json"
    trust = way.trust() if parts.scheme == "https" else False
    timeout = httpx.Timeout(min(EACH_STEP, seconds), read=seconds)
    client = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False, verify=trust)
    request = client.build_request(method, target, content=content, headers=told, extensions={"sni_hostname": host})
    try:
        with client, closed_after(seconds, client.close):
            answer = client.send(request, stream=True)
            return _read(answer, most, until)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise NotReached(_why(error)) from None
    except (httpx.HTTPError, httpx.StreamError, OSError, RuntimeError, ValueError):
        raise Unanswered(gettext_noop("it does not answer in time")) from None


def _read(answer: httpx.Response, most: int, until: float) -> Answer:
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        return _faulty(answer, gettext_noop("its answer is compressed, which nobody asked for"))
    content = bytearray()
    for part in answer.iter_raw():
        content += part
        if len(content) > most:
            return _faulty(answer, gettext_noop("its answer is too large"))
        if time.monotonic() > until:
            raise Unanswered(gettext_noop("it does not answer in time"))
    if 300 <= answer.status_code < 400:
        return _faulty(answer, gettext_noop("it sends us elsewhere, and redirects are not followed"))
    return understood(answer.status_code, bytes(content), _seconds(answer.headers.get("retry-after", "")))


def understood(status: int, content: bytes, retry_after: float | None = None) -> Answer:
    """An answer's body as a JSON object, if it is one that can be kept."""
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return Answer(status, None, gettext_noop("its answer is no JSON"), retry_after)
    if not isinstance(body, dict):
        return Answer(status, None, gettext_noop("its answer is no JSON object"), retry_after)
    if b"\\u0000" in content or deeper(body, DEEPEST):
        return Answer(status, None, gettext_noop("its answer holds what can't be kept"), retry_after)
    return Answer(status, body, "", retry_after)


def deeper(value: Any, most: int) -> bool:
    """Whether more than `most` objects and lists lie in one another."""
    layer = [value]
    for _ in range(most + 1):
        layer = [
            each
            for held in layer
            if isinstance(held, dict | list)
            for each in (held.values() if isinstance(held, dict) else held)
        ]
        if not layer:
            return False
    return True


def _faulty(answer: httpx.Response, fault: str) -> Answer:
    return Answer(answer.status_code, None, fault, _seconds(answer.headers.get("retry-after", "")))


def _seconds(told: str) -> float | None:
    return min(float(told), 3600.0) if told.isdecimal() and len(told) < 9 else None


def _why(error: Exception) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return gettext_noop("its certificate is not one that we trust")
    if "SSL" in str(error):
        return gettext_noop("no TLS connection comes about")
    return gettext_noop("nobody listens at its address")


def _show(context: ssl.SSLContext, pem: str) -> None:
    """Certificate and key as a client's own; OpenSSL reads files only, so one that never has a name."""
    held = os.memfd_create("client", os.MFD_CLOEXEC)
    try:
        os.write(held, pem.encode())
        context.load_cert_chain(f"/proc/self/fd/{held}")
    finally:
        os.close(held)
