"""Backups into an S3 that somebody else runs: a folder and a phrase for each service, one key from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.support.crew import several_machines
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import forget_leases, order, work
from tests.support.vault import Vault, vault
from tests.support.world import Customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.provisioning import commands, registry
from souk.provisioning.models import Repository
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import backups, operations, service, services
from souk.provisioning.reconciler import keymaking
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.storage import Outside, OutsideMisset, outside
from souk.settings.doctor import storage as doctor
from souk.settings.doctor.finding import Level


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "s3.key"
    file.write_text("the-access-key\nthe-secret-key\n")
    return file


@pytest.fixture
def kept(settings: Any, key: Path) -> Iterator[Vault]:
    """The settings name a bucket outside."""
    settings.OBJECT_STORAGE = "s3"
    settings.S3 = {
        "endpoint": "https://s3.example:9000",
        "region": "af-1",
        "bucket": "souk",
        "folder": "temara",
        "address": "192.0.2.9",
        "key_file": str(key),
        "ca_file": "",
        "iam": "",
    }
    with vault() as kept:
        kept.keys["the-access-key"] = "the-secret-key"
        kept.kept["souk"] = {}
        yield kept


def _backed_up(place: Ground, buyer: Customer, name: str = "compta") -> UUID:
    made = order(buyer, name)
    work(place)
    commands.back_up_instance(buyer.scope, made)
    _settle(place)
    return made


def _settle(place: Ground) -> None:
    for _ in range(2):
        forget_leases()
        work(place, rounds=200)


def _repositories() -> list[Repository]:
    with acting(System("test")):
        return list(Repository.objects.order_by("id"))


def test_each_service_has_a_folder_and_a_phrase_of_its_own_and_no_storage_is_made(
    kept: Vault, place: Ground, buyer: Customer
) -> None:
    ensure_storage()
    assert services(operator()) == []
    for name in ("compta", "ventes"):
        made = _backed_up(place, buyer, name)
        assert backups(buyer.scope, made).backups[0].state == "available"
        assert operations(buyer.scope, made)[0].state == "succeeded"
    given = list(kept.attached.values())
    assert {(each.host, each.port, each.region, each.address) for each in given} == {
        ("s3.example", 9000, "af-1", "192.0.2.9")
    }
    assert len({each.passphrase for each in given}) == 2
    assert [row.folder.partition("/")[0] for row in _repositories()] == ["temara", "temara"]
    assert len({row.folder for row in _repositories()}) == 2


def test_the_key_is_in_no_row_and_another_one_holds_from_the_next_backup(
    kept: Vault, place: Ground, buyer: Customer, key: Path
) -> None:
    made = _backed_up(place, buyer)
    (row,) = _repositories()
    assert bytes(row.sealed_secret_key) == b""
    kept.keys.clear()
    kept.keys["another"] = "another-secret"
    key.write_text("another\nanother-secret")
    commands.back_up_instance(buyer.scope, made)
    _settle(place)
    assert [each.state for each in backups(buyer.scope, made).backups] == ["available", "available"]


def test_what_lies_elsewhere_is_refused_rather_than_looked_for_in_the_wrong_place(
    kept: Vault, place: Ground, buyer: Customer, settings: Any
) -> None:
    made = _backed_up(place, buyer)
    settings.S3 = {**settings.S3, "bucket": "another"}
    commands.back_up_instance(buyer.scope, made)
    for _ in range(3):
        _settle(place)
    assert operations(buyer.scope, made)[0].state == "failed"
    assert len(kept.kept["souk"]) == 1
    assert service(buyer.scope, made).state == "ready"


def test_it_is_restored_and_erased_like_any_other(kept: Vault, place: Ground, buyer: Customer) -> None:
    made = _backed_up(place, buyer)
    ordering.restore(buyer.scope, RestoreDetails(made, "copie"))
    _settle(place)
    assert [bucket for bucket, _ in kept.restored.values()] != []
    commands.erase_instance(buyer.scope, made)
    _settle(place)
    (row, *_) = _repositories()
    assert (bytes(row.sealed_passphrase), row.erased_at is not None) == (b"", True)
    assert operations(buyer.scope, made)[0].result["backups"]["folder"] == row.folder


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"endpoint": "http://s3.example"}, "https://"),
        ({"bucket": ""}, "SOUK_S3_BUCKET"),
        ({"key_file": "/nonexistent"}, "SOUK_S3_KEY_FILE can't be read"),
        ({"iam": "http://iam.example"}, "SOUK_S3_IAM"),
        ({"ca_file": "/nonexistent"}, "SOUK_S3_CA_FILE can't be read"),
    ],
)
def test_settings_that_are_wrong_are_named_by_the_doctor(
    kept: Vault, settings: Any, changed: dict[str, str], sentence: str
) -> None:
    settings.S3 = {**settings.S3, **changed}
    with pytest.raises(OutsideMisset, match=sentence):
        outside()
    (found,) = doctor.check()
    assert (found.level, sentence in found.seen) == (Level.FAIL, True)


def test_a_key_file_of_one_line_is_refused_without_telling_it(kept: Vault, key: Path) -> None:
    key.write_text("only-the-secret")
    with pytest.raises(OutsideMisset) as refusal:
        outside()
    assert "only-the-secret" not in str(refusal.value)


def test_a_server_that_does_not_answer_is_a_failure(kept: Vault, settings: Any) -> None:
    settings.S3 = {**settings.S3, "endpoint": "https://127.0.0.1:1", "address": ""}
    (found,) = doctor.check()
    assert (found.level, "https://127.0.0.1:1" in found.seen) == (Level.FAIL, True)


@pytest.fixture
def iam(kept: Vault, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The server makes keys: the one of each folder that opens something."""
    settings.S3 = {**settings.S3, "iam": "https://iam.example"}
    keys: dict[str, str] = {}

    def make(place: Outside, folder: str) -> tuple[str, str]:
        destroy(place, folder)
        keys[folder] = f"key-{len(kept.keys)}-{folder}"
        kept.keys[keys[folder]] = "its-secret"
        return keys[folder], "its-secret"

    def destroy(place: Outside, folder: str) -> None:
        kept.keys.pop(keys.pop(folder, ""), None)

    monkeypatch.setattr(keymaking, "make", make)
    monkeypatch.setattr(keymaking, "destroy", destroy)
    return keys


