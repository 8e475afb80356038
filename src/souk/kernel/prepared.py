"""Statements that PostgreSQL parses and plans once a connection: for the few that everybody asks all the time.

Django's own cursors send a statement's text with its values in it, which PostgreSQL parses and plans each time. A
connection pooler in between must know prepared statements (PgBouncer does since 1.21).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, LiteralString, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

_WORTH_PREPARING = 3
"""How often a connection runs a statement before it is prepared."""

_mine = threading.local()


class Prepared:
    """A statement that returns one row, run on Django's connection.

    Values are bound by the server, so each placeholder's type must be plain from the statement.
    """

    def __init__(self, sql: LiteralString) -> None:
        self.sql = sql

    def row(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Run it and return its row.

        Raises:
            django.db.Error: as any other statement does.
        """
        here = connections[DEFAULT_DB_ALIAS]
        if here.connection is None:
            here.ensure_connection()
        cursor = _cursor(here.connection)
        if here.queries_logged or here.execute_wrappers:
            # Who counts or watches statements must see this one too.
            wrap = here.make_debug_cursor if here.queries_logged else here.make_cursor
            wrapped = wrap(cast(Any, cursor))
            wrapped.execute(self.sql, values)
            found = wrapped.fetchone()
        else:
            with here.wrap_database_errors:
                found = cursor.execute(self.sql, values).fetchone()
        if found is None:
            raise RuntimeError("a statement that returns one row returned none")
        return tuple(found)


def _cursor(raw: psycopg.Connection[Any]) -> psycopg.Cursor[Any]:
    """This thread's cursor for prepared statements, on its present connection."""
    cursor: psycopg.Cursor[Any] | None = getattr(_mine, "cursor", None)
    if cursor is None or cursor.connection is not raw:
        raw.prepare_threshold = _WORTH_PREPARING
        cursor = _mine.cursor = psycopg.Cursor(raw)
    return cursor
