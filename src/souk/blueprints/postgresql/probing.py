"""Using the service as a customer would: TLS verified against the site's authority, then one query."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from souk.blueprints.postgresql import parameters
from souk.provisioning.contract import Credentials, Health, Wanted

PORT = 5432
POOL_PORT = 6432
_CONNECT_WITHIN = 3
_ANSWER_WITHIN = 3
"""Seconds."""


def probe(wanted: Wanted, credentials: Credentials, authority: str) -> Health:
    """Connect by address, check the certificate against the name, and `SELECT 1`; through the pool too, if there is
    one.
    """
    ports = [PORT, POOL_PORT] if parameters.pool_mode(wanted.parameters) else [PORT]
    try:
        for port in ports:
            with connect(wanted, credentials, authority, port) as connection, cut_after(connection, _ANSWER_WITHIN):
                connection.execute("SELECT 1")
    except psycopg.Error as error:
        return Health(ok=False, detail=first_line(error))
    return Health(ok=True)


@contextmanager
def connect(wanted: Wanted, credentials: Credentials, authority: str, port: int = PORT) -> Iterator[psycopg.Connection]:
    """A connection whose TLS is fully verified. `authority` is a PEM text.

    Raises:
        psycopg.OperationalError: no answer, a wrong certificate, or refused credentials.
    """
    with (
        certificate_file(authority) as file,
        psycopg.connect(**{**connection_options(wanted, credentials, file), "port": port}) as opened,
    ):
        yield opened


@contextmanager
def cut_after(connection: psycopg.Connection, seconds: float) -> Iterator[None]:
    """Cut the connection if the block takes longer: a server that is frozen would be waited for without end."""
    end = socket.socket(fileno=os.dup(connection.fileno()))
    timer = threading.Timer(seconds, end.shutdown, [socket.SHUT_RDWR])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        end.close()


def connection_options(wanted: Wanted, credentials: Credentials, authority_file: str) -> dict[str, Any]:
    """What libpq needs to connect by address and to check the certificate against the name."""
    return {
        "host": wanted.hostname,
        "hostaddr": wanted.address,
        "port": PORT,
        "user": credentials.username,
        "password": credentials.password,
        "dbname": credentials.database,
        "sslmode": "verify-full",
        "sslrootcert": authority_file,
        "sslcert": "",
        "gssencmode": "disable",
        "connect_timeout": _CONNECT_WITHIN,
        "application_name": "souk",
        "autocommit": True,
    }


@contextmanager
def certificate_file(content: str) -> Iterator[str]:
    """A path that libpq can read a PEM text from; it is never on disk."""
    descriptor = os.memfd_create("authority")
    try:
        os.write(descriptor, content.encode())
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def first_line(error: psycopg.Error) -> str:
    """What went wrong, without what follows from it."""
    return str(error).strip().partition("\n")[0][:200]