def test_where_keys_are_made_each_service_has_one_until_it_is_erased(
    kept: Vault, place: Ground, buyer: Customer, iam: dict[str, str]
) -> None:
    del kept.keys["the-access-key"]
    both = [_backed_up(place, buyer, name) for name in ("compta", "ventes")]
    assert [backups(buyer.scope, each).backups[0].state for each in both] == ["available"] * 2
    assert {row.folder: row.access_key for row in _repositories()} == iam
    assert b"its-secret" not in b"".join(bytes(row.sealed_secret_key) for row in _repositories())
    commands.erase_instance(buyer.scope, both[0])
    _settle(place)
    assert list(iam) == [_repositories()[1].folder]


def test_a_service_that_began_with_the_key_of_all_gets_its_own_with_the_next_backup(
    kept: Vault, place: Ground, buyer: Customer, settings: Any, request: pytest.FixtureRequest
) -> None:
    made = _backed_up(place, buyer)
    assert {each.access_key for each in kept.attached.values()} == {"the-access-key"}
    iam = request.getfixturevalue("iam")
    commands.back_up_instance(buyer.scope, made)
    _settle(place)
    assert {each.access_key for each in kept.attached.values()} == set(iam.values())
    assert [each.state for each in backups(buyer.scope, made).backups] == ["available", "available"]


def test_killed_at_every_boundary_a_service_has_one_key_and_it_is_the_one_that_is_used(
    kept: Vault, place: Ground, buyer: Customer, iam: dict[str, str], engine: MemoryEngine
) -> None:
    at = 0
    while True:
        at += stride(3)
        made = order(buyer, f"service-{at}")
        _settle(place)
        commands.back_up_instance(buyer.scope, made)
        crossed = run_until_killed(place, engine, at, work).crossed
        _settle(place)
        row = _repositories()[-1]
        assert iam[row.folder] == row.access_key in kept.keys
        assert backups(buyer.scope, made).backups[0].state == "available"
        commands.erase_instance(buyer.scope, made)
        _settle(place)
        assert iam == {}
        if crossed < at:
            break
    assert at > 15


def test_a_backup_of_several_machines_is_tried_out_on_one_that_takes_no_place_among_them(
    kept: Vault, place: Ground, buyer: Customer, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with several_machines(engine):
        example = registry.blueprints()["example"]
        monkeypatch.setattr(example, "archivist", kept)
        made = order(buyer, plan="h")
        _settle(place)
        configured = []
        monkeypatch.setattr(example, "configure", lambda _, wanted, *__: configured.append(wanted))
        commands.back_up_instance(buyer.scope, made)
        _settle(place)
        assert backups(buyer.scope, made).proved_at is not None
        assert [(each.member, each.ensemble) for each in configured] == [("", None)]
