"""What the programs of this folder share: MariaDB's places, its files, and its SQL as its administrator."""

from __future__ import annotations

import os
import subprocess
import time

import machine
from machine import PAUSE, Failure

FOLDER = "/etc/souk/mariadb"
HOME = "/var/lib/mariadb"
DATA = HOME + "/data"
SOCKET = "/run/mariadb/socket"
SERVICE = "souk-mariadb.service"
CLIENT = ["mariadb", "--no-defaults", "--socket=" + SOCKET, "--user=root", "--batch", "--skip-column-names", "--raw"]
NO_CONNECTION = ("ERROR 2002", "ERROR 2013")


def write(path: str, content: str) -> bool:
    """Replace a file atomically, readable by root and MariaDB only. Returns whether it differed."""
    return bool(machine.write(path, content, "mysql"))


def sql(script: str, deadline: float) -> str:
    """Run a script as the administrator; every statement commits alone, so a killed run resumes.

    A server that recovers from a crash is waited for.
    """
    while True:
        done = ask(script)
        if done.returncode == 0:
            return done.stdout
        if not done.stderr.startswith(NO_CONNECTION) or time.monotonic() > deadline:
            raise Failure(done.stderr.strip().partition("\n")[0])
        time.sleep(5 * PAUSE)


def ask(script: str, socket: str = SOCKET) -> subprocess.CompletedProcess[str]:
    """Root on this machine is the server's administrator, who needs no password."""
    command = [word if not word.startswith("--socket=") else "--socket=" + socket for word in CLIENT]
    return subprocess.run(
        command,
        input=script,
        capture_output=True,
        text=True,
        errors="replace",
        env={"PATH": "/usr/bin:/bin", "HOME": "/", "LC_ALL": "C.UTF-8"},
    )


def rows(script: str, deadline: float) -> list[list[str]]:
    """What a query answered, of values without a line break or a tabulator."""
    return [line.split("\t") for line in sql(script, deadline).splitlines()]


def is_configured() -> bool:
    return os.path.exists(FOLDER + "/configured")


def identifier(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def literal(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'"


def pattern(database: str) -> str:
    """A database as GRANT names it, where an underscore would stand for any letter."""
    return identifier(database.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%"))
