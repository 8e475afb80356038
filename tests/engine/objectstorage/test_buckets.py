"""What a client of object storage meets: its own bucket, and nobody else's."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError, SSLError
from tests.engine.objectstorage.conftest import MIB, Storage
from tests.support.authorities import authority

from souk.blueprints.objectstorage import BLUEPRINT
from souk.provisioning.contract import Credentials

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def mine(storage: Storage) -> Credentials:
    """One tenant's key."""
    return storage.grant("pg_mine01")


@pytest.fixture(scope="module")
def theirs(storage: Storage) -> Credentials:
    """Another tenant's key."""
    return storage.grant("pg_their1")


@pytest.fixture
def client(storage: Storage, mine: Credentials, tmp_path: Path) -> Any:
    """One tenant's client."""
    return storage.client(mine, tmp_path)


def _refused(code: str) -> Any:
    return pytest.raises(ClientError, match=code)


def test_what_is_put_is_listed_and_got_and_deleted(client: Any, mine: Credentials) -> None:
    client.put_object(Bucket=mine.database, Key="dossier/été.txt", Body="عميل".encode())
    [found] = client.list_objects_v2(Bucket=mine.database, Prefix="dossier/")["Contents"]
    assert found["Key"] == "dossier/été.txt"
    assert client.get_object(Bucket=mine.database, Key="dossier/été.txt")["Body"].read().decode() == "عميل"
    client.delete_object(Bucket=mine.database, Key="dossier/été.txt")
    assert "Contents" not in client.list_objects_v2(Bucket=mine.database)


def test_twenty_mebibytes_go_up_in_parts_and_come_down_whole(client: Any, mine: Credentials, tmp_path: Path) -> None:
    content = os.urandom(20 * MIB)
    (tmp_path / "up").write_bytes(content)
    client.upload_file(str(tmp_path / "up"), mine.database, "big")
    assert client.head_object(Bucket=mine.database, Key="big")["ETag"].endswith('-3"')
    client.download_file(mine.database, "big", str(tmp_path / "down"))
    assert (tmp_path / "down").read_bytes() == content


def test_many_keys_are_listed_page_by_page(client: Any, mine: Credentials) -> None:
    for number in range(25):
        client.put_object(Bucket=mine.database, Key=f"many/{number:02}", Body=b"x")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=mine.database, Prefix="many/", PaginationConfig={"PageSize": 10}
    )
    assert [len(page["Contents"]) for page in pages] == [10, 10, 5]


def test_another_tenants_bucket_is_out_of_reach(
    storage: Storage, client: Any, theirs: Credentials, tmp_path: Path
) -> None:
    owner, bucket = storage.client(theirs, tmp_path), theirs.database
    owner.put_object(Bucket=bucket, Key="secret", Body=b"theirs")
    for refused in (
        lambda: client.get_object(Bucket=bucket, Key="secret"),
        lambda: client.put_object(Bucket=bucket, Key="secret", Body=b"mine"),
        lambda: client.delete_object(Bucket=bucket, Key="secret"),
        lambda: client.list_objects_v2(Bucket=bucket),
        lambda: client.delete_bucket(Bucket=bucket),
        lambda: client.create_multipart_upload(Bucket=bucket, Key="secret"),
        lambda: client.put_bucket_acl(Bucket=bucket, ACL="public-read"),
    ):
        with _refused("AccessDenied"):
            refused()
    assert owner.get_object(Bucket=bucket, Key="secret")["Body"].read() == b"theirs"


def test_another_tenants_object_is_not_copied_either(
    storage: Storage, client: Any, mine: Credentials, theirs: Credentials, tmp_path: Path
) -> None:
    storage.client(theirs, tmp_path).put_object(Bucket=theirs.database, Key="source", Body=b"theirs")
    with _refused("AccessDenied"):
        client.copy_object(Bucket=mine.database, Key="copy", CopySource=f"{theirs.database}/source")


def test_a_tenant_sees_its_own_bucket_only_and_makes_none(client: Any, mine: Credentials, theirs: Credentials) -> None:
    assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == [mine.database]
    with _refused("AccessDenied"):
        client.create_bucket(Bucket="another")
    with _refused("AccessDenied"):
        client.delete_bucket(Bucket=mine.database)


def test_a_bucket_whose_name_begins_like_ones_own_is_out_of_reach(storage: Storage, tmp_path: Path) -> None:
    short, long = storage.grant("pg_a"), storage.grant("pg_ab")
    storage.client(long, tmp_path).put_object(Bucket=long.database, Key="x", Body=b"x")
    with _refused("AccessDenied"):
        storage.client(short, tmp_path).get_object(Bucket=long.database, Key="x")


def test_nobody_without_a_key_reads_anything(storage: Storage, mine: Credentials) -> None:
    trusted = ssl.create_default_context(cadata=storage.authority.certificate)
    with httpx.Client(base_url=f"https://{storage.wanted.address}:{BLUEPRINT.port}", verify=trusted) as client:
        for path in ("/", f"/{mine.database}", f"/{mine.database}/big", "/status", "/metrics"):
            answer = client.get(path)
            assert mine.database not in answer.text or answer.status_code == 403
        assert "<Code>AccessDenied</Code>" in client.get(f"/{mine.database}").text
        assert client.post("/", data={"Action": "ListUsers"}).status_code in {403, 405, 501}


def test_a_wrong_secret_is_refused(storage: Storage, mine: Credentials, tmp_path: Path) -> None:
    with _refused("SignatureDoesNotMatch"):
        storage.client(Credentials(mine.username, "wrong"), tmp_path).list_objects_v2(Bucket=mine.database)


def test_another_authority_is_not_trusted(storage: Storage, mine: Credentials, tmp_path: Path) -> None:
    other = authority().certificate
    with pytest.raises(SSLError, match="certificate verify failed"):
        storage.client(mine, tmp_path, trusted=other).list_objects_v2(Bucket=mine.database)
    health = BLUEPRINT.probe(storage.wanted, storage.credentials, other)
    assert not health.ok
    assert "certificate verify failed" in health.detail


def test_plain_http_is_refused(storage: Storage, mine: Credentials) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://{storage.wanted.address}:{BLUEPRINT.port}/{mine.database}")


def test_the_probe_finds_the_owner_and_a_binding_well_and_a_wrong_key_not(storage: Storage, mine: Credentials) -> None:
    certificate = storage.authority.certificate
    assert BLUEPRINT.probe(storage.wanted, storage.credentials, certificate).ok
    assert BLUEPRINT.probe(storage.wanted, mine, certificate).ok
    wrong = BLUEPRINT.probe(storage.wanted, Credentials(mine.username, "wrong", mine.database), certificate)
    assert (wrong.ok, wrong.detail) == (False, "it answers 403")
