"""Databases of the embedded PostgreSQL as streams: one consistent picture out, with its rows counted; and in again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from install import application
from install.failure import Failure
from install.postgresql import DATABASE, OWNER, Cluster
from install.shell import clean_environment, tail

CHUNK = 1 << 20

_COUNTS = """
select coalesce(json_object_agg(name, rows), '{}')::jsonb::text from (
  select format('%I.%I', n.nspname, c.relname) as name,
    (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', n.nspname, c.relname),
      false, true, '')))[1]::text::bigint as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')) counted;
"""
_BURN = "do $$ begin for i in 1..{count} loop perform pg_current_xact_id(); commit; end loop; end $$;"
_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Picture:
    """One moment of a database: its rows by table, and the number of transactions its cluster had seen."""

    snapshot: str
    rows: dict[str, int]
    position: int


def cluster(ns: Any) -> Cluster:
    """The embedded PostgreSQL.

    Raises:
        Failure: the database is somebody else's server's, which has backups of its own.
    """
    if application.database_url(ns):
        raise Failure("The database is outside.", "Back it up and restore it there; keep STATE/keys with it.")
    return Cluster(ns)


@contextmanager
def picture(server: Cluster, database: str = DATABASE) -> Iterator[Picture]:
    """Hold one moment of the database for as long as the block lasts; `pg_dump --snapshot` sees just that one."""
    with subprocess.Popen(
        [str(word) for word in (server.programs() / "psql", *_quiet(), *_at(server), "-d", database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(PGOPTIONS="-c idle_in_transaction_session_timeout=0"),
    ) as session:
        ask = _Session(session)
        ask.tell("begin isolation level repeatable read read only;")
        snapshot = ask.line("select pg_export_snapshot();")
        position = int(ask.line("select pg_snapshot_xmax(pg_current_snapshot())::text;"))
        try:
            yield Picture(snapshot, json.loads(ask.line(_COUNTS)), position)
        finally:
            session.communicate()


class _Session:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def tell(self, statement: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(" ".join(statement.split()) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass

    def line(self, statement: str) -> str:
        self.tell(statement)
        assert self._process.stdout is not None
        found = self._process.stdout.readline().strip()
        if not found:
            said = self._process.communicate()[1]
            raise Failure("PostgreSQL did not answer.", "Does it run? `make run` starts it.", tail(said))
        return found


def rows(server: Cluster, database: str) -> dict[str, int]:
    """How many rows each table has."""
    with picture(server, database) as seen:
        return seen.rows


def dump(server: Cluster, seen: Picture) -> Iterator[bytes]:
    """The database as it was at that moment, in PostgreSQL's custom format.

    Raises:
        Failure: pg_dump ended with an error.
    """
    words = ("--format=custom", f"--snapshot={seen.snapshot}", *_at(server), DATABASE)
    with _piped(server, "pg_dump", *words) as process:
        assert process.stdout is not None
        while part := process.stdout.read(CHUNK):
            yield part


def restore(server: Cluster, parts: Iterable[bytes], database: str) -> None:
    """Make `database` anew of a dump.

    Raises:
        Failure: pg_restore ended with an error; what it made is dropped.
    """
    forget(server, database)
    server.sql(f"create database {database} owner {OWNER}")
    try:
        with _piped(server, "pg_restore", *_at(server), "--dbname", database, "--exit-on-error") as process:
            assert process.stdin is not None
            _feed(process.stdin, parts)
    except BaseException:
        forget(server, database)
        raise


def _feed(stdin: IO[bytes], parts: Iterable[bytes]) -> None:
    try:
        for part in parts:
            stdin.write(part)
    except BrokenPipeError:
        # It has ended, and says why itself.
        pass


def forget(server: Cluster, database: str) -> None:
    """Drop a database, whoever uses it."""
    server.sql(f"drop database if exists {database} with (force)")


def put_in_place(server: Cluster, database: str) -> None:
    """Let `database` take the place of Souk's own."""
    forget(server, DATABASE)
    server.sql(f"alter database {database} rename to {DATABASE}")


def advance(server: Cluster, position: int) -> int:
    """Let the cluster see transactions until it has seen as many as the one a backup is of. Returns how many it took.

    Events are read in the order of their transactions' numbers: on a cluster that counts from the beginning, what
    happens next would lie before what has been read, and never be billed. About 150,000 go by in a second.
    """
    behind = position - int(server.sql("select pg_current_xact_id()::text"))
    for done in range(0, max(0, behind), _AT_ONCE):
        server.sql(_BURN.format(count=min(_AT_ONCE, behind - done)))
    return max(0, behind)


@contextmanager
def _piped(server: Cluster, program: str, *words: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program with its standard input and output open.

    Raises:
        Failure: it ended with an error.
    """
    command = [str(word) for word in (server.programs() / program, *words)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=clean_environment()) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        said = process.communicate()[1].decode(errors="replace")
        if process.returncode:
            raise Failure(f"{program} failed with status {process.returncode}.", detail=tail(said))


def _quiet() -> tuple[str, ...]:
    return ("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1")


def _at(server: Cluster) -> tuple[str, ...]:
    return ("-h", str(server.socket), "-U", server.superuser)
