"""Who may do what in one database: groups that read or write there, and the server's list of who is confined to which.

The groups are called after the database's number, which it keeps whatever else changes.
"""

from __future__ import annotations

import os

from guest import FOLDER, absent, identifier, literal, sql, version, write
from machine import Refusal

MARK = "souk binding"
CONFINED = FOLDER + "/confined.conf"
_RULES = FOLDER + "/pg_hba.rules"
_INCLUDE = "include_if_exists confined.conf\n"
_INCLUDES_SINCE = 16

# What is there is granted now; what the owner makes later, by its default privileges.
_GRANTS = """
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT format('GRANT USAGE ON SCHEMA %1$I TO {reader}; GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO {reader};'
    ' GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$I TO {writer};'
    ' GRANT SELECT ON ALL SEQUENCES IN SCHEMA %1$I TO {reader};'
    ' GRANT USAGE, UPDATE ON ALL SEQUENCES IN SCHEMA %1$I TO {writer};', nspname)
FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' \\gexec
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SCHEMAS TO {reader};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON TABLES TO {reader};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT INSERT, UPDATE, DELETE ON TABLES TO {writer};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON SEQUENCES TO {reader};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE, UPDATE ON SEQUENCES TO {writer};
COMMIT;
"""

_WHO_WHERE = """
SELECT DISTINCT datname, members.rolname
FROM pg_auth_members
JOIN pg_roles AS groups ON groups.oid = roleid
JOIN pg_roles AS members ON members.oid = member
JOIN pg_database ON groups.rolname IN ('souk_reader_' || pg_database.oid, 'souk_writer_' || pg_database.oid)
WHERE shobj_description(members.oid, 'pg_authid') = 'souk binding' ORDER BY 1, 2;
"""

# A database that is gone has no members any more, and took with it what its groups could do.
FORGET_GROUPS = """
SELECT format('DROP ROLE %I', rolname) FROM pg_roles
WHERE rolname ~ '^souk_(reader|writer)_[0-9]+$'
    AND NOT EXISTS (SELECT FROM pg_database WHERE rolname LIKE '%\\_' || oid) \\gexec
"""


def group(database: str, role: str, owner: str, deadline: float) -> str:
    """The group of those who have a role (`reader` or `writer`) in a database, with its privileges up to date.

    Raises:
        Refusal: there is no such database.
    """
    known = f"SELECT oid FROM pg_database WHERE datname = {literal(database)};"  # noqa: S608
    number = sql(known, deadline).strip()
    if not number:
        raise Refusal("missing")
    names = {each: f"souk_{each}_{number}" for each in ("reader", "writer")}
    made = [absent("CREATE ROLE " + name, "pg_roles WHERE rolname = " + literal(name)) for name in names.values()]
    sql("\n".join([*made, f"GRANT {names['reader']} TO {names['writer']};"]), deadline)
    sql(_GRANTS.format(owner=identifier(owner), **names), deadline, database)
    return names[role]


def hba(rules: str, major: int) -> dict[str, str]:
    """The files, by name, that hold the server's rules of who may sign in. A version that can't include the list of who
    is confined has a copy of it in their midst, which is made again whenever the list changes.
    """
    if major >= _INCLUDES_SINCE:
        return {"pg_hba.conf": rules}
    return {"pg_hba.rules": rules, "pg_hba.conf": _with_list(rules)}


def _with_list(rules: str) -> str:
    if not os.path.exists(CONFINED):
        return rules.replace(_INCLUDE, "")
    with open(CONFINED, encoding="utf-8") as file:
        return rules.replace(_INCLUDE, file.read())


def confine(deadline: float) -> None:
    """Let those who read or write in one database connect to that one only."""
    keep_confined([line.split("|") for line in sql(_WHO_WHERE, deadline).splitlines()], deadline)


def keep_confined(rows: list[list[str]], deadline: float) -> None:
    """Have the server know of these pairs of a database and a role, and no others."""
    changed = write(CONFINED, confinement(rows))
    if int(version()) < _INCLUDES_SINCE:
        with open(_RULES, encoding="utf-8") as file:
            changed |= write(FOLDER + "/pg_hba.conf", _with_list(file.read()))
    if changed:
        sql("SELECT pg_reload_conf();", deadline)


def confinement(rows: list[list[str]]) -> str:
    """The lines of `pg_hba.conf` for pairs of a database and a role that reaches nothing else."""
    lines = []
    for way, source in (("local", ""), ("hostssl", "all")):
        lines += [f'{way} "{database}" "{name}" {source} scram-sha-256\n' for database, name in rows]
        lines += [f'{way} all "{name}" {source} reject\n' for _, name in rows]
    return "".join(lines)
