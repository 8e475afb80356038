"""Asking the database short questions, as Souk itself."""

from __future__ import annotations

from typing import Any

from django.db import connection

from souk.kernel.scope import System, acting

SCOPE = System("doctor")


def rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    """Every row."""
    with acting(SCOPE), connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def row(statement: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    """The one row."""
    return rows(statement, values)[0]
