"""Another machine takes over from one that is written to: it has every object that was acknowledged."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from tests.engine.conftest import Rig
from tests.engine.objectstorage.conftest import MIB, SIZE, Storage, order
from tests.support.writing import MOST_SECONDS

from souk.blueprints.objectstorage import BLUEPRINT
from souk.engines.incus import IncusEngine
from souk.provisioning.contract import BindingRole, ConfigurationFailed, Succession, Way
from souk.settings import namespace

pytestmark = pytest.mark.engine
LEADER, FOLLOWER = "169.254.77.1", "169.254.77.2"
BUCKET, VERSIONS, LOCKED = "courrier", "versions", "scelle"
RULE = {"Rules": [{"ID": "vieux", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 30}}]}
UNTIL = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def succession() -> Succession:
    assert BLUEPRINT.succession is not None
    return BLUEPRINT.succession


@pytest.fixture(scope="module")
def rig_of_module(incus: IncusEngine) -> Iterator[Rig]:
    """What is made here goes with the module."""
    rig = Rig(incus, namespace.current())
    network = rig.prefix.rstrip("-") + "net"
    rig.engine.ensure_network(network)
    try:
        yield rig
    finally:
        rig.clear()
        rig.engine.delete_network(network)


@pytest.fixture(scope="module")
def present(rig_of_module: Rig, storage_image: str) -> Storage:
    """A customer's service, whose machine another one can follow."""
    made = order(rig_of_module, storage_image, 6)
    made.configure()
    rig_of_module.engine.join(made.spec.name, rig_of_module.prefix.rstrip("-") + "net")
    return made


def _follower(rig: Rig, of: Storage, number: int) -> Storage:
    """A machine that is there to follow, not configured yet."""
    address = next(rig.platform_addresses())
    name, network = f"{rig.prefix}os{number}", rig.prefix.rstrip("-") + "net"
    spec = replace(of.spec, name=name, address=address, private=network, environment={"SOUK_ROLE": "copy"})
    rig.engine.create(spec, start=True)
    return Storage(rig.engine, spec, replace(of.wanted, address=address, follows=True), of.credentials, of.authority)


