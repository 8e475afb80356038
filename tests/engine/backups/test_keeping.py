"""A service's history in its repository: complete, encrypted, nobody else's, and never in the service's way."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from tests.engine.backups.conftest import ARCHIVIST, KEPT, Kept, keep
from tests.engine.conftest import Rig
from tests.engine.objectstorage.conftest import Storage
from tests.engine.postgresql.conftest import order

from souk.provisioning.contract import BackupKind, ConfigurationFailed

pytestmark = pytest.mark.engine

_BACKUPS = "/usr/lib/souk/backups"


def test_attaching_restarts_nothing_and_is_repeatable(kept: Kept) -> None:
    before = kept.sql("SELECT pg_postmaster_start_time()")
    kept.attach()
    kept.attach()
    assert kept.sql("SELECT pg_postmaster_start_time()") == before
    assert kept.sql("SELECT last_archived_wal IS NOT NULL FROM pg_stat_archiver") == [(True,)]


def test_the_first_backup_is_a_full_one_and_a_label_is_made_once(kept: Kept) -> None:
    kept.back_up("monday", BackupKind.DIFFERENTIAL)
    kept.back_up("monday", BackupKind.DIFFERENTIAL)
    kept.back_up("tuesday", BackupKind.DIFFERENTIAL)
    found = kept.backups()
    assert (found["monday"].kind, found["tuesday"].kind) == (BackupKind.FULL, BackupKind.DIFFERENTIAL)
    assert found["monday"].started_at <= found["monday"].finished_at <= found["tuesday"].started_at
    assert 0 < found["tuesday"].stored < found["monday"].stored < found["monday"].size
    listed = kept.service.execute([_BACKUPS], stdin=b'{"do": "show"}').stdout
    assert listed.count('"monday"') == 1


def test_old_backups_are_forgotten(kept: Kept) -> None:
    for label in ("old", "middle", "new"):
        kept.back_up(label)
    ARCHIVIST.expire(kept.service, kept.service.wanted, 2)
    assert set(kept.backups()) == {"middle", "new"}
    ARCHIVIST.expire(kept.service, kept.service.wanted, 2)
    assert set(kept.backups()) == {"middle", "new"}


def test_nothing_in_the_bucket_is_readable(kept: Kept, tmp_path: Path) -> None:
    kept.sql(f"CREATE TABLE IF NOT EXISTS planted AS SELECT '{KEPT}' AS t FROM generate_series(1, 1000)")
    kept.back_up("encrypted")
    kept.attach()
    contents = list(kept.objects(tmp_path))
    assert len(contents) > 5
    assert not any(KEPT.encode() in content or b"PG_VERSION" in content for content in contents)


def test_another_tenants_key_reads_nothing_of_it(kept: Kept, storage: Storage, tmp_path: Path) -> None:
    other = storage.client(storage.grant("pg_other1"), tmp_path)
    for refused in (
        lambda: other.list_objects_v2(Bucket=kept.repository.bucket),
        lambda: other.get_object(Bucket=kept.repository.bucket, Key="postgresql/backup/souk/backup.info"),
        lambda: other.put_object(Bucket=kept.repository.bucket, Key="postgresql/backup/souk/backup.info", Body=b""),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()


def test_a_backup_that_was_killed_is_made_when_it_is_asked_for_again(kept: Kept) -> None:
    kept.sql("CREATE TABLE IF NOT EXISTS ballast AS SELECT g, md5(g::text) FROM generate_series(1, 300000) g")
    half_way = (
        f'echo \'{{"do": "make", "type": "full", "label": "killed"}}\' | {_BACKUPS} & '
        "sleep 1.2; pkill -KILL -x pgbackrest || for p in /proc/[0-9]*; do "
        "grep -q pgbackrest $p/comm 2>/dev/null && kill -KILL ${p#/proc/}; done; wait; true"
    )
    said = kept.service.execute(["sh", "-c", half_way]).stdout
    assert "error" in said
    assert "killed" not in kept.backups()
    kept.back_up("killed")
    assert kept.backups()["killed"].kind == BackupKind.FULL


def test_a_backup_that_goes_on_already_is_waited_for(kept: Kept) -> None:
    start = f'echo \'{{"do": "make", "type": "full", "label": "once"}}\' | setsid {_BACKUPS} >/dev/null 2>&1 &'
    kept.service.execute(["sh", "-c", start])
    kept.back_up("once")
    listed = kept.service.execute([_BACKUPS], stdin=b'{"do": "show"}').stdout
    assert listed.count('"once"') == 1


def test_secrets_are_postgresqls_only_and_in_no_journal(kept: Kept) -> None:
    listed = kept.service.execute(["stat", "--format=%a %U %G", "/etc/souk/postgresql/repository.conf"]).stdout
    assert listed.strip() == "640 root postgres"
    shown = kept.service.execute(["journalctl", "--no-pager"]).stdout
    shown += kept.service.execute(["sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"]).stdout
    assert kept.repository.passphrase not in shown
    assert kept.repository.secret_key not in shown


def test_the_checksum_sees_every_row_and_nothing_else(kept: Kept) -> None:
    kept.sql("CREATE TABLE seen (id int, t text); INSERT INTO seen VALUES (1, 'a'), (2, 'b')")
    before = kept.fingerprint()
    kept.sql("UPDATE seen SET t = t")
    assert kept.fingerprint() == before
    kept.sql("UPDATE seen SET t = 'c' WHERE id = 2")
    assert kept.fingerprint() != before
    kept.sql("UPDATE seen SET t = 'b' WHERE id = 2")
    assert kept.fingerprint() == before
    kept.sql("DROP TABLE seen")


def test_the_checksum_runs_nothing_that_the_customer_made(kept: Kept) -> None:
    kept.sql("CREATE TABLE trap (a int); INSERT INTO trap VALUES (1)")
    kept.sql("CREATE FUNCTION steal(trap) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE 'ran'; END$$")
    kept.sql("CREATE CAST (trap AS text) WITH FUNCTION steal(trap)")
    kept.sql(
        "CREATE FUNCTION hashtextextended(text, int) RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RAISE 'ran'; END$$"
    )
    assert kept.fingerprint()
    kept.sql("DROP TABLE trap CASCADE; DROP FUNCTION hashtextextended(text, int)")


@pytest.mark.chaos
def test_a_repository_that_cannot_be_reached_stops_neither_writes_nor_a_restart(
    rig: Rig, image: str, own_storage: Storage
) -> None:
    service = order(rig, image, 41)
    service.configure()
    kept = keep(service, own_storage, "pg_alone1")
    own_storage.engine.stop(own_storage.spec.name, force=True)
    started = time.monotonic()
    kept.sql("CREATE TABLE written AS SELECT g, repeat(md5(g::text), 8) FROM generate_series(1, 200000) g")
    assert time.monotonic() - started < 10
    for refused in (kept.backups, kept.attach, lambda: kept.back_up("impossible")):
        with pytest.raises(ConfigurationFailed, match="does not answer"):
            refused()
    service.execute(["systemctl", "restart", "souk-postgresql"])
    service.configure()
    kept.sql("INSERT INTO written VALUES (-1, 'after')")
    own_storage.engine.start(own_storage.spec.name)
    own_storage.configure()
    kept.attach()
    kept.back_up("possible")
    assert set(kept.backups()) == {"possible"}


@pytest.mark.chaos
def test_history_that_nobody_takes_is_given_up_before_the_disk_is_full(
    rig: Rig, image: str, own_storage: Storage
) -> None:
    service = order(rig, image, 43)
    service.configure()
    kept = keep(service, own_storage, "pg_alone2")
    own_storage.engine.stop(own_storage.spec.name, force=True)
    most = "s/^archive-push-queue-max=.*/archive-push-queue-max=67108864/"
    service.execute(["sed", "-i", most, "/etc/souk/postgresql/repository.conf"])
    kept.sql("CREATE TABLE much AS SELECT g, repeat(md5(g::text), 40) FROM generate_series(1, 150000) g")
    listing = ["sh", "-c", "ls /var/lib/postgresql/data/pg_wal/archive_status | grep -c ready"]
    deadline = time.monotonic() + 60
    while int(service.execute(listing).stdout) > 4 and time.monotonic() < deadline:
        time.sleep(1)
    assert 0 < int(service.execute(listing).stdout) <= 4
    own_storage.engine.start(own_storage.spec.name)
    own_storage.configure()
    kept.attach()
    kept.back_up("after-the-gap")
    assert set(kept.backups()) == {"after-the-gap"}


@pytest.mark.chaos
def test_a_wrong_authority_is_not_trusted(rig: Rig, image: str, kept: Kept) -> None:
    service = order(rig, image, 42)
    service.configure()
    stranger = kept.repository.__class__(**{**kept.repository.__dict__, "authority": service.authority.certificate})
    with pytest.raises(ConfigurationFailed, match="certificate"):
        ARCHIVIST.attach(service, service.wanted, stranger)
