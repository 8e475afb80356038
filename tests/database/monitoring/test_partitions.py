"""Partitions of one day: made ahead, dropped when old, and no way round the wall of their table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from tests.support.databases import connect_as


def partitions(cursor: psycopg.Cursor) -> list[str]:
    cursor.execute(
        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
        " where i.inhparent = 'monitoring_sample'::regclass order by 1"
    )
    return [row[0] for row in cursor.fetchall()]


def name(days: int) -> str:
    return f"monitoring_sample_{datetime.now(UTC) + timedelta(days=days):%Y%m%d}"


def test_days_are_made_ahead_and_dropped_when_they_are_old(own_database: str) -> None:
    with connect_as("souk_worker") as worker, worker.cursor() as cursor:
        cursor.execute("select souk_roll_days('monitoring_sample', 30, 40)")
        assert partitions(cursor)[:2] == [name(-30), name(-29)]
        assert partitions(cursor)[-1] == name(3)
        cursor.execute("select souk_roll_days('monitoring_sample', 7, 1)")
        assert partitions(cursor)[0] == name(-7)


@pytest.mark.parametrize("role", ["souk_web", "souk_worker"])
def test_nobody_reads_a_partition_past_its_tables_wall(own_database: str, role: str) -> None:
    with connect_as(role) as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute(f"select from {name(0)}")


def test_the_web_process_can_drop_no_partition(own_database: str) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("select souk_roll_days('monitoring_sample', 0, 0)")
