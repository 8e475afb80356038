"""The machine around the server: what listens, what is configured, what survives."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.engine.conftest import Rig
from tests.engine.objectstorage.conftest import MIB, Storage, order
from tests.engine.postgresql.conftest import order as order_service

from souk.blueprints.objectstorage import BLUEPRINT
from souk.blueprints.objectstorage.bundle import bundle
from souk.provisioning.contract import BindingRole, Credentials

pytestmark = pytest.mark.engine

_ENOUGH = 100
"""More objects than fit."""


def _document(storage: Storage) -> bytes:
    return json.dumps(bundle(storage.wanted, storage.credentials, storage.certificate, timeout=40)).encode()


def _server(storage: Storage) -> str:
    """The server's process."""
    return storage.execute(["systemctl", "show", "--property=MainPID", "souk-objectstorage"]).stdout


def _put(storage: Storage, credentials: Credentials, folder: Path, key: str) -> None:
    storage.client(credentials, folder).put_object(Bucket=credentials.database, Key=key, Body=key.encode() * MIB)


def _get(storage: Storage, credentials: Credentials, folder: Path, key: str) -> bytes:
    answer = storage.client(credentials, folder).get_object(Bucket=credentials.database, Key=key)
    content: bytes = answer["Body"].read()
    return content


def _fill(client: Any, bucket: str, content: bytes) -> Iterator[str]:
    """Put objects until one is refused; the names of those that were taken."""
    for number in range(_ENOUGH):
        try:
            client.put_object(Bucket=bucket, Key=str(number), Body=content)
        except ClientError:
            return
        yield str(number)


def test_only_the_s3_port_listens_on_the_machines_address(storage: Storage) -> None:
    storage.grant("listens")
    rows = storage.execute(["ss", "--listening", "--numeric", "--tcp", "--udp", "--no-header"]).stdout.splitlines()
    local = [row.split()[4] for row in rows]
    outside = [place for place in local if not place.startswith(("127.0.0.", "[::1]"))]
    assert [place for place in outside if not place.endswith(":68")] == ["0.0.0.0:8333"]


def test_neighbours_reach_the_s3_port_and_nothing_else(storage: Storage, rig: Rig, image: str) -> None:
    neighbour = order_service(rig, image)
    up = "until ip -4 -brief address show eth0 | grep -q UP.*/; do sleep 0.1; done"
    assert neighbour.execute(["sh", "-c", up], timeout=30).exit_code == 0
    look = "timeout 2 bash -c '</dev/tcp/$0/$1' $0 $1 2>/dev/null && echo open || echo closed"
    found = {
        port: neighbour.execute(["sh", "-c", look, storage.wanted.address, str(port)]).stdout.strip()
        for port in (8333, 8332, 18332, 9333, 8888, 18888, 8080, 9327, 22)
    }
    assert found == dict.fromkeys(found, "closed") | {8333: "open"}


def test_killed_at_any_moment_and_repeated_it_ends_the_same(rig: Rig, storage_image: str) -> None:
    storage = order(rig, storage_image)
    for seconds in ("0.05", "0.3", "0.8", "1.5", "2.5", "0.1"):
        storage.execute(["timeout", "--signal=KILL", seconds, "/usr/lib/souk/configure"], stdin=_document(storage))
    storage.configure()
    assert BLUEPRINT.probe(storage.wanted, storage.credentials, storage.authority.certificate).ok


def test_repeated_it_changes_nothing_and_restarts_nothing(storage: Storage) -> None:
    before = _server(storage)
    done = storage.execute(["/usr/lib/souk/configure"], stdin=_document(storage))
    assert json.loads(done.stdout) == {"ready": True, "changed": False}
    assert _server(storage) == before


def test_a_new_owners_password_replaces_the_old_one_without_a_restart(own_storage: Storage) -> None:
    before = _server(own_storage)
    renewed = replace(own_storage, credentials=replace(own_storage.credentials, password="un-nouveau-mot-de-passe"))
    renewed.certificate = own_storage.certificate
    renewed.configure()
    trusted = own_storage.authority.certificate
    assert BLUEPRINT.probe(own_storage.wanted, renewed.credentials, trusted).ok
    assert not BLUEPRINT.probe(own_storage.wanted, own_storage.credentials, trusted).ok
    assert _server(own_storage) == before


