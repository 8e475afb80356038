"""Databases for tests: one migrated and seeded template, cloned in a fifth of a second where a test must commit."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, connections
from psycopg import sql

_numbers = itertools.count(1)


def maintenance(settings: dict[str, Any]) -> psycopg.Connection[Any]:
    """A connection of the owner to the cluster's `postgres` database."""
    return psycopg.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["OWNER"],
        password=settings["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )


def connect_as(role: str) -> psycopg.Connection[Any]:
    """A login role's own connection to the database that Django points at now."""
    settings = connection.settings_dict
    return psycopg.connect(
        dbname=settings["NAME"],
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=role,
        autocommit=True,
    )


def clone(settings: dict[str, Any], source: str, target: str) -> None:
    """Make database `target` a copy of `source`, to which nobody may be connected."""
    with maintenance(settings) as cluster:
        cluster.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(target)))
        cluster.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(target), sql.Identifier(source))
        )


def disconnect(settings: dict[str, Any], name: str, role: str) -> None:
    """End a role's connections to a database, as a restart of the server would."""
    with maintenance({**settings, "OWNER": role}) as cluster:
        cluster.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = %s and usename = %s and pid <> pg_backend_pid()",
            [name, role],
        )


def drop(settings: dict[str, Any], name: str) -> None:
    """Drop a database, whoever is connected to it.

    Autovacuum is the superuser's: where it is at work, dropping by force is refused until it has gone.
    """
    for role in ("souk_web", "souk_worker"):
        disconnect(settings, name, role)
    with maintenance(settings) as cluster:
        for attempt in range(50):
            try:
                cluster.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
                return
            except psycopg.errors.InsufficientPrivilege:
                if attempt == 49:
                    raise
                time.sleep(0.2)


def drop_of_dead_runs(settings: dict[str, Any], prefix: str) -> None:
    """Drop the databases of test runs that were ended before they could; their names carry the process."""
    with maintenance(settings) as cluster:
        names = cluster.execute("select datname from pg_database where starts_with(datname, %s)", [prefix]).fetchall()
    for (name,) in names:
        process = name.removeprefix(prefix).partition("_")[0]
        if process.isdigit() and not Path(f"/proc/{process}").exists():
            drop(settings, name)


@contextmanager
def own_database(template: str) -> Iterator[str]:
    """Point Django at a fresh copy of the template for as long as the block lasts; yields its name."""
    settings = connection.settings_dict
    previous = settings["NAME"]
    name = f"{template}_{next(_numbers)}"
    clone(settings, template, name)
    connections.close_all()
    settings["NAME"] = name
    try:
        yield name
    finally:
        connections.close_all()
        settings["NAME"] = previous
        drop(settings, name)
