"""Prepared statements: as any other to who counts them, and at home on whichever connection there is."""

from __future__ import annotations

import pytest
from django.db import Error, connection
from django.test.utils import CaptureQueriesContext

from souk.kernel.prepared import Prepared

SUM = Prepared("select %(a)s::int + %(b)s::int, pg_backend_pid()")


@pytest.mark.django_db
def test_it_returns_its_row_and_is_counted() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert SUM.row({"a": 2, "b": 3})[0] == 5
    assert len(captured) == 1


@pytest.mark.django_db
def test_it_is_prepared_once_it_is_worth_it() -> None:
    for _ in range(6):
        SUM.row({"a": 1, "b": 1})
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement like '%%pg_backend_pid%%'")
        assert cursor.fetchone()[0] == 1


def test_it_moves_to_the_new_connection(own_database: str) -> None:
    del own_database
    first = SUM.row({"a": 1, "b": 1})[1]
    connection.close()
    assert SUM.row({"a": 1, "b": 1})[1] != first


def test_a_lost_connection_is_djangos_error(own_database: str) -> None:
    del own_database
    SUM.row({"a": 1, "b": 1})
    connection.connection.close()
    with pytest.raises(Error):
        SUM.row({"a": 1, "b": 1})
    connection.close_if_unusable_or_obsolete()
    assert SUM.row({"a": 1, "b": 1})[0] == 2
