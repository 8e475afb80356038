"""A service is backed up while it is written to, restored into another machine, and the proof tells them apart."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.engine.conftest import Rig
from tests.engine.objectstorage.conftest import MIB, Storage, order

from souk.blueprints.objectstorage import BLUEPRINT
from souk.provisioning.contract import BackupKind, BindingRole, ConfigurationFailed, Repository

pytestmark = pytest.mark.engine

BUCKET = "factures"
ARCHIVIST = BLUEPRINT.archivist
MANY = 1010
KEPT = 10
"""What is deleted of what is put meanwhile is the eleventh last."""

KILL_IT = """
import subprocess, sys
sys.path.insert(0, "/usr/lib/souk")
import standing
program = "import time, sys; sys.path.insert(0, '/usr/lib/souk'); import standing\\n"
program += "with standing.still():\\n print('still', flush=True); time.sleep(60)"
running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
assert running.stdout.readline() == "still\\n"
running.kill()
running.wait()
print(standing._state(f"/proc/{standing._server()}/stat"))
"""


@pytest.fixture(scope="module")
def service(rig_of_module: Rig, storage_image: str) -> Storage:
    """A customer's service."""
    made = order(rig_of_module, storage_image, 3)
    made.wanted = replace(made.wanted, parameters={"buckets": [BUCKET]})
    made.configure()
    return made


@pytest.fixture(scope="module")
def repository(rig_of_module: Rig, storage_image: str) -> Repository:
    """Its repository, on another machine: the site's."""
    site = order(rig_of_module, storage_image, 4)
    site.configure()
    key = site.grant("os_kept01")
    return site.repository(key)


@pytest.fixture(scope="module")
def owner(service: Storage, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The client of the service's first key."""
    return service.client(service.credentials, tmp_path_factory.mktemp("kept"))


def _put(owner: Any, count: int) -> dict[str, str]:
    """Objects of one size, and checksums of what is in them."""
    put = {}
    for number in range(count):
        content = os.urandom(MIB // 4)
        owner.put_object(Bucket=BUCKET, Key=f"é/{number}", Body=content, Metadata={"numero": str(number)})
        put[f"é/{number}"] = hashlib.sha256(content).hexdigest()
    return put


def _put_many(owner: Any) -> None:
    """More in one folder than a page of any listing holds."""
    with ThreadPoolExecutor(8) as threads:
        for done in [
            threads.submit(owner.put_object, Bucket="beaucoup", Key=f"un/{number}", Body=b"x") for number in range(MANY)
        ]:
            done.result()


def _got(client: Any, bucket: str = BUCKET) -> dict[str, str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    contents = {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
    return {key: hashlib.sha256(content).hexdigest() for key, content in contents.items()}


@contextlib.contextmanager
def _busy(owner: Any) -> Iterator[list[int]]:
    """Objects are put and deleted all the time; how many were."""
    stop = threading.Event()
    written: list[Any] = []

    def write() -> None:
        while not stop.is_set():
            owner.put_object(Bucket=BUCKET, Key=f"pendant/{len(written)}", Body=os.urandom(MIB // 4))
            written.append(len(written))
            if len(written) > KEPT:
                owner.delete_object(Bucket=BUCKET, Key=f"pendant/{len(written) - KEPT}")

    writing = threading.Thread(target=write)
    writing.start()
    try:
        yield written
    finally:
        stop.set()
        writing.join()


def test_what_was_there_comes_back_in_another_machine_though_it_was_written_to_meanwhile(
    service: Storage, repository: Repository, owner: Any, rig_of_module: Rig, storage_image: str, tmp_path: Path
) -> None:
    put = _put(owner, 40)
    for name in ("beaucoup", "versions", "vide"):
        owner.create_bucket(Bucket=name)
    _put_many(owner)
    owner.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    versions = [owner.put_object(Bucket="versions", Key="v", Body=body)["VersionId"] for body in (b"1", b"2")]
    owner.delete_object(Bucket=BUCKET, Key="é/7")
    del put["é/7"]
    with _busy(owner) as written:
        ARCHIVIST.attach(service, service.wanted, repository)
        for kind, label in ((BackupKind.FULL, "a" * 32), (BackupKind.DIFFERENTIAL, "b" * 32)):
            ARCHIVIST.back_up(service, service.wanted, kind, label)
        was = ARCHIVIST.mark(service, service.wanted, "souk-proof", 7)
    assert len(written) > KEPT
    found = ARCHIVIST.backups(service, service.wanted)
    assert {label: backup.kind for label, backup in found.items()} == {
        "a" * 32: BackupKind.FULL,
        "b" * 32: BackupKind.DIFFERENTIAL,
    }
    assert found["b" * 32].stored < found["b" * 32].size
    other = order(rig_of_module, storage_image, 5)
    other.wanted = replace(other.wanted, parameters={"buckets": [BUCKET]})
    for _ in range(2):
        ARCHIVIST.restore(other, other.wanted, repository, None, "souk-proof")
    other.configure()
    assert was.differences(ARCHIVIST.fingerprint(other, other.wanted, was.extent)) == []
    assert f"beaucoup: {MANY} objects" in was.tables
    client = other.client(other.credentials, tmp_path)
    got = _got(client)
    assert {key: content for key, content in got.items() if key.startswith("é/")} == put
    assert len(got) > len(put)
    assert client.head_object(Bucket=BUCKET, Key="é/3")["Metadata"] == {"numero": "3"}
    assert [each["Name"] for each in client.list_buckets()["Buckets"]] == ["beaucoup", BUCKET, "versions", "vide"]
    assert client.get_object(Bucket="versions", Key="v", VersionId=versions[0])["Body"].read() == b"1"
    lost = next(path for path in was.extent.sampled["read"] if path.startswith(f"/buckets/{BUCKET}/"))
    client.put_object(Bucket=BUCKET, Key=lost.split("/", 3)[3], Body=b"something else")
    told = was.differences(ARCHIVIST.fingerprint(other, other.wanted, was.extent))
    assert lost in told
    assert {each.partition(":")[0] for each in told} == {lost, BUCKET}


def test_a_server_goes_on_though_the_program_that_had_it_stand_still_was_killed(service: Storage, owner: Any) -> None:
    killed = service.execute(["python3", "-c", KILL_IT])
    assert killed.stdout.split() == ["T"], killed
    begun = time.monotonic()
    owner.put_object(Bucket=BUCKET, Key="de nouveau", Body=b"x")
    assert time.monotonic() - begun < 3


def test_a_machine_in_use_is_not_restored_over(service: Storage, repository: Repository, owner: Any) -> None:
    with pytest.raises(ConfigurationFailed, match="in use"):
        ARCHIVIST.restore(service, service.wanted, repository, None)
    owner.head_bucket(Bucket=BUCKET)


def test_keys_that_were_left_off_open_nothing_after_a_restore(service: Storage, tmp_path: Path) -> None:
    stays, goes = (service.grant(name, BUCKET, BindingRole.READER) for name in ("reste", "part"))
    ARCHIVIST.shut_out_all_but(service, service.wanted, ["souk", "reste"])
    service.client(stays, tmp_path).list_objects_v2(Bucket=BUCKET)
    with pytest.raises(ClientError, match=r"InvalidAccessKeyId|AccessDenied"):
        service.client(goes, tmp_path).list_objects_v2(Bucket=BUCKET)
