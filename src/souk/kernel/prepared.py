"""Statements that PostgreSQL parses and plans once a connection: for the few that everybody asks all the time.

Django's own cursors send a statement's text with its values in it, which PostgreSQL parses and plans each time. A
connection pooler in between must know prepared statements (PgBouncer does since 1.21).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

_WORTH_PREPARING = 3
"""How often a connection runs a statement before it is prepared."""


@contextmanager
def prepared() -> Iterator[CursorWrapper]:
    """A cursor on Django's connection whose statements are prepared. Values are bound by the server, so each
    placeholder's type must be plain from the statement.
    """
    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = _WORTH_PREPARING
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(cast(CursorWrapper, psycopg.Cursor(raw))) as cursor:
        yield cursor
