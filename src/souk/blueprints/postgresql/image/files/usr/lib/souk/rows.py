"""Checksums of rows, for each table of every database: equal for equal data, on whichever machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

MIB = 1024**2
SMALL = 16 * MIB
"""A table up to this size is always read whole."""

LEAST_SHARE = 0.1
"""Per cent of a large table that are read at least."""

Ask = Callable[[str, str], str]
"""Runs a script in a database, and returns what it printed."""

TABLES = """
SELECT json_build_array(format('%I.%I', nspname, relname), pg_relation_size(pg_class.oid))
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'm') AND relpersistence = 'p' AND relispopulated
    AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY nspname, relname;
"""

# A row's text is made by PostgreSQL's own functions: a cast that a customer defined would run with all rights.
HEAD = """
SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1; SET lc_monetary = 'C'; SET client_min_messages = warning; SET row_security = on;
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
"""

DATABASES = """
SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres' ORDER BY datname;
"""


def sizes(ask: Ask) -> dict[str, dict[str, int]]:
    """Every permanent table and materialized view of every database, with its size in bytes."""
    found = {}
    for database in ask(DATABASES, "postgres").splitlines():
        found[database] = dict(_rows(ask(TABLES, database)))
    return found


def reading(found: dict[str, dict[str, int]], most: int, seed: int) -> dict[str, Any]:
    """What is read of tables of these sizes, so that it is about `most` bytes: of large ones a share of their pages,
    the same ones wherever the data lies in the same pages.
    """
    total = sum(size for tables in found.values() for size in tables.values())
    if total <= most:
        return {"share": 100.0, "seed": seed, "sampled": {}}
    large = {name: [t for t, size in tables.items() if size > SMALL] for name, tables in found.items()}
    weight = sum(found[name][table] for name, tables in large.items() for table in tables)
    share = min(100.0, max(LEAST_SHARE, 100.0 * most / max(1, weight)))
    sampled = {name: tables for name, tables in large.items() if tables}
    return {"share": round(share, 3), "seed": seed, "sampled": sampled}


def checksums(ask: Ask, how: dict[str, Any]) -> dict[str, str]:
    """How many rows each table has and the sum of their checksums, by database and table; `how` is from `reading`."""
    found = {}
    for database, tables in sizes(ask).items():
        sampled = set(how["sampled"].get(database, ()))
        sample = f" TABLESAMPLE SYSTEM ({how['share']}) REPEATABLE ({how['seed']})"
        asked = [_sum(table, table, sample if table in sampled else "") for table in tables]
        asked.append(_sum("large objects", "pg_largeobject", ""))
        for name, count, total in _rows(ask(HEAD + "".join(asked) + "COMMIT;", database)):
            found[f"{database}: {name}"] = f"{count} {total}"
    return found


def _rows(printed: str) -> list[list[Any]]:
    """One JSON array a line: a customer's table may have any name."""
    return [json.loads(line) for line in printed.split("\n") if line]


def _sum(name: str, table: str, sample: str) -> str:
    told = "'" + name.replace("'", "''") + "'"
    summed = "coalesce(sum(hashtextextended(ROW(rows.*)::text, 0)::numeric), 0)"
    return f"SELECT json_build_array({told}, count(*), ({summed})::text) FROM ONLY {table} AS rows{sample};\n"  # noqa: S608