def test_a_revoked_key_is_refused_and_its_bucket_kept(own_storage: Storage, tmp_path: Path) -> None:
    gone, stays = own_storage.grant("gone"), own_storage.grant("stays")
    for credentials in (gone, stays):
        _put(own_storage, credentials, tmp_path, "k")
    before = _server(own_storage)
    for _ in range(2):
        own_storage.revoke("gone")
        with pytest.raises(ClientError, match=r"InvalidAccessKeyId|AccessDenied"):
            _get(own_storage, gone, tmp_path, "k")
    assert _get(own_storage, stays, tmp_path, "k") == b"k" * MIB
    assert _server(own_storage) == before
    own_storage.execute(["systemctl", "restart", "souk-objectstorage"])
    own_storage.configure()
    with pytest.raises(ClientError, match=r"InvalidAccessKeyId|AccessDenied"):
        _get(own_storage, gone, tmp_path, "k")
    again = own_storage.grant("gone")
    assert _get(own_storage, again, tmp_path, "k") == b"k" * MIB


def test_a_granted_key_takes_a_new_secret_and_granting_twice_is_granting_once(storage: Storage, tmp_path: Path) -> None:
    first = storage.grant("twice")
    BLUEPRINT.binder.grant(storage, storage.wanted, first, BindingRole.WRITER)
    _put(storage, first, tmp_path, "k")
    second = storage.grant("twice")
    assert _get(storage, second, tmp_path, "k") == b"k" * MIB
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        _get(storage, first, tmp_path, "k")


def test_data_and_keys_survive_a_killed_server_and_a_restart_of_the_machine(
    own_storage: Storage, tmp_path: Path
) -> None:
    credentials = own_storage.grant("kept")
    _put(own_storage, credentials, tmp_path, "a")
    before = _server(own_storage)
    own_storage.execute(["systemctl", "kill", "--signal=KILL", "souk-objectstorage"])
    own_storage.configure()
    assert _server(own_storage) != before
    assert _get(own_storage, credentials, tmp_path, "a") == b"a" * MIB
    _put(own_storage, credentials, tmp_path, "b")
    own_storage.engine.stop(own_storage.spec.name)
    own_storage.engine.start(own_storage.spec.name)
    own_storage.configure()
    for key in ("a", "b"):
        assert _get(own_storage, credentials, tmp_path, key) == key.encode() * MIB


@pytest.mark.chaos
def test_a_full_disk_refuses_what_does_not_fit_keeps_the_rest_and_takes_more_once_it_is_grown(
    own_storage: Storage, tmp_path: Path
) -> None:
    credentials = own_storage.grant("full")
    client, bucket = own_storage.client(credentials, tmp_path), credentials.database
    [used] = [row.disk for row in own_storage.engine.usage() if row.name == own_storage.spec.name]
    own_storage.engine.resize(own_storage.spec.name, replace(own_storage.spec.limits, disk=used + 700 * MIB))
    content = os.urandom(16 * MIB)
    kept = list(_fill(client, bucket, content))
    assert 2 < len(kept) < _ENOUGH
    own_storage.engine.resize(own_storage.spec.name, own_storage.spec.limits)
    own_storage.execute(["systemctl", "restart", "souk-objectstorage"])
    own_storage.configure()
    client.put_object(Bucket=bucket, Key="after", Body=content)
    for key in (*kept, "after"):
        assert client.get_object(Bucket=bucket, Key=key)["Body"].read() == content


def test_secrets_are_in_no_journal_and_no_argument(storage: Storage) -> None:
    credentials = storage.grant("discreet")
    shown = storage.execute(["journalctl", "--no-pager"]).stdout
    shown += storage.execute(["sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ | tr '\\0' ' '"]).stdout
    for secret in (credentials.password, storage.credentials.password, storage.certificate.key.splitlines()[1]):
        assert secret not in shown


def test_what_holds_secrets_is_readable_by_the_server_only(storage: Storage) -> None:
    listed = storage.execute(["stat", "--format=%a %U %G", "/etc/souk/objectstorage/identities.json"]).stdout
    assert listed.strip() == "640 root objectstorage"


def test_the_machines_own_key_is_no_binding(storage: Storage) -> None:
    done = storage.execute(["/usr/lib/souk/bind"], stdin=json.dumps({"access_key": "souk.server"}).encode())
    assert json.loads(done.stdout) == {"error": "this key is the server's own"}
