"""What the programs of this folder share: PostgreSQL's places, its files, its SQL, and running as its user."""

from __future__ import annotations

import pwd
import subprocess
import time

import machine
from machine import PAUSE, Failure

FOLDER = "/etc/souk/postgresql"
DATA = "/var/lib/postgresql/data"
SERVICE = "souk-postgresql.service"
BIN = "/usr/lib/postgresql/17/bin"
"""Clients of the newest version, which serve every other; a server's own programs are those of its data's version."""

SOCKETS = "/run/postgresql"
OPTIONS = "-c search_path=pg_catalog -c default_transaction_read_only=off"
NO_CONNECTION = 2
PSQL = [BIN + "/psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
ENDED = "souk: ended"


def version(data: str = DATA) -> str:
    """The major version that a data directory was made by."""
    with open(data + "/PG_VERSION", encoding="utf-8") as file:
        return file.read().strip()


def programs(number: str) -> str:
    """The folder of a major version's programs."""
    return f"/usr/lib/postgresql/{number}/bin"


def write(path: str, content: str) -> bool:
    """Replace a file atomically, readable by root and PostgreSQL only. Returns whether it differed."""
    return bool(machine.write(path, content, "postgres"))


def absent(statement: str, where: str) -> str:
    """Run a statement that has no IF NOT EXISTS only where the row is not there."""
    return f"SELECT {literal(statement)} WHERE NOT EXISTS (SELECT FROM {where}) \\gexec"  # noqa: S608


def sql(script: str, deadline: float, database: str = "postgres", sockets: str = SOCKETS) -> str:
    """Run a script as the superuser; every statement commits alone, so a killed run resumes.

    A server that recovers from a crash is waited for.
    """
    while True:
        done = psql(script, database, sockets)
        if done.returncode == 0:
            return done.stdout
        if done.returncode != NO_CONNECTION or time.monotonic() > deadline:
            raise Failure(done.stderr.strip().partition("\n")[0])
        time.sleep(5 * PAUSE)


def psql(script: str, database: str = "postgres", sockets: str = SOCKETS) -> subprocess.CompletedProcess[str]:
    """Only PostgreSQL's own functions are found without their schema: in a customer's database there may be others. The
    platform writes even where nobody else may, because the disk is full.
    """
    return as_postgres([*PSQL, "--dbname=" + database], stdin=script, environment=_known(sockets))


class Session:
    """A session as the superuser, of the service's own server, that lasts for several statements."""

    def __init__(self) -> None:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=KILL", *PSQL]
        pipe, known = subprocess.PIPE, {**_known(SOCKETS), "PATH": "/usr/bin:/bin"}
        self._psql = subprocess.Popen(
            [*command, "--dbname=postgres"], stdin=pipe, stdout=pipe, stderr=pipe, env=known, cwd="/", text=True
        )

    def ask(self, statement: str) -> str:
        """What a statement printed. The first that fails ends the session."""
        assert self._psql.stdin is not None
        assert self._psql.stdout is not None
        assert self._psql.stderr is not None
        self._psql.stdin.write(statement + "\n\\echo " + ENDED + "\n")
        self._psql.stdin.flush()
        lines: list[str] = []
        for line in self._psql.stdout:
            if line.rstrip("\n") == ENDED:
                return "".join(lines)
            lines.append(line)
        raise Failure(self._psql.stderr.read().strip().partition("\n")[0] or "PostgreSQL ended the session")

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._psql.kill()
        self._psql.communicate()


def _known(sockets: str) -> dict[str, str]:
    return {"PGHOST": sockets, "PGUSER": "postgres", "PGOPTIONS": OPTIONS, "HOME": "/"}


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
