"""What the programs of this folder share: a document in and an answer out, files, waiting, SQL."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

FOLDER = "/etc/souk/postgresql"
DATA = "/var/lib/postgresql/data"
SERVICE = "souk-postgresql.service"
BIN = "/usr/lib/postgresql/17/bin"
SOCKETS = "/run/postgresql"
PAUSE = 0.01
NO_CONNECTION = 2


class Failure(Exception):
    """What went wrong, as a sentence without secrets."""


class Refusal(Failure):
    """The word for a refusal that trying again won't change."""


def main(program: Callable[[dict, float], Mapping[str, object]], lock: str = "") -> None:  # type: ignore[type-arg]
    """Run a program with the JSON on standard input, alone if it has a lock; print its answer or its complaint."""
    document = json.load(sys.stdin)
    deadline = time.monotonic() + document.get("timeout", 60)
    if lock:
        be_alone(lock)
    try:
        answer, status = program(document, deadline), 0
    except Refusal as refusal:
        answer, status = {"declined": str(refusal), "error": "it can't do this: " + str(refusal)}, 1
    except Failure as failure:
        answer, status = {"error": str(failure)}, 1
    sys.stdout.write(json.dumps(answer))
    sys.exit(status)


def be_alone(lock: str) -> None:
    """Wait for whoever has the lock, and keep it as long as this process lives."""
    handle = os.open(f"/etc/souk/{lock}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)


def write(path: str, content: str, reader: str = "postgres") -> bool:
    """Replace a file atomically, readable by root and one user's group only. Returns whether it differed."""
    data = content.encode()
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return False
    except FileNotFoundError:
        pass
    descriptor = os.open(path + ".new", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o640)
    try:
        os.fchown(descriptor, 0, pwd.getpwnam(reader).pw_gid)
        os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(path + ".new", path)
    return True


def systemctl(*arguments: str, deadline: float) -> int:
    left = max(1.0, deadline - time.monotonic())
    try:
        return subprocess.run(["systemctl", *arguments], stdin=subprocess.DEVNULL, timeout=left).returncode
    except subprocess.TimeoutExpired:
        raise Failure("systemctl " + " ".join(arguments) + " takes too long") from None


def absent(statement: str, where: str) -> str:
    """Run a statement that has no IF NOT EXISTS only where the row is not there."""
    return f"SELECT {literal(statement)} WHERE NOT EXISTS (SELECT FROM {where}) \\gexec"  # noqa: S608


def sql(script: str, deadline: float, database: str = "postgres") -> str:
    """Run a script as the superuser; every statement commits alone, so a killed run resumes.

    A server that recovers from a crash is waited for.
    """
    while True:
        done = psql(script, database)
        if done.returncode == 0:
            return done.stdout
        if done.returncode != NO_CONNECTION or time.monotonic() > deadline:
            raise Failure(done.stderr.strip().partition("\n")[0])
        time.sleep(5 * PAUSE)


def psql(script: str, database: str = "postgres", sockets: str = SOCKETS) -> subprocess.CompletedProcess[str]:
    """Only PostgreSQL's own functions are found without their schema: in a customer's database there may be others."""
    command = [BIN + "/psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
    environment = {"PGHOST": sockets, "PGUSER": "postgres", "PGOPTIONS": "-c search_path=pg_catalog", "HOME": "/"}
    return as_postgres([*command, "--dbname=" + database], stdin=script, environment=environment)


def as_postgres(
    command: list[str], *, stdin: str = "", environment: dict[str, str] | None = None, timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    user = pwd.getpwnam("postgres")
    return subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        text=True,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        env=environment or {"HOME": "/", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd="/",
        timeout=timeout,
    )


def databases(deadline: float) -> list[str]:
    """Every database that can be connected to and is no template, the maintenance database apart."""
    query = "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres'"
    return sql(query + " ORDER BY datname;", deadline).split()


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def wait(deadline: float, what: str, answers: Callable[[], bool]) -> None:
    while not answers():
        if time.monotonic() > deadline:
            raise Failure("no " + what + " in time")
        time.sleep(PAUSE)


def systemd_answers() -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex("/run/systemd/private") == 0
