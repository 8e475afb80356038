"""Using the service as a client would: TLS verified against the site's authority, then a sign-in and a few commands."""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager

from souk.blueprints.valkey import parameters
from souk.blueprints.valkey.resp import ServerRefused, Session
from souk.provisioning.contract import Credentials, Health, Wanted

PORT = 6379
_WITHIN = 3.0
"""Seconds."""

_FULL, _NOT_ALLOWED = "OOM", "NOPERM"
_BUSY = "a script of the customer's has been running for seconds, and the server answers nobody else"


def probe(wanted: Wanted, credentials: Credentials, authority: str) -> Health:
    """Sign in, ask, write and read."""
    try:
        with connect(wanted, credentials, authority) as session:
            return use(session, wanted)
    except (OSError, ServerRefused) as error:
        return Health(ok=False, detail=complaint(error))


@contextmanager
def connect(wanted: Wanted, credentials: Credentials, authority: str) -> Iterator[Session]:
    """A session, by address, the certificate checked against the name. `authority` is a PEM text.

    Raises:
        OSError: no answer, or a wrong certificate.
        ServerRefused: refused credentials, or too many clients.
    """
    trusted = ssl.create_default_context(cadata=authority)
    with (
        socket.create_connection((wanted.address, PORT), timeout=_WITHIN) as plain,
        trusted.wrap_socket(plain, server_hostname=wanted.hostname) as encrypted,
        closing(Session(encrypted)) as session,
    ):
        session.ask("AUTH", credentials.username, credentials.password)
        yield session


def use(session: Session, wanted: Wanted) -> Health:
    """Write a key of our own and read it, in a database behind those that the customer has. A server that is full and
    says so does what it was asked for; so does one that lets whoever may only read write nothing.

    Raises:
        ServerRefused, OSError.
    """
    key, value = f"souk:{secrets.token_hex(8)}", secrets.token_hex(8)
    asked: list[tuple[str | bytes | int, ...]] = [
        ("PING",),
        ("SELECT", ours(wanted)),
        ("SET", key, value, "PX", 10_000),
        ("GETDEL", key),
    ]
    pong, selected, written, read = session.ask_all(asked)
    for answer in (pong, selected):
        if isinstance(answer, ServerRefused):
            raise answer
    if isinstance(written, ServerRefused):
        if written.word == _FULL:
            return Health(ok=True, detail="the memory is full: it refuses writes")
        if written.word == _NOT_ALLOWED:
            return Health(ok=True, detail="it answers, and these credentials only read")
        raise written
    return Health(ok=True) if read == value else Health(ok=False, detail="it does not keep what is written")


def ours(wanted: Wanted) -> int:
    """The number of our own database."""
    return int(parameters.complete(wanted.parameters)["databases"])


def complaint(error: Exception) -> str:
    """What went wrong, in a line."""
    if isinstance(error, ServerRefused) and error.word == "BUSY":
        return _BUSY
    return str(error)[:200] or type(error).__name__
