"""The program that writes a database into a bucket: killed, refused, and what it leaves behind."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.engine.backups.conftest import Kept

from souk.blueprints.postgresql import BLUEPRINT
from souk.provisioning.contract import ConfigurationFailed, Declined, Exported, Vessel

pytestmark = pytest.mark.engine
EXPORTER = BLUEPRINT.exporter
PASSPHRASE = "a-passphrase-of-the-files-own"


@pytest.fixture(scope="module")
def full(kept: Kept) -> Kept:
    kept.sql("create table heavy as select n, md5(random()::text) as noise from generate_series(1, 400000) n")
    return kept


def _export(kept: Kept, key: str, database: str = "app") -> Exported:
    return EXPORTER.export(kept.service, kept.service.wanted, database, Vessel(kept.repository, key, PASSPHRASE))


@pytest.fixture
def client(kept: Kept, tmp_path: Path) -> Any:
    return kept.storage.client(kept.storage.credentials, tmp_path)


def _object(client: Any, kept: Kept, key: str) -> bytes:
    content: bytes = client.get_object(Bucket=kept.repository.bucket, Key=key)["Body"].read()
    return content


def _unfinished(client: Any, kept: Kept, key: str) -> list[str]:
    listed = client.list_multipart_uploads(Bucket=kept.repository.bucket, Prefix=key).get("Uploads", [])
    return [one["UploadId"] for one in listed]


def test_what_lies_in_the_bucket_is_opened_by_openssl_and_the_passphrase_alone(full: Kept, client: Any) -> None:
    made = _export(full, "exports/plain")
    sealed = _object(client, full, "exports/plain")
    assert b"heavy" not in sealed
    words = ["openssl", "enc", "-d", "-aes-256-ctr", "-pbkdf2", "-iter", "10000", "-pass", f"pass:{PASSPHRASE}"]
    opened = subprocess.run(words, input=sealed, capture_output=True, check=True).stdout
    assert len(opened) == made.size
    assert b"COPY public.heavy" in gzip.decompress(opened)


def test_a_killed_attempt_leaves_nothing_and_is_repeated(full: Kept, client: Any) -> None:
    key, bucket = "exports/killed", full.repository.bucket
    begun = client.create_multipart_upload(Bucket=bucket, Key=key)
    client.upload_part(Bucket=bucket, Key=key, PartNumber=1, UploadId=begun["UploadId"], Body=b"half" * 2_000_000)
    assert _unfinished(client, full, key)
    _export(full, key)
    assert _unfinished(client, full, key) == []
    assert _object(client, full, key).startswith(b"Salted__")


def test_a_dump_that_fails_puts_nothing_under_the_key(full: Kept, client: Any) -> None:
    locked = full.service.connect()
    try:
        full.sql("create table if not exists busy (n int)")
        locked.execute("begin")
        locked.execute("lock table busy in access exclusive mode")
        shorter = "sed -i 's/--lock-wait-timeout=60s/--lock-wait-timeout=1s/' /usr/lib/souk/export"
        assert full.service.execute(["sh", "-c", shorter]).exit_code == 0
        with pytest.raises(ConfigurationFailed, match="timeout"):
            _export(full, "exports/locked")
    finally:
        locked.close()
    assert _unfinished(client, full, "exports/locked") == []
    with pytest.raises(client.exceptions.NoSuchKey):
        _object(client, full, "exports/locked")


def test_a_database_that_is_not_there_is_refused_with_a_sentence(full: Kept) -> None:
    for name in ("nobody", "app'; drop database app; --", "القاعدة"):
        with pytest.raises(Declined, match="no such database"):
            _export(full, "exports/none", name)
