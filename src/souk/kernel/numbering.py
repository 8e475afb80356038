"""Numbers of issued documents: continuous by issuer, kind and year, without a gap (CGI 145-III)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def next_number(issuer: UUID, kind: str, year: int) -> int:
    """Take the next number of a series, from 1.

    The series' row stays locked until the transaction ends: a rollback gives the number back, and two issuers of the
    same series queue instead of leaving a gap. Call it last before the document's insert, so the lock is short.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_numberingseries (issuer_id, kind, year, next) values (%s, %s, %s, 2)"
            " on conflict (issuer_id, kind, year) do update set next = kernel_numberingseries.next + 1"
            " returning next - 1",
            [issuer, kind, year],
        )
        return int(cursor.fetchone()[0])
