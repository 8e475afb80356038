"""Exports: asked for, refused, listed, expired, deleted; what becomes of the file is told to the storage."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.support.killing import run_until_killed
from tests.support.reconciling import forget_leases, order, settle, work
from tests.support.vault import Vault
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.provisioning import commands, errors, objects
from souk.provisioning.models import Export
from souk.provisioning.queries import exports, operation
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def instance(kept: Vault, place: Ground, buyer: Customer) -> UUID:
    made = order(buyer)
    settle(place)
    return made


@pytest.fixture
def deleted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that the storage was told to delete."""
    keys: list[str] = []
    monkeypatch.setattr(objects, "delete", lambda repository, key: keys.append(key))
    return keys


def _exported(place: Ground, buyer: Customer, instance: UUID) -> UUID:
    asked = commands.export_database(buyer.scope, instance, "main")
    settle(place)
    return asked


def test_a_file_is_there_for_three_days_once_it_is_written(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    asked = _exported(place, buyer, instance)
    assert operation(buyer.scope, asked).state == "succeeded"
    (row,) = exports(buyer.scope, instance)
    assert (row.database, row.size, row.sha256) == ("main", 1234, "ab" * 32)
    assert row.name.endswith(".txt")
    assert row.expires_at - clock.now() > timedelta(days=2, hours=23)
    assert list(kept.exporter.written.values()) == ["main"]


def test_what_has_expired_is_deleted_from_the_storage_by_itself(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, deleted: list[str]
) -> None:
    _exported(place, buyer, instance)
    with clock.at(clock.now() + timedelta(days=3, minutes=1)):
        assert exports(buyer.scope, instance) == []
        settle(place)
    assert deleted == list(kept.exporter.written)
    with acting(System("test")):
        row = Export.objects.get()
        assert (bytes(row.sealed_passphrase), row.deleted_at is None) == (b"", False)


def test_a_deleted_file_opens_no_more_at_once(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, deleted: list[str]
) -> None:
    export = _exported(place, buyer, instance)
    commands.delete_export(buyer.scope, instance, export)
    assert exports(buyer.scope, instance) == []
    for again in (
        lambda: commands.ask_ticket(buyer.scope, instance, export, b"box"),
        lambda: commands.delete_export(buyer.scope, instance, export),
    ):
        with pytest.raises(errors.ExportGone):
            again()
    settle(place)
    assert len(deleted) == 1


def test_an_export_that_goes_on_failing_is_given_up_and_cleared(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, deleted: list[str]
) -> None:
    kept.exporter.broken = True
    asked = commands.export_database(buyer.scope, instance, "main")
    settle(place, times=4)
    assert operation(buyer.scope, asked).state == "failed"
    assert exports(buyer.scope, instance) == []
    assert len(deleted) == 1


def test_a_file_that_is_still_being_written_can_not_be_downloaded(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    kept.exporter.broken = True
    export = commands.export_database(buyer.scope, instance, "main")
    forget_leases()
    work(place)
    (row,) = exports(buyer.scope, instance)
    assert row.size is None
    with pytest.raises(errors.ExportNotReady):
        commands.ask_ticket(buyer.scope, instance, export, b"box")


def test_at_most_five_files_are_kept_at_a_time(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    for _ in range(5):
        commands.export_database(buyer.scope, instance, "main")
    with pytest.raises(errors.TooManyExports):
        commands.export_database(buyer.scope, instance, "main")
    settle(place)
    assert len(exports(buyer.scope, instance)) == 5
    with pytest.raises(errors.TooManyExports):
        commands.export_database(buyer.scope, instance, "main")


def test_what_is_not_there_is_refused(place: Ground, kept: Vault, buyer: Customer, instance: UUID) -> None:
    with pytest.raises(errors.DatabaseMissing):
        commands.export_database(buyer.scope, instance, "x" * 10_000)
    with pytest.raises(NotFound):
        commands.delete_export(buyer.scope, instance, uuid4())


def test_a_service_without_backups_has_no_files_either(place: Ground, buyer: Customer) -> None:
    made = order(buyer)
    settle(place)
    with pytest.raises(errors.NoExports):
        commands.export_database(buyer.scope, made, "main")


def test_only_who_may_operate_the_service_gets_its_data(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    export = _exported(place, buyer, instance)
    stranger = customer("Autre SARL")
    with pytest.raises(NotFound):
        commands.ask_ticket(stranger.scope, instance, export, b"box")
    with pytest.raises(NotFound):
        commands.export_database(stranger.scope, instance, "main")
    with pytest.raises(NotFound):
        commands.delete_export(stranger.scope, instance, export)
    assert exports(stranger.scope, instance) == []


def test_an_erased_services_files_can_be_read_by_nobody(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    _exported(place, buyer, instance)
    commands.erase_instance(buyer.scope, instance)
    settle(place)
    with acting(System("test")):
        assert bytes(Export.objects.get().sealed_passphrase) == b""


def test_a_worker_killed_at_every_boundary_writes_each_file_once(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine, deleted: list[str]
) -> None:
    at = 0
    while True:
        at += 1
        export = commands.export_database(buyer.scope, instance, "main")
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert operation(buyer.scope, export).state == "succeeded"
        assert [(row.id, row.size) for row in exports(buyer.scope, instance)] == [(export, 1234)]
        commands.delete_export(buyer.scope, instance, export)
        settle(place)
        if crossed < at:
            break
    assert at > 4
    assert sorted(deleted) == sorted(kept.exporter.written)
