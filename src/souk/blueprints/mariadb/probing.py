"""Using the service as a customer would: TLS verified against the site's authority, then one query."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
from pymysql.connections import Connection

from souk.provisioning.contract import Credentials, Health, Wanted

PORT = 3306
_CONNECT_WITHIN = 3.0
_ANSWER_WITHIN = 3.0
"""Seconds."""

FAILURES = (pymysql.MySQLError, OSError)
"""What a connection that does not come about, or breaks, raises."""


def probe(wanted: Wanted, credentials: Credentials, authority: str) -> Health:
    """Connect by address, check the certificate against the name, and `SELECT 1`."""
    try:
        with connect(wanted, credentials, authority) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except FAILURES as error:
        return Health(ok=False, detail=told(error))
    return Health(ok=True)


@contextmanager
def connect(wanted: Wanted, credentials: Credentials, authority: str) -> Iterator[Connection]:
    """A connection whose TLS is fully verified, and that waits for nothing long. `authority` is a PEM text.

    Raises:
        pymysql.MySQLError, OSError: no answer, a wrong certificate, or refused credentials.
    """
    opened = Connection(
        host=wanted.hostname,
        port=PORT,
        user=credentials.username,
        password=credentials.password,
        database=credentials.database or None,
        ssl=ssl.create_default_context(cadata=authority),
        read_timeout=_ANSWER_WITHIN,
        write_timeout=_ANSWER_WITHIN,
        charset="utf8mb4",
        autocommit=True,
        program_name="souk",
        defer_connect=True,
    )
    plain = socket.create_connection((wanted.address, PORT), timeout=_CONNECT_WITHIN)
    try:
        opened.connect(plain)
        yield opened
    finally:
        if opened.open:
            opened.close()
        plain.close()


def told(error: Exception) -> str:
    """What went wrong, in the client's words."""
    words = str(error.args[-1]) if isinstance(error, pymysql.MySQLError) and error.args else str(error)
    return words.strip().partition("\n")[0][:200] or type(error).__name__
