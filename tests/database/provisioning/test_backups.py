"""Backups: into a bucket of one's own, by schedule or on demand, restored into a new service, erased with the old."""

from __future__ import annotations

from datetime import datetime, timedelta
from unittest import mock
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed
from tests.support.reconciling import forget_leases, order, settle, work
from tests.support.vault import Vault, vault
from tests.support.world import GIB, Customer, customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.ordering.commands import RestoreDetails
from souk.ordering.queries import order as find_order
from souk.parties.access import RoleTooLow
from souk.provisioning import commands, errors, registry
from souk.provisioning.models import Repository, ServiceInstance
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import backups, operations, service, services
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare
from souk.provisioning.storage import storage_name, storage_of
from souk.sites.queries import sites


@pytest.fixture
def instance(kept: Vault, place: Ground, buyer: Customer) -> UUID:
    made = order(buyer)
    settle(place)
    return made


def _back_up(place: Ground, buyer: Customer, instance: UUID) -> UUID:
    operation = commands.back_up_instance(buyer.scope, instance)
    settle(place)
    return operation


def _states(buyer: Customer, instance: UUID) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in backups(buyer.scope, instance).backups]


def test_a_site_gets_one_object_storage_that_is_protected_and_never_billed(kept: Vault, place: Ground) -> None:
    ensure_storage()
    (row,) = services(operator())
    assert (row.blueprint, row.state, row.protected) == ("objectstorage", "ready", True)
    assert storage_of(sites()[0].id) == row.id


