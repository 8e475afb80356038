"""A database of the benchmark's own on the namespace's cluster, with key rings and a state folder of its own.

Nothing of the namespace's own database, keys or processes is touched.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from support.figures import say

_PREFIX = "souk_bench_"
_ROLES = {"OWNER": "souk_owner", "WEB": "souk_web", "WORKER": "souk_worker"}
_URLS = ("DATABASE_URL", *(f"DATABASE_URL_{role}" for role in _ROLES))
_BEFORE_NAME = re.compile(r"^([a-z]+://[^/?#]*)(/[^?#]*)?")


@dataclass(frozen=True)
class Ground:
    """Where a benchmark runs: what every process of it is told, and its folder."""

    database: str
    folder: Path
    told: dict[str, str] = field(repr=False)
    _opened: list[psycopg.Connection] = field(default_factory=list, repr=False)

    def environment(self, process: str, **more: str) -> dict[str, str]:
        """The environment of a process of kind `process`: `web`, `worker` or `owner`."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
        return {**kept, **self.told, "SOUK_PROCESS": process, **more}

    def connect(self, role: str = "OWNER", *, autocommit: bool = True) -> psycopg.Connection:
        """A bare connection as one of the three roles; closed at the latest when the ground is left."""
        connection = psycopg.connect(_libpq(self.told, role), autocommit=autocommit)
        self._opened.append(connection)
        if f"DATABASE_URL_{role}" not in self.told:
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(_ROLES[role])))
        return connection

    def close(self) -> None:
        """Close every connection made here, Django's too."""
        from django.db import connections

        connections.close_all()
        for connection in self._opened:
            connection.close()

    def analyze(self) -> None:
        """Let PostgreSQL know what was just written, as its own background process would within a minute."""
        with self.connect() as connection:
            connection.execute("vacuum analyze")

    def url(self, role: str) -> str:
        """What libpq connects by, for processes that are not Souk's."""
        return _libpq(self.told, role)


@contextmanager
def ground(**settings: str) -> Iterator[Ground]:
    """Make the database, migrate and seed it, and set Django up on it as the schema's owner.

    `settings` are further settings of every process, such as `SOUK_ENGINE="memory"`. Once in a process's life.
    """
    folder = Path(tempfile.mkdtemp(prefix="souk-bench-"))
    folder.chmod(0o755)
    name = f"{_PREFIX}{os.getpid()}_{secrets.token_hex(3)}"
    told = {**_told(folder, name), **settings}
    os.environ.update(told, SOUK_PROCESS="owner")
    made = Ground(name, folder, told)
    admin = _libpq(_named(told, "postgres"), "OWNER")
    with psycopg.connect(admin, autocommit=True) as cluster:
        _sweep(cluster)
        cluster.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        _furnish()
        yield made
    finally:
        made.close()
        _drop(admin, name)
        shutil.rmtree(folder, ignore_errors=True)


def _told(folder: Path, database: str) -> dict[str, str]:
    from souk.kernel.secrets import KeyRing
    from souk.settings import namespace

    ns = namespace.current()
    for part in ("keys", "dns", "mail", "documents"):
        (folder / part).mkdir()
    for ring in ("master", "identity"):
        (folder / "keys" / f"{ring}.key").write_text(KeyRing.generate_line() + "\n")
    (folder / "keys" / "django-secret.key").write_text(secrets.token_hex(32))
    given = {key: os.environ[key] for key in _URLS if os.environ.get(key)}
    embedded = {
        f"DATABASE_URL_{kind}": f"postgresql://{role}@/postgres?host={quote(str(ns.postgresql_socket))}"
        for kind, role in _ROLES.items()
    }
    return {
        **_named(given or embedded, database),
        "DJANGO_SETTINGS_MODULE": "souk.settings.django",
        "SOUK_NAMESPACE": ns.name,
        "SOUK_STATE": str(folder),
        "SOUK_RUN": str(ns.run),
        "SOUK_SUBNET": ns.subnet,
        "SOUK_KEYS": str(folder / "keys"),
        # A machine of the platform's own on the engine would be neither measured nor taken away.
        "SOUK_OBJECT_STORAGE": "none",
        "SOUK_WARM_MOST": "0",
    }


def _named(told: dict[str, str], database: str) -> dict[str, str]:
    """The same settings with every database URL naming another database."""
    return {key: _BEFORE_NAME.sub(rf"\1/{database}", value) if key in _URLS else value for key, value in told.items()}


def _libpq(told: dict[str, str], role: str) -> str:
    return told.get(f"DATABASE_URL_{role}") or told["DATABASE_URL"]


def _furnish() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from souk.settings.seeds import seed

    seed()


def _sweep(cluster: psycopg.Connection[Any]) -> None:
    """Drop what benchmarks left that were killed: databases whose process is gone. An outside server is left alone."""
    if cluster.info.host and not cluster.info.host.startswith("/"):
        return
    for (name,) in cluster.execute("select datname from pg_database where datname like %s", [f"{_PREFIX}%"]).fetchall():
        pid = name.removeprefix(_PREFIX).partition("_")[0]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            with contextlib.suppress(psycopg.errors.ObjectInUse):
                cluster.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))


def _drop(admin: str, name: str, patience: float = 15.0) -> None:
    """Drop the database as soon as the last connection of an ended process is gone."""
    deadline = time.monotonic() + patience
    with psycopg.connect(admin, autocommit=True) as cluster:
        while True:
            try:
                cluster.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > deadline:
                    say(f"The database {name} is still in use and stays; the next benchmark drops it.")
                    return
                time.sleep(0.1)
            else:
                return
