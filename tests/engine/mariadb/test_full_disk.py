"""A disk that fills up: nothing is written while there is still room, what is there is read, and it opens by itself."""

from __future__ import annotations

import time
from dataclasses import replace

import pymysql
import pytest
from tests.engine.mariadb.conftest import MIB, Service

from souk.blueprints.mariadb import BLUEPRINT

pytestmark = pytest.mark.engine


def _read_only(service: Service) -> float:
    observer = BLUEPRINT.observer
    look = observer.look(service.wanted, service.credentials, service.authority.certificate)
    assert look.health.ok, look.health.detail
    return look.values[[metric.key for metric in observer.metrics].index("read_only")] or 0.0


def _fill(service: Service) -> int:
    """Write rows of four megabytes until that is refused; how many were acknowledged."""
    with service.connect() as connection, connection.cursor() as cursor:
        for number in range(200):
            try:
                cursor.execute("INSERT INTO gros (t) SELECT REPEAT(RANDOM_BYTES(1024), 4096)")
            except pymysql.MySQLError:
                return number
    raise AssertionError("the disk has no end")


def test_a_full_disk_is_read_says_so_and_is_written_again_once_it_is_grown(service: Service) -> None:
    [used] = [row.disk for row in service.engine.usage() if row.name == service.spec.name]
    service.ask("CREATE OR REPLACE TABLE gros (n INT PRIMARY KEY AUTO_INCREMENT, t LONGBLOB)")
    service.engine.resize(service.spec.name, replace(service.spec.limits, disk=used + 700 * MIB))
    try:
        written = _fill(service)
        assert written > 4
        with pytest.raises(pymysql.OperationalError, match="read-only"):
            service.ask("INSERT INTO gros (t) VALUES ('encore')")
        with pytest.raises(pymysql.OperationalError, match="read-only"):
            service.ask("DELETE FROM gros")
        [(kept,)] = service.ask("SELECT COUNT(*) FROM gros")
        assert written <= kept <= written + 1
        assert _read_only(service) > 0
        history = service.execute(["du", "--summarize", "--block-size=M", "/var/lib/mariadb/log"]).stdout
        assert int(history.partition("M")[0]) < 100
    finally:
        service.engine.resize(service.spec.name, service.spec.limits)
    deadline = time.monotonic() + 15
    while _read_only(service) and time.monotonic() < deadline:
        time.sleep(0.3)
    assert _read_only(service) == 0
    service.ask("DROP TABLE gros")
