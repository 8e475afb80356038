"""Who signs in over the network: the platform makes them all, since nobody else may make any."""

from __future__ import annotations

from collections.abc import Iterable

from server import identifier, literal, pattern, rows, sql

OWNER, WRITER, READER = "owner", "writer", "reader"
_READING = "SELECT, SHOW VIEW"
_WRITING = f"{_READING}, INSERT, UPDATE, DELETE, EXECUTE, CREATE TEMPORARY TABLES, LOCK TABLES"
RIGHTS = {OWNER: "ALL PRIVILEGES", WRITER: _WRITING, READER: _READING}
"""In a database. Whoever had FILE, SUPER, CREATE USER or SET USER anywhere would have the server."""

PLUGIN = "mysql_native_password"
_DEFINERS = """
SELECT DEFINER FROM information_schema.VIEWS UNION SELECT DEFINER FROM information_schema.ROUTINES
UNION SELECT DEFINER FROM information_schema.TRIGGERS UNION SELECT DEFINER FROM information_schema.EVENTS;
"""


def account(name: str) -> str:
    return f"{identifier(name)}@'%'"


def known(deadline: float) -> set[str]:
    return {name for [name] in rows("SELECT User FROM mysql.user WHERE Host = '%';", deadline)}


def owners(deadline: float) -> list[str]:
    """Those who see what runs on the server."""
    query = "SELECT User FROM mysql.user WHERE Host = '%' AND Process_priv = 'Y' ORDER BY User;"
    return [name for [name] in rows(query, deadline)]


def definers(deadline: float) -> set[str]:
    """Those in whose name views, routines, triggers or events run."""
    return {name.removesuffix("@%") for [name] in rows(_DEFINERS, deadline) if name.endswith("@%")}


def databases(deadline: float) -> list[str]:
    query = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA ORDER BY SCHEMA_NAME;"
    system = ("information_schema", "mysql", "performance_schema", "sys")
    return [name for [name] in rows(query, deadline) if name not in system]


def granting(name: str, role: str, names: Iterable[str]) -> str:
    """Statements that let a user do in these databases what its role may."""
    lines = [f"GRANT {RIGHTS[role]} ON {pattern(each)}.* TO {account(name)};" for each in names]
    if role == OWNER:
        lines.append(f"GRANT PROCESS ON *.* TO {account(name)};")
    return "\n".join(lines)


def signing_in(name: str, verifier: str) -> str:
    return f"ALTER USER {account(name)} IDENTIFIED VIA {PLUGIN} USING {literal(verifier)} ACCOUNT UNLOCK;"


def making(name: str) -> str:
    """A statement that makes a user whom nobody can sign in as yet."""
    return f"CREATE USER IF NOT EXISTS {account(name)} IDENTIFIED VIA {PLUGIN} USING 'invalid' ACCOUNT LOCK;"


def shut_out(name: str, deadline: float) -> None:
    """Nobody signs in as this user any more, and who is signed in leaves."""
    sql(
        f"ALTER USER {account(name)} IDENTIFIED VIA {PLUGIN} USING 'invalid' ACCOUNT LOCK;"
        f"KILL CONNECTION USER {account(name)};",
        deadline,
    )