def test_a_customers_service_that_is_called_like_the_sites_storage_is_not_taken_for_it(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    site = sites()[0].id
    own = storage_of(site)
    with acting(System("test")):
        lookalike = ServiceInstance.objects.filter(id=instance)
        lookalike.update(blueprint="objectstorage", name=storage_name(site), created_at=clock.now() - timedelta(days=9))
    assert storage_of(site) == own
    assert not records.load(instance).serves_neighbours
    assert own is not None
    assert records.load(own).serves_neighbours


def test_where_backups_go_is_backed_up_nowhere_though_services_of_its_kind_are(kept: Vault, place: Ground) -> None:
    ensure_storage()
    own = storage_of(sites()[0].id)
    assert own is not None
    with mock.patch.object(registry.blueprint("objectstorage"), "archivist", kept):
        with pytest.raises(errors.NoBackups):
            commands.back_up_instance(operator(), own)
        with clock.at(clock.now() + timedelta(days=3)):
            settle(place)
    assert backups(operator(), own).backups == []


def test_a_backup_goes_into_a_bucket_of_the_services_own(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    other = order(buyer, "other")
    settle(place)
    for each in (instance, other):
        _back_up(place, buyer, each)
    assert len(kept.keys) == 2
    assert [len(bucket) for bucket in kept.kept.values()] == [1, 1]
    (row,) = backups(buyer.scope, instance).backups
    assert (row.kind, row.state, row.size) == ("full", "available", 100_000_000)


def test_the_second_backup_is_differential_unless_a_full_one_is_asked_for(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    for _ in range(2):
        _back_up(place, buyer, instance)
    assert _states(buyer, instance) == [("differential", "available"), ("full", "available")]


def test_backups_are_made_by_themselves_once_a_day_and_a_full_one_each_week(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    start = clock.now()
    for day in range(9):
        with clock.at(start + timedelta(days=day, minutes=10)):
            settle(place)
    kinds = [kind for kind, _ in reversed(_states(buyer, instance))]
    assert kinds == ["full", *["differential"] * 6, "full", "differential"]
    assert {row.requested_by for row in operations(buyer.scope, instance)[:-1]} == {"system:reconciler"}


def test_old_backups_expire_and_are_shown_as_such(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    start = clock.now()
    for week in range(4):
        with clock.at(start + timedelta(days=8 * week, minutes=10)):
            settle(place)
    assert [state for _, state in _states(buyer, instance)] == ["available", "available", "expired", "expired"]
    assert backups(buyer.scope, instance).earliest == start + timedelta(days=16, minutes=10)


def test_killed_at_every_boundary_a_backup_is_made_once(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    at = 0
    while True:
        at += 1
        commands.back_up_instance(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert kept.copies == at
        assert {state for _, state in _states(buyer, instance)} == {"available"}
        if crossed < at:
            break
    assert at > 15
    assert len(kept.keys) == 1


def test_a_storage_that_refuses_fails_the_operation_and_nothing_else(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    kept.broken = True
    commands.back_up_instance(buyer.scope, instance)
    for _ in range(3):
        settle(place)
    assert operations(buyer.scope, instance)[0].state == "failed"
    assert service(buyer.scope, instance).state == "ready"
    kept.broken = False
    _back_up(place, buyer, instance)
    assert backups(buyer.scope, instance).backups[0].state == "available"


def test_a_service_is_restored_to_an_instant_as_a_new_one(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    _back_up(place, buyer, instance)
    until = clock.now()
    made = ordering.restore(buyer.scope, RestoreDetails(instance, "copie", until))
    settle(place)
    new = find_order(buyer.scope, made)
    assert (new.state, new.plan_key, new.service_name) == ("fulfilled", "s", "copie")
    row = service(buyer.scope, new.instance_id)
    assert row.state == "ready"
    assert "restore" in [line["step"] for line in operations(buyer.scope, row.id)[-1].log]
    assert row.hostname is not None
    bucket, instant = kept.restored[row.hostname]
    assert instant == until
    assert service(buyer.scope, instance).state == "ready"
    _back_up(place, buyer, row.id)
    assert len([name for name in kept.kept if name == bucket]) == 1
    assert len(kept.kept) == 2


def test_restored_once_it_is_not_restored_again(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    _back_up(place, buyer, instance)
    made = ordering.restore(buyer.scope, RestoreDetails(instance, "copie"))
    settle(place)
    kept.restored.clear()
    commands.restart_instance(buyer.scope, find_order(buyer.scope, made).instance_id)
    settle(place)
    assert kept.restored == {}


def test_the_same_key_restores_once(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    _back_up(place, buyer, instance)
    details = RestoreDetails(instance, "copie")
    assert ordering.restore(buyer.scope, details, key="k") == ordering.restore(buyer.scope, details, key="k")


def test_an_instant_that_was_not_kept_is_refused_with_those_that_were(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    with pytest.raises(errors.NothingToRestore):
        ordering.restore(buyer.scope, RestoreDetails(instance, "copie"))
    before = clock.now()
    _back_up(place, buyer, instance)
    for until in (before, clock.now() + timedelta(hours=1)):
        with pytest.raises(errors.OutsideRetention):
            ordering.restore(buyer.scope, RestoreDetails(instance, "copie", until))
    assert len(services(buyer.scope)) == 1


def test_a_plan_too_small_for_the_data_is_refused(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    _back_up(place, buyer, instance)
    from souk.provisioning.models import Backup

    with acting(System("test")):
        Backup.objects.update(size=20 * GIB)
    with pytest.raises(errors.RestoreTooSmall):
        ordering.restore(buyer.scope, RestoreDetails(instance, "copie", plan="s"))
    ordering.restore(buyer.scope, RestoreDetails(instance, "copie", plan="m"))


def test_an_erased_services_backups_can_be_read_by_nobody_any_more(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    _back_up(place, buyer, instance)
    commands.erase_instance(buyer.scope, instance)
    settle(place)
    assert kept.keys == {}
    with acting(System("test")):
        (row,) = Repository.objects.all()
    assert (bytes(row.sealed_passphrase), bytes(row.sealed_secret_key)) == (b"", b"")
    assert row.erased_at is not None
    assert "passphrase" in operations(buyer.scope, instance)[0].result["backups"]["how"]
    with pytest.raises(NotFound):
        ordering.restore(buyer.scope, RestoreDetails(instance, "copie"))


def test_a_deleted_service_can_still_be_restored_from_its_backups(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    _back_up(place, buyer, instance)
    commands.delete_instance(buyer.scope, instance)
    settle(place)
    made = ordering.restore(buyer.scope, RestoreDetails(instance, "copie"))
    settle(place)
    assert find_order(buyer.scope, made).state == "fulfilled"


def test_nobody_restores_somebody_elses_service(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    _back_up(place, buyer, instance)
    stranger = customer("Autre SARL")
    with pytest.raises((NotFound, RoleTooLow)):
        ordering.restore(stranger.scope, RestoreDetails(instance, "copie"))
    with pytest.raises(NotFound):
        commands.back_up_instance(stranger.scope, instance)
    with pytest.raises(NotFound):
        backups(stranger.scope, instance)


def test_without_object_storage_there_are_no_backups_and_it_says_so(place: Ground, buyer: Customer) -> None:
    with vault():
        instance = order(buyer)
        work(place)
        with pytest.raises(errors.NoBackups):
            commands.back_up_instance(buyer.scope, instance)
        with clock.at(clock.now() + timedelta(days=3)):
            settle(place)
        assert backups(buyer.scope, instance).backups == []


def test_the_earliest_instant_is_that_of_the_oldest_backup_kept(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    _back_up(place, buyer, instance)
    first = backups(buyer.scope, instance).earliest
    assert isinstance(first, datetime)
    _back_up(place, buyer, instance)
    assert backups(buyer.scope, instance).earliest == first


def test_the_first_backup_is_proved_at_once_on_a_machine_that_is_thrown_away(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = set(engine.simulated)
    _back_up(place, buyer, instance)
    found = backups(buyer.scope, instance)
    assert found.proved_at is not None
    assert found.backups[0].proved_at == found.proved_at
    proof = operations(buyer.scope, instance)[0]
    assert (proof.kind, proof.state, proof.result["tables"], proof.result["share"]) == ("prove", "succeeded", 1, 100)
    assert set(engine.simulated) == before
    assert compare(engine).orphans == []


def test_later_ones_are_proved_once_a_week(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    start = clock.now()
    for day in range(16):
        with clock.at(start + timedelta(days=day, minutes=10)):
            settle(place)
    assert sum(row.kind == "prove" for row in operations(buyer.scope, instance)) == 3


def test_a_backup_that_cannot_be_restored_is_not_proved_and_nothing_is_left(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    _back_up(place, buyer, instance)
    proved = backups(buyer.scope, instance).proved_at
    commands.prove_backups(buyer.scope, instance)
    kept.broken = True
    for _ in range(4):
        settle(place)
    assert operations(buyer.scope, instance)[0].state == "failed"
    assert backups(buyer.scope, instance).proved_at == proved
    assert len(engine.machines()) == 2
    assert service(buyer.scope, instance).state == "ready"


def test_a_backup_that_holds_other_data_fails_its_proof_and_says_where(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    _back_up(place, buyer, instance)
    agreed = backups(buyer.scope, instance).proved_at
    kept.damaged = True
    commands.prove_backups(buyer.scope, instance)
    settle(place)
    failed = operations(buyer.scope, instance)[0]
    assert (failed.state, failed.result["differs"]) == ("failed", ["db: public.t"])
    assert failed.result["fingerprint"] != failed.result["expected"]
    found = backups(buyer.scope, instance)
    assert found.proved_at == agreed
    assert found.unproved == failed.trouble != ""
    assert len(engine.machines()) == 2
    kept.damaged = False
    with clock.at(clock.now() + timedelta(days=1, minutes=10)):
        settle(place)
        settle(place)
        assert backups(buyer.scope, instance).unproved == ""
        assert backups(buyer.scope, instance).proved_at != agreed


def test_killed_at_every_boundary_a_proof_leaves_no_machine(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    _back_up(place, buyer, instance)
    at = 0
    while True:
        at += 1
        commands.prove_backups(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert operations(buyer.scope, instance)[0].state == "succeeded"
        assert len(engine.machines()) == 2
        if crossed < at:
            break
    assert at > 25
    assert len(kept.marks) == len(set(kept.marks))


def test_erased_in_the_middle_of_a_proof_nothing_is_left(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    _back_up(place, buyer, instance)
    commands.prove_backups(buyer.scope, instance)
    at = 0
    while len(engine.machines()) < 3:
        at += 1
        forget_leases()
        run_until_killed(place, engine, at, work)
    commands.erase_instance(buyer.scope, instance)
    settle(place)
    assert len(engine.machines()) == 1


def test_what_is_asked_for_during_an_operation_waits_and_does_not_begin_it_again(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    _back_up(place, buyer, instance)
    restored = []

    def restore(*arguments: object) -> None:
        restored.append(arguments)
        commands.create_binding(buyer.scope, instance, f"during_{len(restored)}")

    monkeypatch.setattr(kept, "restore", restore)
    commands.prove_backups(buyer.scope, instance)
    forget_leases()
    work(place)
    assert len(restored) == 1
    assert [(row.kind, row.state) for row in operations(buyer.scope, instance)[:2]] == [
        ("grant", "succeeded"),
        ("prove", "succeeded"),
    ]


def test_a_delete_ends_an_operation_under_way(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    _back_up(place, buyer, instance)
    monkeypatch.setattr(kept, "restore", lambda *_: commands.delete_instance(buyer.scope, instance))
    commands.prove_backups(buyer.scope, instance)
    forget_leases()
    work(place)
    assert service(buyer.scope, instance).state == "soft_deleted"
    states = {row.kind: row.state for row in operations(buyer.scope, instance)[:2]}
    assert states == {"delete": "succeeded", "prove": "cancelled"}
