"""The moment a database first answers: connect again and again, TLS fully verified, until `SELECT 1` is answered."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import psycopg

from souk.blueprints.postgresql import probing
from souk.provisioning.contract import Credentials, Wanted

_PATIENCE = 60.0
_PAUSE = 0.005
_REACH_WITHIN = 0.1


def wait(wanted: Wanted, credentials: Credentials, authority: str) -> float:
    """Try from now on; return the instant (`time.perf_counter`) of the first answer.

    Raises:
        TimeoutError: none came within a minute.
    """
    deadline = time.perf_counter() + _PATIENCE
    with probing.certificate_file(authority) as file:
        options = probing.connection_options(wanted, credentials, file)
        while time.perf_counter() < deadline:
            if _listens(wanted.address):
                try:
                    with psycopg.connect(**options) as connection:
                        connection.execute("SELECT 1")
                        return time.perf_counter()
                except psycopg.Error as error:
                    refused = str(error)
            time.sleep(_PAUSE)
    raise TimeoutError(f"{wanted.address} does not answer: {refused}")


def meanwhile(wanted: Wanted, credentials: Credentials, authority: str) -> Callable[[], float]:
    """Try on a thread of its own; call what is returned for the instant of the first answer."""
    found: list[float] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            found.append(wait(wanted, credentials, authority))
        except TimeoutError as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()

    def result() -> float:
        thread.join()
        if failed:
            raise failed[0]
        return found[0]

    return result


def _listens(address: str) -> bool:
    """Whether something accepts connections there; a host that isn't up yet does not answer at all."""
    try:
        socket.create_connection((address, probing.PORT), timeout=_REACH_WITHIN).close()
    except OSError:
        return False
    return True
