"""PostgreSQL servers that wait ready: a database and an owner that nobody can sign in as, until one customer can."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql

from souk.blueprints import guests
from souk.blueprints.databases import databases
from souk.blueprints.postgresql import parameters, scram, sizing
from souk.blueprints.postgresql.binder import OWNER
from souk.blueprints.postgresql.bundle import bundle
from souk.blueprints.postgresql.probing import connect, cut_after, first_line
from souk.blueprints.postgresql.versions import VERSIONS
from souk.provisioning.contract import ConfigurationFailed, Credentials, Guest, ServerCertificate, Size, Wanted

PREPARER = "souk_preparer"
"""The superuser that waits with the machine; it drops itself."""

PREPARED = "souk-prepared"
"""The database that waits. A customer's is never called so."""

_CONFIGURE = "/usr/lib/souk/configure"
_WITHIN = 90.0
_TAKE_WITHIN = 10.0
"""Seconds."""


class WaitingServers:
    """PostgreSQL's answer to provisioning's `Warmer`."""

    def prepared(self, size: Size) -> str:
        """What `configure` would be told, without what differs from machine to machine."""
        told = json.dumps([sizing.settings(size), PREPARER, PREPARED, OWNER], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def prepare(self, guest: Guest, wanted: Wanted, password: str, certificate: ServerCertificate) -> None:
        """The usual configuration with a database and an owner for nobody, and somebody who can hand them over."""
        guests.run(guest, _CONFIGURE, document(wanted, password, certificate), timeout=_WITHIN)

    def suits(self, parameters_: Mapping[str, Any]) -> bool:
        """The newest version, one database, no extensions and no pool: all else needs the machine's own programs."""
        if parameters.version(parameters_) != VERSIONS[0].number:
            return False
        plain = not parameters_.get("extensions") and not parameters.pool_mode(parameters_)
        return plain and len(databases(parameters_)) == 1

    def take(self, wanted: Wanted, credentials: Credentials, password: str, authority: str) -> None:
        """One transaction: the owner gets its password, the database its name, and who did that is gone."""
        preparer = Credentials(PREPARER, password, "postgres")
        try:
            with connect(wanted, preparer, authority) as connection, cut_after(connection, _TAKE_WITHIN):
                connection.execute(script(credentials))
        except psycopg.Error as error:
            raise ConfigurationFailed(first_line(error)) from error


def document(wanted: Wanted, password: str, certificate: ServerCertificate) -> dict[str, Any]:
    """What `/usr/lib/souk/configure` reads to have a machine wait."""
    described = replace(wanted, parameters={"databases": [PREPARED]})
    nobody = Credentials(PREPARER, password, PREPARED)
    verifier = scram.scram_verifier(password, os.urandom(scram.SALT_BYTES))
    told = bundle(described, nobody, certificate, timeout=_WITHIN - 10)
    return {**told, "preparer": {"name": PREPARER, "verifier": verifier}}


def script(credentials: Credentials) -> sql.Composed:
    """The transaction that makes the waiting database a customer's."""
    return sql.SQL(
        "SET SESSION AUTHORIZATION postgres; BEGIN; ALTER ROLE {owner} LOGIN PASSWORD {verifier};"
        " ALTER DATABASE {prepared} RENAME TO {database}; DROP ROLE {preparer}; COMMIT"
    ).format(
        owner=sql.Identifier(credentials.username),
        verifier=sql.Literal(scram.scram_verifier(credentials.password, os.urandom(scram.SALT_BYTES))),
        prepared=sql.Identifier(PREPARED),
        database=sql.Identifier(credentials.database),
        preparer=sql.Identifier(PREPARER),
    )
