"""What a real PostgreSQL tells: statistics, its log, its slow queries, and never a password."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from tests.engine.postgresql.conftest import Service

from souk.blueprints.postgresql import BLUEPRINT, probing
from souk.blueprints.postgresql.observer import METRICS

pytestmark = pytest.mark.engine
MOST = 512 * 1024


def test_it_tells_its_statistics_its_log_and_its_slow_queries(own_service: Service) -> None:
    observer = BLUEPRINT.observer
    assert observer is not None
    machine, wanted = own_service, own_service.wanted
    way_in = (wanted, own_service.credentials, own_service.authority.certificate)
    before = observer.log(machine, wanted, "", MOST)
    assert before is not None
    observer.statements(machine, wanted, 20)
    with probing.connect(*way_in) as connection:
        connection.execute("create table clients (id int primary key, name text)")
        connection.execute("insert into clients select n, 'Fatima' from generate_series(1, 5000) n")
        connection.execute("alter role current_user set work_mem = '5MB'")
        with pytest.raises(psycopg.Error):
            connection.execute("select * from nothing_like_this")
        look = observer.look(*way_in)
        told = dict(zip((metric.key for metric in METRICS), look.values, strict=True))
        assert look.health.ok
        assert told["connections"] == 1
        assert told["connections_limit"] == 50
        assert (told["transactions"] or 0) > 0
        assert (told["database_bytes"] or 0) > 1_000_000
        assert look.running_since is not None
        assert look.running_since < datetime.now(UTC)
        assert observer.interruption(machine, wanted) is None

    part = observer.log(machine, wanted, before.cursor, MOST)
    assert part is not None
    (error,) = [line for line in part.lines if line.severity == "error"]
    assert 'ERROR:  relation "nothing_like_this" does not exist' in error.text
    assert observer.log(machine, wanted, part.cursor, MOST) == type(part)([], part.cursor)

    found = observer.statements(machine, wanted, 20)
    assert found is not None
    texts = [each.text for each in found]
    assert any("insert into clients select n, $1" in text for text in texts)
    assert not any("Fatima" in text or "alter role" in text for text in texts)
