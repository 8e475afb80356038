"""Keys that an S3 outside makes itself, one for each folder: a real server (SeaweedFS) with IAM, on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from tests.support.authorities import authority

from souk.blueprints.objectstorage.server import program
from souk.provisioning.contract import ConfigurationFailed
from souk.provisioning.reconciler import keymaking
from souk.provisioning.storage import Outside
from souk.sites.certificates import issue

PATIENCE = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, connect_timeout=2, read_timeout=5)
OPERATOR = {"name": "operator", "credentials": [{"accessKey": "operator", "secretKey": "operators-secret"}]}


def _client(place: Outside, trusted: Path, key: tuple[str, str], kind: str = "s3") -> Any:
    return boto3.client(
        kind,
        endpoint_url=f"https://127.0.0.1:{place.port}",
        aws_access_key_id=key[0],
        aws_secret_access_key=key[1],
        region_name="us-east-1",
        verify=str(trusted),
        config=PATIENCE,
    )


def _ports(count: int) -> list[int]:
    """Free ports whose gRPC twins, ten thousand above, are free too."""
    found: list[int] = []
    while len(found) < count:
        with socket.socket() as one, socket.socket() as other, suppress(OSError, OverflowError):
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1] % 20000 + 20000
            other.bind(("127.0.0.1", port + 10000))
            found.append(port)
    return found


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("s3") / "ca.crt"


@pytest.fixture(scope="module")
def place(trusted: Path) -> Iterator[Outside]:
    """The server, with a bucket."""
    folder, signer = trusted.parent, authority()
    issued = issue(signer, "s3.example", "127.0.0.1")
    for name, text in (
        ("ca.crt", signer.certificate),
        ("server.crt", issued.certificate),
        ("server.key", issued.key),
        ("s3.json", json.dumps({"identities": [{**OPERATOR, "actions": ["Admin", "Read", "Write", "List"]}]})),
    ):
        (folder / name).write_text(text)
    master, volume, filer, s3 = _ports(4)
    server = subprocess.Popen(
        [
            *(str(program()), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-volume.max=10"),
            *(f"-master.port={master}", f"-volume.port={volume}", "-filer", f"-filer.port={filer}"),
            *("-master.telemetry=false", "-s3", f"-s3.port={s3}", "-s3.port.iceberg=0", "-s3.port.lance=0"),
            *(f"-s3.config={folder}/s3.json", "-s3.iam.readOnly=false"),
            *(f"-s3.cert.file={folder}/server.crt", f"-s3.key.file={folder}/server.key"),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"https://s3.example:{s3}"
    secret = "operators-secret"
    place = Outside(url, "us-east-1", "souk", "temara", "127.0.0.1", signer.certificate, "operator", secret, url)
    try:
        client = _client(place, trusted, ("operator", secret))
        deadline = time.monotonic() + 60
        while True:
            try:
                client.create_bucket(Bucket="souk")
                break
            except (BotoCoreError, ClientError):
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.3)
        yield place
    finally:
        server.kill()
        server.wait(20)


def _refused(act: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as refusal:
        act()
    return str(refusal.value.response["Error"]["Code"])


def test_a_key_opens_its_folder_and_no_other(place: Outside, trusted: Path) -> None:
    mine, theirs = (keymaking.make(place, f"temara/{name}") for name in ("pg-a", "pg-b"))
    a, b = _client(place, trusted, mine), _client(place, trusted, theirs)
    b.put_object(Bucket="souk", Key="temara/pg-b/x", Body=b"theirs")
    a.put_object(Bucket="souk", Key="temara/pg-a/x", Body=b"mine")
    assert a.get_object(Bucket="souk", Key="temara/pg-a/x")["Body"].read() == b"mine"
    listed = a.list_objects_v2(Bucket="souk", Prefix="temara/pg-a/")["Contents"]
    assert [row["Key"] for row in listed] == ["temara/pg-a/x"]
    for act in (
        lambda: a.get_object(Bucket="souk", Key="temara/pg-b/x"),
        lambda: a.put_object(Bucket="souk", Key="temara/pg-b/x", Body=b"mine"),
        lambda: a.delete_object(Bucket="souk", Key="temara/pg-b/x"),
        lambda: a.list_objects_v2(Bucket="souk", Prefix="temara/pg-b/"),
        lambda: a.list_objects_v2(Bucket="souk"),
        lambda: a.delete_bucket(Bucket="souk"),
    ):
        assert _refused(act) == "AccessDenied"
    asked = a.delete_objects(Bucket="souk", Delete={"Objects": [{"Key": "temara/pg-b/x"}]})
    assert [row["Code"] for row in asked["Errors"]] == ["AccessDenied"]
    assert b.get_object(Bucket="souk", Key="temara/pg-b/x")["Body"].read() == b"theirs"
    with pytest.raises(ClientError):
        _client(place, trusted, mine, "iam").create_user(UserName="evil")


def test_made_again_there_is_one_key_still_and_the_one_before_opens_nothing(place: Outside, trusted: Path) -> None:
    before, after = keymaking.make(place, "temara/pg-c"), keymaking.make(place, "temara/pg-c")
    assert before != after
    _client(place, trusted, after).put_object(Bucket="souk", Key="temara/pg-c/x", Body=b"")
    assert _refused(lambda: _client(place, trusted, before).get_object(Bucket="souk", Key="temara/pg-c/x")) == (
        "InvalidAccessKeyId"
    )


def test_a_destroyed_key_opens_nothing_and_what_was_put_stays(place: Outside, trusted: Path) -> None:
    key = keymaking.make(place, "temara/pg-d")
    client = _client(place, trusted, key)
    client.put_object(Bucket="souk", Key="temara/pg-d/x", Body=b"kept")
    for _ in range(2):
        keymaking.destroy(place, "temara/pg-d")
    assert _refused(lambda: client.get_object(Bucket="souk", Key="temara/pg-d/x")) == "InvalidAccessKeyId"
    operator = _client(place, trusted, (place.access_key, place.secret_key))
    assert operator.get_object(Bucket="souk", Key="temara/pg-d/x")["Body"].read() == b"kept"


def test_a_server_that_refuses_or_is_not_there_is_told_without_the_key(place: Outside) -> None:
    for broken in (
        replace(place, secret_key="not-the-secret"),
        replace(place, iam="https://s3.example:1"),
        replace(place, authority=authority().certificate),
    ):
        with pytest.raises(ConfigurationFailed) as failure:
            keymaking.make(broken, "temara/pg-e")
        assert broken.secret_key not in str(failure.value)
