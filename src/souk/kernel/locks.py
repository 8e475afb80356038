"""Locks on things that have no row to lock, or whose rows nobody may change; held until the transaction ends."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def lock(kind: str, identifier: UUID) -> None:
    """Wait until no other transaction holds the lock on this thing, then hold it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{identifier}"])
