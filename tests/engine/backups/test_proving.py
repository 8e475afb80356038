"""What a proof compares: the data at a mark in the history of a service that goes on, and what a backup gives of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.engine.backups.conftest import ARCHIVIST, Kept, order_service
from tests.engine.conftest import Rig

from souk.blueprints.postgresql import archivist
from souk.provisioning.contract import ConfigurationFailed, Extent, Fingerprint

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def written(kept: Kept) -> Kept:
    """A service with some rows, and a backup."""
    kept.sql("CREATE TABLE comptes (id int PRIMARY KEY, solde bigint NOT NULL)")
    kept.sql("INSERT INTO comptes SELECT n, 1000 FROM generate_series(1, 200) n")
    kept.sql("CREATE TABLE mouvements (id bigserial PRIMARY KEY, de int REFERENCES comptes, montant int)")
    kept.sql('CREATE TABLE "une|table\nétrange" AS SELECT 1 AS n')
    kept.sql("CREATE TABLE grande AS SELECT n, repeat(md5(n::text), 20) AS t FROM generate_series(1, 60000) n")
    kept.back_up("proving-full")
    return kept


@contextmanager
def _busy(kept: Kept, writers: int = 4) -> Iterator[None]:
    """For the block, several clients move money as fast as they can."""
    over = threading.Event()

    def move(seed: int) -> None:
        with kept.service.connect() as connection:
            number = seed
            while not over.is_set():
                number = (number * 48271) % 2147483647
                one, other = number % 200 + 1, number // 200 % 200 + 1
                with connection.transaction():
                    for each in sorted((one, other)):
                        connection.execute("UPDATE comptes SET solde = solde + 1 WHERE id = %s", [each])
                    connection.execute("INSERT INTO mouvements (de, montant) VALUES (%s, 1)", [one])
                    connection.execute("DELETE FROM mouvements WHERE id = %s", [number % 1000])

    threads = [threading.Thread(target=move, args=[7919 * (n + 1)]) for n in range(writers)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _given(rig: Rig, image: str, kept: Kept, mark: str, extent: Extent, number: int, tamper: str = "") -> Fingerprint:
    kept.attach()
    service = order_service(rig, image, number)
    ARCHIVIST.restore(service, service.wanted, kept.repository, None, mark)
    service.configure()
    if tamper:
        with service.connect() as connection:
            connection.execute(tamper)
    return ARCHIVIST.fingerprint(service, service.wanted, extent)


@pytest.mark.parametrize("number", [56, 57])
def test_of_a_busy_service_the_restored_copy_is_the_same_to_the_transaction(
    rig: Rig, image: str, written: Kept, number: int
) -> None:
    mark = f"busy-{number}"
    with _busy(written):
        was = ARCHIVIST.mark(written.service, written.service.wanted, mark, 1)
    given = _given(rig, image, written, mark, was.extent, number)
    assert was.differences(given) == []
    assert was == given
    assert any("mouvements" in name for name in was.tables)
    now = written.fingerprint()
    assert was.differences(now) != []


def test_a_row_that_is_another_one_is_found_and_its_table_named(rig: Rig, image: str, written: Kept) -> None:
    was = ARCHIVIST.mark(written.service, written.service.wanted, "tampered", 1)
    change = "UPDATE comptes SET solde = solde + 1 WHERE id = 100"
    given = _given(rig, image, written, "tampered", was.extent, 58, change)
    assert was.differences(given) == ["app: public.comptes"]


def test_of_a_large_service_the_same_part_is_read_on_both_sides_and_another_one_next_time(
    rig: Rig, image: str, written: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archivist, "READ_WHOLE", 8 * 1024**2)
    first = ARCHIVIST.mark(written.service, written.service.wanted, "large-1", 1)
    other = ARCHIVIST.mark(written.service, written.service.wanted, "large-2", 2)
    assert 0 < first.extent.share < 50
    assert first.extent.sampled == {"app": ["public.grande"]}
    assert first.differences(other) == ["app: public.grande"]
    assert _given(rig, image, written, "large-1", first.extent, 59) == first


def test_a_mark_leaves_nothing_in_the_machine(written: Kept) -> None:
    before = written.service.execute(["ls", "/var/lib/postgresql"]).stdout.split()
    ARCHIVIST.mark(written.service, written.service.wanted, "nothing-left", 1)
    kill = "timeout --signal=KILL 1 /usr/lib/souk/mark"
    written.service.execute(["sh", "-c", kill], stdin=b'{"name": "killed", "most": 1, "seed": 1, "timeout": 60}')
    ARCHIVIST.mark(written.service, written.service.wanted, "after-a-kill", 1)
    assert written.service.execute(["ls", "/var/lib/postgresql"]).stdout.split() == before
    assert written.sql("SELECT count(*) FROM pg_replication_slots") == [(0,)]


def test_a_repository_with_a_damaged_object_gives_nothing(rig: Rig, image: str, written: Kept, tmp_path: Path) -> None:
    ARCHIVIST.mark(written.service, written.service.wanted, "damaged", 1)
    written.attach()
    client = written.storage.client(written.storage.credentials, tmp_path)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=written.repository.bucket)
    bundles = [row["Key"] for page in pages for row in page["Contents"] if "/bundle/" in row["Key"]]
    for key in bundles:
        content = bytearray(client.get_object(Bucket=written.repository.bucket, Key=key)["Body"].read())
        content[len(content) // 2] ^= 0xFF
        client.put_object(Bucket=written.repository.bucket, Key=key, Body=bytes(content))
    service = order_service(rig, image, 60)
    with pytest.raises(ConfigurationFailed):
        ARCHIVIST.restore(service, service.wanted, written.repository, None, "damaged")
