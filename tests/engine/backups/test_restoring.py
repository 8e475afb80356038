"""Going back: to a time, to the end, and into a machine that then keeps to itself."""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.engine.backups.conftest import ARCHIVIST, KEPT, Kept, keep, restore
from tests.engine.conftest import Rig
from tests.engine.objectstorage.conftest import Storage
from tests.engine.postgresql.conftest import order

from souk.blueprints.postgresql import BLUEPRINT
from souk.provisioning.contract import BackupKind, ConfigurationFailed, Declined

pytestmark = pytest.mark.engine

RESTORED_WITHIN = 20.0
"""Seconds for 100 MB, to a point in time."""


@pytest.fixture(scope="module")
def history(kept: Kept) -> dict[str, Any]:
    """A service's past: rows, a backup, more rows, a time that was noted, and rows that came after it."""
    kept.sql("CREATE TABLE factures (id int, client text); CREATE TABLE fat (t text)")
    kept.sql(f"INSERT INTO factures VALUES (1, '{KEPT}'), (2, 'عميل')")
    kept.back_up("past-full")
    kept.sql("INSERT INTO factures VALUES (3, 'after the backup')")
    noted, fingerprint = kept.now(), kept.fingerprint()
    kept.sql("INSERT INTO factures VALUES (4, 'too late'); DELETE FROM factures WHERE id = 1")
    kept.attach()
    return {"noted": noted, "fingerprint": fingerprint}


def test_a_service_is_brought_back_as_it_was_at_a_time(
    rig: Rig, image: str, kept: Kept, history: dict[str, Any]
) -> None:
    service = restore(rig, image, kept, history["noted"])
    with service.connect() as connection:
        rows = connection.execute("SELECT id, client FROM factures ORDER BY id").fetchall()
        assert rows == [(1, KEPT), (2, "عميل"), (3, "after the backup")]
        connection.execute("INSERT INTO factures VALUES (5, 'it takes writes')")
        connection.execute("DELETE FROM factures WHERE id = 5")
    assert ARCHIVIST.fingerprint(service, service.wanted) == history["fingerprint"]


def test_a_service_is_brought_back_as_it_last_was(rig: Rig, image: str, kept: Kept, history: dict[str, Any]) -> None:
    service = restore(rig, image, kept, None)
    with service.connect() as connection:
        rows = connection.execute("SELECT id FROM factures ORDER BY id").fetchall()
    assert rows == [(2,), (3,), (4,)]
    assert ARCHIVIST.fingerprint(service, service.wanted) == kept.fingerprint() != history["fingerprint"]


def test_a_restored_service_writes_nothing_into_its_sources_repository(
    rig: Rig, image: str, kept: Kept, storage: Storage, history: dict[str, Any], tmp_path: Path
) -> None:
    service = restore(rig, image, kept, None)
    names = _names(kept, tmp_path)
    with service.connect() as connection:
        connection.execute("CREATE TABLE own AS SELECT 1")
    service.execute(["sh", "-c", "echo 'SELECT pg_switch_wal(), pg_switch_wal();' | setpriv --reuid=postgres psql"])
    time.sleep(3)
    left = service.execute(["grep", "-rlE", kept.repository.passphrase, "/etc", "/var/lib/postgresql"]).stdout
    assert left == ""
    copy = keep(service, storage, "pg_copy01")
    copy.back_up("its-own")
    assert _names(kept, tmp_path) == names
    assert set(copy.backups()) == {"its-own"}


@pytest.mark.chaos
def test_a_restored_service_is_restored_once_more_from_its_own_repository(
    rig: Rig, image: str, kept: Kept, storage: Storage, history: dict[str, Any]
) -> None:
    first = keep(restore(rig, image, kept, history["noted"]), storage, "pg_again1")
    first.back_up("own-full")
    first.sql("INSERT INTO factures VALUES (6, 'on the next timeline')")
    first.attach()
    second = restore(rig, image, first, None, number=51)
    with second.connect() as connection:
        assert connection.execute("SELECT id FROM factures ORDER BY id").fetchall() == [(1,), (2,), (3,), (6,)]


