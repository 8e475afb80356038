"""A database as a file: written on the real engine into a real S3 server, downloaded, loaded into another server."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from tests.engine.reconciler.conftest import Shop
from tests.engine.reconciler.test_backups import instance
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.connecting import signed_in

from souk.kernel.scope import System, acting
from souk.provisioning import commands, errors
from souk.provisioning.exports import AT_ONCE, download
from souk.provisioning.models import Export
from souk.provisioning.queries import ExportRow, exports, operation, service

pytestmark = pytest.mark.engine
__all__ = ["instance"]

ARABIC = "سوق مغربي, l'été"


def _written(shop: Shop, instance: UUID) -> ExportRow:
    asked = commands.export_database(shop.buyer.scope, instance, "app")
    assert until(lambda: operation(shop.buyer.scope, asked).state in {"succeeded", "failed"}), shop.worker.log
    assert operation(shop.buyer.scope, asked).state == "succeeded", shop.worker.log
    return exports(shop.buyer.scope, instance)[0]


def _read(shop: Shop, instance: UUID, row: ExportRow, start: int = 0) -> bytes:
    found = download(shop.buyer.scope, instance, row.id, start)
    with closing(found.chunks):
        return b"".join(found.chunks)


def _so_many_at_once_and_no_more(shop: Shop, instance: UUID, row: ExportRow) -> None:
    slow = [download(shop.buyer.scope, instance, row.id) for _ in range(AT_ONCE)]
    with pytest.raises(errors.TooManyDownloads):
        download(shop.buyer.scope, instance, row.id)
    for each in slow:
        each.chunks.close()
    assert len(_read(shop, instance, row)) == row.size


def _rows(options: dict[str, Any]) -> list[tuple[Any, ...]]:
    with psycopg.connect(**options) as connection:
        return connection.execute("select n, said from visits order by n").fetchall()


def test_a_database_is_written_downloaded_in_parts_and_loaded_elsewhere(
    shop_with_storage: Shop, instance: UUID
) -> None:
    shop, scope = shop_with_storage, shop_with_storage.buyer.scope
    with signed_in(scope, instance) as options, psycopg.connect(**options) as connection:
        connection.execute("create table visits (n int primary key, said text not null, noise text)")
        connection.execute(
            "insert into visits select n, %s, (select string_agg(md5(n::text || k), '') from generate_series(1, 40) k)"
            " from generate_series(1, 20000) n",
            [ARABIC],
        )
    row = _written(shop, instance)
    whole = _read(shop, instance, row)
    assert (len(whole), hashlib.sha256(whole).hexdigest()) == (row.size, row.sha256)
    assert len(whole) > 9 * 1024**2, "more than one part of an upload"
    for start in (1, 16, 8 * 1024**2 + 5, len(whole) - 1):
        assert _read(shop, instance, row, start) == whole[start:]
    _goes_on_where_it_was_cut(shop, instance, row, whole)
    _so_many_at_once_and_no_more(shop, instance, row)

    statements = gzip.decompress(whole).decode()
    assert "OWNER TO" not in statements
    assert "GRANT" not in statements
    other = shop.order("ailleurs")
    assert until(lambda: service(scope, other).state == "ready"), shop.worker.log
    _load(shop, other, statements)
    with signed_in(scope, instance) as here, signed_in(scope, other) as there:
        assert _rows(there) == _rows(here)
        assert _rows(there)[0] == (1, ARABIC)


def _goes_on_where_it_was_cut(shop: Shop, instance: UUID, row: ExportRow, whole: bytes) -> None:
    path = f"/api/v1/services/{instance}/exports/{row.id}/file"
    client, tag = Client(headers={"Authorization": f"Bearer {shop.buyer.token()}"}), f'"{row.sha256}"'

    def answer(**headers: str) -> Any:
        return client.get(path, headers=headers)

    first = answer()
    assert (first.status_code, first.getvalue() == whole) == (200, True)
    assert (first["Content-Length"], first["ETag"], first["Accept-Ranges"]) == (str(len(whole)), tag, "bytes")
    assert row.name in first["Content-Disposition"]
    rest = answer(**{"Range": "bytes=1000000-", "If-Range": tag})
    assert (rest.status_code, rest.getvalue() == whole[1_000_000:]) == (206, True)
    assert rest["Content-Range"] == f"bytes 1000000-{len(whole) - 1}/{len(whole)}"
    other = answer(**{"Range": "bytes=1000000-", "If-Range": '"of-another-file"'})
    assert (other.status_code, other.getvalue() == whole) == (200, True)
    beyond = answer(Range=f"bytes={len(whole)}-")
    assert (beyond.status_code, beyond.json()["type"].rpartition(":")[2]) == (416, "range-beyond")


def test_a_file_is_gone_from_the_storage_once_it_is_deleted(shop_with_storage: Shop, instance: UUID) -> None:
    shop, scope = shop_with_storage, shop_with_storage.buyer.scope
    row = _written(shop, instance)
    commands.delete_export(scope, instance, row.id)
    assert exports(scope, instance) == []
    with pytest.raises(errors.ExportGone):
        download(scope, instance, row.id)
    assert until(lambda: _deleted(row)), shop.worker.log
    with acting(System("test")):
        assert bytes(Export.objects.get(id=row.id).sealed_passphrase) == b""


def _deleted(row: ExportRow) -> bool:
    with acting(System("test")):
        return Export.objects.filter(id=row.id, deleted_at__isnull=False).exists()


def _load(shop: Shop, instance: UUID, statements: str) -> None:
    """As a customer would, with psql."""
    with signed_in(shop.buyer.scope, instance) as options:
        words = " ".join(f"{key}={value}" for key, value in options.items() if key not in {"password", "autocommit"})
        done = subprocess.run(
            ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", words],
            input=statements,
            text=True,
            capture_output=True,
            env={**os.environ, "PGPASSWORD": str(options["password"])},
            check=False,
            pass_fds=[int(options["sslrootcert"].rpartition("/")[2])],
        )
    assert done.returncode == 0, done.stderr
