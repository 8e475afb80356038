"""What a service is said to have sent is what its clients got: not its backups, and not what the platform asks."""

from __future__ import annotations

import pytest
from tests.engine.backups.conftest import Kept

pytestmark = pytest.mark.engine
MB = 1000_000
_ROWS = """
insert into wide select string_agg(md5(random()::text), '')
from generate_series(1, {}) n, generate_series(1, 312) m group by n
"""


def _sent(kept: Kept) -> int:
    """Bytes that the machine is said to have sent so far."""
    [sent] = [row.egress for row in kept.service.engine.usage() if row.name == kept.service.spec.name]
    assert sent is not None
    return sent


def test_a_backup_adds_nothing_and_what_a_client_reads_adds_that(kept: Kept) -> None:
    kept.sql("create table wide (t text storage external)")
    kept.sql(_ROWS.format(11_000))
    before = _sent(kept)
    kept.back_up("large")
    assert kept.backups()["large"].stored > 50 * MB
    assert _sent(kept) == before
    with kept.service.connect() as connection:
        rows = connection.execute("select t from wide limit 1002").fetchall()
    read = sum(len(row[0]) for row in rows)
    assert read == pytest.approx(10 * MB, rel=0.01)
    assert _sent(kept) - before == pytest.approx(read, rel=0.05)


def test_what_was_counted_outlives_a_restart_of_the_machine(kept: Kept) -> None:
    kept.sql("select 1")
    before = _sent(kept)
    engine, name = kept.service.engine, kept.service.spec.name
    engine.stop(name)
    engine.start(name)
    kept.service.configure()
    # Connections that end with the machine say so.
    assert 0 < before <= _sent(kept) < before + 2000
    one = engine.usage_of(name)
    assert one is not None
    assert one.egress == _sent(kept)
