"""Keys rotate while all goes on: every sealed value ends under the new key and still opens."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import BinaryField
from tests.support import reconciling
from tests.support.reconciling import order, work
from tests.support.vault import vault
from tests.support.world import customer

from souk.kernel import secrets
from souk.kernel.scope import System, acting
from souk.kernel.secrets import KeyRing
from souk.provisioning import commands
from souk.provisioning.models import Binding, Repository
from souk.provisioning.platform import ensure_storage
from souk.settings.management.commands.rotate_keys import PLACES
from souk.sites import authority
from souk.sites.models import CertificateAuthority
from souk.sites.queries import sites


def test_every_secret_is_sealed_under_the_new_key_and_the_old_one_can_go(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(customer())
    work(reconciling.ground(tmp_path))
    site = sites()[0].id
    before = authority.unlock(site).key
    old = _ring_file().read_text()
    fresh = KeyRing.generate_line()
    monkeypatch.setattr(secrets, "ring", lambda name: _ring(f"{fresh}\n{old}", tmp_path))
    call_command("rotate_keys", stdout=io.StringIO())
    monkeypatch.setattr(secrets, "ring", lambda name: _ring(fresh, tmp_path))
    assert authority.unlock(site).key == before
    ring = _ring(fresh, tmp_path)
    with acting(System("test")):
        sealed = [*Binding.objects.values_list("sealed_password", flat=True)]
        sealed += CertificateAuthority.objects.values_list("sealed_key", flat=True)
    keys = {ring.key_id(bytes(value)) for value in sealed}
    assert keys == {fresh.partition(":")[0]}


def test_nothing_that_is_sealed_is_forgotten_by_a_rotation() -> None:
    sealed = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.startswith("sealed_") and isinstance(field, BinaryField)
    }
    assert sealed == {(place.model, place.field) for place in PLACES}


def test_what_a_service_keeps_its_backups_with_is_rotated_too(
    own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = reconciling.ground(tmp_path)
    with vault():
        ensure_storage()
        work(place)
        buyer = customer()
        instance = order(buyer)
        work(place)
        commands.back_up_instance(buyer.scope, instance)
        work(place)
    old, fresh = _ring_file().read_text(), KeyRing.generate_line()
    with acting(System("test")):
        before = [_phrase(row, _ring(old, tmp_path)) for row in Repository.objects.all()]
    assert before
    monkeypatch.setattr(secrets, "ring", lambda name: _ring(f"{fresh}\n{old}", tmp_path))
    call_command("rotate_keys", stdout=io.StringIO())
    with acting(System("test")):
        assert [_phrase(row, _ring(fresh, tmp_path)) for row in Repository.objects.all()] == before


def _phrase(row: Repository, ring: KeyRing) -> bytes:
    return ring.open(bytes(row.sealed_passphrase), f"repository:{row.instance_id}:passphrase")


def _ring_file() -> Path:
    from souk.settings import namespace

    return namespace.current().keys / "master.key"


def _file(text: str, folder: Path) -> Path:
    path = folder / "rotated.key"
    path.write_text(text)
    return path


def _ring(text: str, folder: Path) -> KeyRing:
    return KeyRing.load(_file(text, folder))