def test_a_time_outside_of_what_was_kept_is_declined_and_another_one_then_taken(
    rig: Rig, image: str, kept: Kept, history: dict[str, Any]
) -> None:
    service = order(rig, image, 52)
    first = min(backup.finished_at for backup in kept.backups().values())
    with pytest.raises(Declined, match="No backup is old enough"):
        ARCHIVIST.restore(service, service.wanted, kept.repository, first - timedelta(minutes=1))
    with pytest.raises(Declined, match="does not reach this time"):
        ARCHIVIST.restore(service, service.wanted, kept.repository, kept.now() + timedelta(hours=1))
    ARCHIVIST.restore(service, service.wanted, kept.repository, history["noted"])
    ARCHIVIST.restore(service, service.wanted, kept.repository, history["noted"])
    service.configure()
    with service.connect() as connection:
        assert connection.execute("SELECT max(id) FROM factures").fetchone() == (3,)


def test_a_restore_that_is_killed_and_repeated_ends_the_same(
    rig: Rig, image: str, kept: Kept, history: dict[str, Any]
) -> None:
    service = order(rig, image, 53)
    repository = {**kept.repository.__dict__}
    document = {"repository": repository, "processes": 1, "most_waiting": 2**30, "until": None, "timeout": 60}
    for seconds in ("0.5", "1.5", "2.5", "3.5"):
        service.execute(
            ["timeout", "--signal=KILL", seconds, "/usr/lib/souk/restore"], stdin=json.dumps(document).encode()
        )
    ARCHIVIST.restore(service, service.wanted, kept.repository, None)
    service.configure()
    assert ARCHIVIST.fingerprint(service, service.wanted) == kept.fingerprint()


def test_a_service_in_use_is_never_overwritten(kept: Kept, history: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationFailed, match="in use"):
        ARCHIVIST.restore(kept.service, kept.service.wanted, kept.repository, None)
    assert kept.sql("SELECT 1") == [(1,)]


def test_the_bindings_of_the_source_open_nothing_in_the_copy_until_they_are_granted(
    rig: Rig, image: str, kept: Kept
) -> None:
    binding = BLUEPRINT.binder.binding(kept.service.wanted, "boutique", "un-mot-de-passe")
    BLUEPRINT.binder.grant(kept.service, kept.service.wanted, binding)
    kept.back_up("with-a-binding", BackupKind.DIFFERENTIAL)
    service = restore(rig, image, kept, None, number=54)
    options = {"user": binding.username, "password": binding.password}
    with pytest.raises(psycopg.OperationalError, match=r"password authentication failed|not permitted"):
        service.connect(**options)
    BLUEPRINT.binder.grant(service, service.wanted, binding)
    service.connect(**options).close()
    BLUEPRINT.binder.revoke(kept.service, kept.service.wanted, binding.username)


@pytest.mark.chaos
def test_a_hundred_megabytes_are_back_within_seconds(rig: Rig, image: str, kept: Kept) -> None:
    kept.sql("CREATE TABLE big AS SELECT g, repeat(md5(g::text), 5) AS t FROM generate_series(1, 520000) g")
    kept.back_up("big-full")
    kept.sql("INSERT INTO big VALUES (-1, 'after')")
    noted = kept.now()
    kept.sql("INSERT INTO big VALUES (-2, 'too late')")
    kept.attach()
    [(size,)] = kept.sql("SELECT pg_total_relation_size('big')")
    started = time.monotonic()
    service = restore(rig, image, kept, noted, number=55)
    seconds = time.monotonic() - started
    sys.stdout.write(f"{size / 1e6:.0f} MB are back in {seconds:.1f} s\n")
    with service.connect() as connection:
        assert connection.execute("SELECT count(*), min(g) FROM big").fetchone() == (520001, -1)
    kept.sql("DROP TABLE big")
    assert size > 100e6
    assert seconds < RESTORED_WITHIN


def _names(kept: Kept, folder: Path) -> list[str]:
    client = kept.storage.client(kept.storage.credentials, folder)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=kept.repository.bucket)
    return [row["Key"] for page in pages for row in page.get("Contents", ())]
