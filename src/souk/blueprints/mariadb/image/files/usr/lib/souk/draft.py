"""A server beside the service's own, which is filled with what comes from elsewhere, and put in its place when it is
whole.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from machine import Failure, wait
from server import CLIENT, DATA, HOME, ask

PLACE = HOME + "/draft"
SOCKET = "/run/souk-draft/socket"
PLACES = {"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": "/", "LC_ALL": "C.UTF-8"}
# Of a draft nothing has to be on the disk before its end.
HASTY = (
    *("--skip-networking", "--skip-log-bin", "--skip-slave-start", "--innodb-flush-log-at-trx-commit=0"),
    *("--innodb-doublewrite=OFF", "--innodb-use-native-aio=OFF", "--innodb-flush-method=O_DIRECT"),
    *("--max-allowed-packet=1G", "--symbolic-links=OFF", "--event-scheduler=OFF"),
    *("--innodb-log-file-size=96M", "--sql-mode=", f"--relay-log={HOME}/log/relay"),
)


@contextmanager
def server(deadline: float) -> Iterator[str]:
    """An empty server that only this program reaches, at the socket it gives; ended cleanly, or thrown away."""
    shutil.rmtree(PLACE, ignore_errors=True)
    _make()
    user = pwd.getpwnam("mysql")
    os.makedirs(os.path.dirname(SOCKET), mode=0o700, exist_ok=True)
    os.chown(os.path.dirname(SOCKET), user.pw_uid, user.pw_gid)
    pool = _memory() // 2 // 1024**2
    command = ["mariadbd", "--no-defaults", f"--datadir={PLACE}", f"--socket={SOCKET}", f"--tmpdir={PLACE}"]
    with _begun([*command, *HASTY, f"--innodb-buffer-pool-size={pool}M"]) as one:
        try:
            wait(deadline, "server for the draft", lambda: one.poll() is not None or _answers(), 0.05)
            if one.poll() is not None:
                raise Failure(f"the server for the draft ends with {one.returncode}")
            yield SOCKET
            # What is written down beside the tables is done with: another server begins with the tables alone.
            ask("SET GLOBAL innodb_fast_shutdown = 0;", SOCKET)
            one.terminate()
            if one.wait() != 0:
                raise Failure(f"the server for the draft ended with {one.returncode}")
        finally:
            one.kill()


def read_in(source: IO[bytes] | None, socket: str, database: str = "") -> subprocess.CompletedProcess[str]:
    """Read SQL in, into a database if it names none; the first statement that fails ends it."""
    words = [word if not word.startswith("--socket=") else "--socket=" + socket for word in CLIENT]
    words += ["--max-allowed-packet=1G", "--binary-mode", "--default-character-set=utf8mb4"]
    return subprocess.run(
        [*words, *([database] if database else [])],
        stdin=source,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=PLACES,
    )


def put_in_place() -> None:
    """Instead of the empty data directory of the first boot."""
    os.sync()
    shutil.rmtree(DATA, ignore_errors=True)
    os.rename(PLACE, DATA)


def _answers() -> bool:
    return bool(ask("SELECT 1;", SOCKET).returncode == 0)


def _begun(command: list[str]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    words = ["setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups", "--pdeathsig=KILL", *command]
    return subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, env=PLACES, cwd="/")


def _make() -> None:
    """What the first boot made is as good as another one."""
    if os.path.isdir(DATA):
        os.rename(DATA, PLACE)
        return
    words = ["setpriv", "--reuid=mysql", "--regid=mysql", "--clear-groups", "/usr/lib/souk/initdb", PLACE]
    done = subprocess.run(words, capture_output=True, text=True, env=PLACES, cwd="/")
    if done.returncode != 0:
        raise Failure(done.stderr.strip()[-300:])


def _memory() -> int:
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemTotal:"))
