"""A disk that fills up: nothing is written while there is still room to delete, and again once there is more."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.errors import ReadOnlySqlTransaction
from tests.engine.postgresql.conftest import MIB, Service

from souk.blueprints.postgresql import BLUEPRINT

pytestmark = pytest.mark.engine
_ROW = (
    "insert into fat values (%s, (select string_agg(md5(random()::text || m), '') from generate_series(1, 131072) m))"
)


@pytest.fixture
def service(own_service: Service) -> Service:
    """A service with half a gigabyte of room, and a table of 4 MiB rows that don't compress."""
    with own_service.connect() as connection:
        connection.execute("create table fat (n int primary key, t text storage external)")
    _room(own_service, 1000)
    return own_service


def _room(service: Service, mib: int) -> None:
    """Let the machine have so much more than it uses, the image's part of it included."""
    [used] = [row.disk for row in service.engine.usage() if row.name == service.spec.name]
    service.engine.resize(service.spec.name, replace(service.spec.limits, disk=used + mib * MIB))


def _fill(service: Service, first: int, session: str = "") -> list[int]:
    """Write rows until that is refused; the numbers of those that were acknowledged."""
    written: list[int] = []
    try:
        with service.connect() as connection:
            if session:
                connection.execute(session.encode())
            for number in range(first, first + 400):
                connection.execute(_ROW, [number])
                written.append(number)
    except psycopg.Error:
        return written
    raise AssertionError("the disk has no end")


def _until(what: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.3)
    return False


def _writes(service: Service) -> bool:
    try:
        with service.connect() as connection:
            connection.execute("insert into fat values (-1, '') on conflict do nothing")
    except psycopg.Error:
        return False
    return True


def _sql(service: Service, statement: str) -> list[tuple[Any, ...]]:
    with service.connect() as connection:
        return connection.execute(statement.encode()).fetchall()


def _metric(service: Service, key: str) -> float:
    observer = BLUEPRINT.observer
    assert observer is not None
    look = observer.look(service.wanted, service.credentials, service.certificate.authority)
    assert look.health.ok, look.health.detail
    value = look.values[[metric.key for metric in observer.metrics].index(key)]
    assert value is not None
    return value


def test_a_full_disk_turns_read_only_and_can_be_written_again_once_it_is_grown(service: Service) -> None:
    started = _sql(service, "select pg_postmaster_start_time()")
    assert _metric(service, "read_only") == 0
    written = _fill(service, 1)
    assert len(written) > 10
    with pytest.raises(ReadOnlySqlTransaction, match="read-only"), service.connect() as connection:
        connection.execute("insert into fat values (0, '')")
    assert _sql(service, "select count(*) from fat") == [(len(written),)]
    assert _metric(service, "read_only") > 0
    service.engine.resize(service.spec.name, service.spec.limits)
    assert _until(lambda: _writes(service), 15)
    found = [row[0] for row in _sql(service, "select n from fat where n > 0 order by n")]
    assert found == written
    assert _sql(service, "select pg_postmaster_start_time()") == started
    assert _metric(service, "read_only") == 0


def test_one_statement_that_would_fill_the_disk_is_ended_and_leaves_nothing(service: Service) -> None:
    started = _sql(service, "select pg_postmaster_start_time()")
    with pytest.raises(psycopg.Error), service.connect() as connection:
        connection.execute(
            "insert into fat select n, (select string_agg(md5(random()::text || m), '')"
            " from generate_series(n, n + 131072) m) from generate_series(1, 600) n"
        )
    assert _sql(service, "select count(*) from fat") == [(0,)]
    assert _sql(service, "select pg_postmaster_start_time()") == started


def test_who_insists_on_writing_is_cut_off_and_may_still_delete_which_opens_it_again(service: Service) -> None:
    written = _fill(service, 1)
    insists = "set default_transaction_read_only = off"
    for attempt in range(3):
        _fill(service, 1000 * (attempt + 1), insists)
    assert _until(lambda: _answers(service), 30)
    kept = {row[0] for row in _sql(service, "select n from fat")}
    assert set(written) <= kept
    with service.connect() as connection:
        connection.execute(insists.encode())
        connection.execute("truncate fat")
    assert _until(lambda: _writes(service), 40)


def _answers(service: Service) -> bool:
    try:
        return bool(_sql(service, "select 1"))
    except psycopg.Error:
        return False


def test_the_platform_itself_configures_what_is_full_and_what_was_closed_opens_after_a_restart(
    service: Service,
) -> None:
    _fill(service, 1)
    service.configure()
    service.engine.stop(service.spec.name)
    service.engine.resize(service.spec.name, service.spec.limits)
    service.engine.start(service.spec.name)
    assert _until(lambda: _writes(service), 30)
