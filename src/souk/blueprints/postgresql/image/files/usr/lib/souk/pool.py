"""The connection pool: PgBouncer before PostgreSQL, with the users and passwords that PostgreSQL has.

It signs in to the server as whoever signed in to it, with what that sign-in proved, and reads verifiers by a function
that only its own role may call. It has a system user of its own: as PostgreSQL's it would be the superuser.
"""

from __future__ import annotations

import os
from typing import Any

import machine
from guest import sql
from machine import Failure, systemctl

POOLER = "souk_pooler"
FOLDER = "/etc/souk/pool"
CONFIGURATION = FOLDER + "/pgbouncer.ini"
SERVICE = "souk-pool.service"
PORT = 6432

_LOOKUP = """
SET client_min_messages = warning;
SELECT 'CREATE ROLE souk_pooler LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'souk_pooler') \\gexec
CREATE SCHEMA IF NOT EXISTS souk;
BEGIN;
CREATE OR REPLACE FUNCTION souk.verifier(name text) RETURNS TABLE (username text, verifier text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$ SELECT rolname::text, rolpassword FROM pg_authid WHERE rolname = $1 AND rolcanlogin AND NOT rolsuper
          AND (rolvaliduntil IS NULL OR rolvaliduntil > now()) $$;
REVOKE ALL ON FUNCTION souk.verifier(text) FROM PUBLIC;
GRANT USAGE ON SCHEMA souk TO souk_pooler;
GRANT EXECUTE ON FUNCTION souk.verifier(text) TO souk_pooler;
COMMIT;
"""


def pool(wanted: dict[str, Any] | None, tls: dict[str, Any], leads: bool, deadline: float) -> bool:
    """Have the pool as it is wanted, or none. Returns whether anything changed.

    A machine that follows gets what lies in the database from the one that leads.
    """
    if wanted is None:
        return _end(deadline)
    os.makedirs(FOLDER, mode=0o755, exist_ok=True)
    if leads:
        sql(_LOOKUP, deadline)
    contents = {"server.key": tls["key"], "server.crt": tls["certificate"], "pgbouncer.ini": _settings(wanted)}
    written = [machine.write(f"{FOLDER}/{name}", content, POOLER) for name, content in contents.items()]
    changed = any(written)
    running = systemctl("is-active", "--quiet", SERVICE, deadline=deadline) == 0
    if (changed or not running) and systemctl("reload" if running else "start", SERVICE, deadline=deadline) != 0:
        raise Failure("the connection pool does not start")
    return changed


def _end(deadline: float) -> bool:
    if not os.path.exists(CONFIGURATION):
        return False
    os.unlink(CONFIGURATION)
    if systemctl("stop", SERVICE, deadline=deadline) != 0:
        raise Failure("the connection pool does not stop")
    return True


def _settings(wanted: dict[str, Any]) -> str:
    settings = {
        "listen_addr": "0.0.0.0",  # noqa: S104
        "listen_port": PORT,
        "unix_socket_dir": "",
        "pool_mode": wanted["mode"],
        "default_pool_size": wanted["connections"],
        "max_db_connections": wanted["connections_of_a_database"],
        "max_client_conn": wanted["clients"],
        "max_prepared_statements": 200,
        "server_tls_sslmode": "disable",
        "client_tls_sslmode": "require",
        "client_tls_key_file": FOLDER + "/server.key",
        "client_tls_cert_file": FOLDER + "/server.crt",
        "auth_type": "scram-sha-256",
        "auth_user": POOLER,
        "auth_dbname": "postgres",
        "auth_query": "SELECT username, verifier FROM souk.verifier($1)",
        # What drivers send at the start of a connection, and would be refused otherwise.
        "ignore_startup_parameters": "extra_float_digits,options",
        "log_connections": 0,
        "log_disconnections": 0,
        "log_stats": 0,
    }
    lines = ["[databases]", "* = host=/run/postgresql", "[pgbouncer]"]
    return "\n".join([*lines, *(f"{key} = {value}" for key, value in settings.items())]) + "\n"