class Writer:
    """Puts one object after another where somebody answers, and knows which were acknowledged, and when."""

    def __init__(self, *clients: Any) -> None:
        self._clients, self._stop = clients, threading.Event()
        self.acknowledged: dict[str, str] = {}
        self.longest = 0.0
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        last, at, number = time.monotonic(), 0, 0
        while not self._stop.is_set():
            key, content = f"n/{number}", os.urandom(MIB // 8)
            try:
                self._clients[at].put_object(Bucket=BUCKET, Key=key, Body=content)
            except (BotoCoreError, ClientError):
                at = (at + 1) % len(self._clients)
                time.sleep(0.05)
                continue
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now
            number += 1
            self.acknowledged[key] = hashlib.sha256(content).hexdigest()


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not until() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_machine_that_follows_has_every_acknowledged_object_when_it_leads(
    rig_of_module: Rig, present: Storage, succession: Succession, tmp_path: Path
) -> None:
    owner = present.client(present.credentials, tmp_path)
    reader = present.grant("lecture", BUCKET, BindingRole.READER)
    owner.create_bucket(Bucket=VERSIONS)
    owner.put_bucket_versioning(Bucket=VERSIONS, VersioningConfiguration={"Status": "Enabled"})
    owner.put_bucket_lifecycle_configuration(Bucket=VERSIONS, LifecycleConfiguration=RULE)
    versions = [owner.put_object(Bucket=VERSIONS, Key="v", Body=body)["VersionId"] for body in (b"1", b"2")]
    owner.create_bucket(Bucket=LOCKED, ObjectLockEnabledForBucket=True)
    locked = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": UNTIL}
    sealed = owner.put_object(Bucket=LOCKED, Key="acte", Body=b"1", **locked)["VersionId"]
    upload = owner.create_multipart_upload(Bucket=BUCKET, Key="grand")["UploadId"]
    part = owner.upload_part(Bucket=BUCKET, Key="grand", UploadId=upload, PartNumber=1, Body=b"1" * MIB)["ETag"]
    way = Way(LEADER, FOLLOWER, secrets.token_urlsafe(24))
    coming = _follower(rig_of_module, present, 7)
    leads = replace(coming, wanted=replace(coming.wanted, follows=False))
    theirs = leads.client(leads.credentials, tmp_path)
    with Writer(owner, theirs) as writer:
        for _ in range(2):
            succession.lead(present, present.wanted, way)
        succession.follow(coming, coming.wanted, way)
        coming.configure()
        succession.draw_near(present, coming, coming.wanted)
        for key in [*writer.acknowledged][:3]:
            owner.delete_object(Bucket=BUCKET, Key=key)
            del writer.acknowledged[key]
        end = succession.hand_over(present, present.wanted)
        before = len(writer.acknowledged)
        succession.receive(coming, coming.wanted, end)
        leads.configure()
        _wait(lambda: len(writer.acknowledged) > before + 10)
    logging.getLogger("souk").warning("interruption %.1f s, %d objects", writer.longest, len(writer.acknowledged))
    assert len(writer.acknowledged) > before > 20
    listed = theirs.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    there = {each["Key"] for page in listed for each in page["Contents"]}
    assert there == set(writer.acknowledged)
    for key, content in writer.acknowledged.items():
        assert hashlib.sha256(theirs.get_object(Bucket=BUCKET, Key=key)["Body"].read()).hexdigest() == content
    assert theirs.get_object(Bucket=VERSIONS, Key="v", VersionId=versions[0])["Body"].read() == b"1"
    assert theirs.get_bucket_lifecycle_configuration(Bucket=VERSIONS)["Rules"][0]["ID"] == "vieux"
    with pytest.raises(ClientError, match="AccessDenied"):
        theirs.delete_object(Bucket=LOCKED, Key="acte", VersionId=sealed)
    theirs.complete_multipart_upload(
        Bucket=BUCKET, Key="grand", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part}]}
    )
    readers = leads.client(reader, tmp_path)
    readers.get_object(Bucket=BUCKET, Key="grand")
    with pytest.raises(ClientError, match="AccessDenied"):
        readers.put_object(Bucket=BUCKET, Key="non", Body=b"")
    assert writer.longest < MOST_SECONDS


def test_who_stays_serves_on_and_a_killed_attempt_begins_again(
    rig_of_module: Rig, present: Storage, succession: Succession, tmp_path: Path
) -> None:
    # The one before handed over to another one, and goes on after all.
    for _ in range(2):
        succession.stay(present, present.wanted)
    owner = present.client(present.credentials, tmp_path)
    owner.put_object(Bucket=BUCKET, Key="encore", Body=b"1")
    succession.lead(present, present.wanted, Way(LEADER, FOLLOWER, secrets.token_urlsafe(24)))
    succession.hand_over(present, present.wanted)
    present.configure()
    assert owner.get_object(Bucket=BUCKET, Key="encore")["Body"].read() == b"1"
    assert present.execute(["systemctl", "is-active", "souk-lender.service"]).stdout.strip() == "inactive"


def test_without_the_password_nobody_follows(
    rig_of_module: Rig, present: Storage, succession: Succession, tmp_path: Path
) -> None:
    succession.lead(present, present.wanted, Way(LEADER, FOLLOWER, secrets.token_urlsafe(24)))
    coming = _follower(rig_of_module, present, 8)
    with pytest.raises(ConfigurationFailed, match="does not come"):
        succession.follow(coming, coming.wanted, Way(LEADER, FOLLOWER, "another-one"))


def test_a_server_that_began_anew_meanwhile_hands_nothing_over(
    present: Storage, succession: Succession, tmp_path: Path
) -> None:
    succession.lead(present, present.wanted, Way(LEADER, FOLLOWER, secrets.token_urlsafe(24)))
    present.execute(["systemctl", "restart", "souk-objectstorage.service"])
    with pytest.raises(ConfigurationFailed, match="began anew"):
        succession.hand_over(present, present.wanted)
    assert succession.release(present, present.wanted).startswith("4.")
    assert succession.needed(present, present.wanted) > SIZE.disk // 10
