"""A server of one's own on a data directory beside the service's: nobody else reaches it, and it archives nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from guest import programs, psql, version
from machine import Failure, Refusal

HOME = "/var/lib/postgresql"
NOT_REACHED = "recovery ended before configured recovery target was reached"
TOO_EARLY = "requested recovery stop point is before consistent recovery point"

# Nothing is archived, nobody connects, and what is written is synced at the end, all at once.
ALONE = {
    "listen_addresses": "",
    "unix_socket_directories": HOME,
    "archive_mode": "off",
    "hot_standby": "off",
    "shared_preload_libraries": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "wal_recycle": "off",
}
QUIETLY = ["nice", "-n19", "ionice", "-c3"]


@contextmanager
def recovered(folder: str, deadline: float, *, quietly: bool = False, **settings: str) -> Iterator[None]:
    """For the block, a server on `folder` that has recovered to where it was told to. Stopped, the folder is whole.

    Raises:
        Refusal: it can't recover so far. Failure.
    """
    words = [word for key, value in {**ALONE, **settings}.items() for word in ("-c", f"{key}={value}")]
    with tempfile.TemporaryFile("w+") as log:
        server = _start(
            [*(QUIETLY if quietly else []), programs(version(folder)) + "/postgres", "-D", folder, *words], log
        )
        try:
            _wait_for(server, log, deadline)
            yield
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()
        if server.returncode != 0:
            raise _explained(log)


def forget_configuration(folder: str) -> None:
    """Of a server that was one of several, the data carries settings that name files of its machine."""
    with open(folder + "/postgresql.conf", "w", encoding="utf-8"):
        pass
    for name in ("patroni.dynamic.json", "postgresql.base.conf"):
        if os.path.exists(f"{folder}/{name}"):
            os.unlink(f"{folder}/{name}")


def _wait_for(server: subprocess.Popen[bytes], log: IO[str], deadline: float) -> None:
    while psql("SELECT;", sockets=HOME).returncode != 0:
        if server.poll() is not None:
            raise _explained(log)
        if time.monotonic() > deadline:
            raise Failure("the history takes too long to replay")
        time.sleep(0.1)


def _start(command: list[str], log: IO[str]) -> subprocess.Popen[bytes]:
    words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=KILL", *command]
    known = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=known, cwd="/")


def _explained(log: IO[str]) -> Failure:
    log.seek(0)
    said = log.read()
    if NOT_REACHED in said:
        return Refusal("late")
    if TOO_EARLY in said:
        return Refusal("early")
    fatal = [line.partition("FATAL:")[2].strip() for line in said.splitlines() if "FATAL:" in line]
    return Failure("the data does not recover: " + (fatal[-1] if fatal else said[-500:]))
