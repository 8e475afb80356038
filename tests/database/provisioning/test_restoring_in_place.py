"""A service restored in place: as it was until another machine answers, then all at once; and back within a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import order, settle, work
from tests.support.vault import Vault
from tests.support.world import Customer

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.ordering.commands import RestoreDetails, restore
from souk.provisioning import commands, errors
from souk.provisioning.queries import backups, machines, operations, service
from souk.provisioning.reconciler.actions.restores import WAY_BACK
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare

STRIDE = stride(7)
"""How many boundaries lie between those at which a worker is killed."""


@pytest.fixture
def instance(kept: Vault, place: Ground, buyer: Customer) -> UUID:
    """A service with a backup."""
    made = order(buyer)
    settle(place)
    commands.back_up_instance(buyer.scope, made)
    settle(place)
    return made


def _roles(buyer: Customer, instance: UUID) -> dict[str, str]:
    return {each.role: each.name for each in machines(buyer.scope) if each.instance_id == instance}


def _there(engine: MemoryEngine, buyer: Customer, instance: UUID) -> dict[str, MachineStatus]:
    label = service(buyer.scope, instance).label
    return {each.name: each.status for each in engine.machines() if each.name.startswith(label)}


def _restore(place: Ground, buyer: Customer, instance: UUID, **more: bool) -> datetime:
    until = clock.now()
    commands.restore_in_place(buyer.scope, instance, until, **more)
    settle(place)
    return until


def test_another_machine_takes_over_with_the_data_of_an_instant_and_the_one_before_rests(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before, former = service(buyer.scope, instance), _roles(buyer, instance)["primary"]
    until = _restore(place, buyer, instance)
    after, roles = service(buyer.scope, instance), _roles(buyer, instance)
    assert roles["former"] == former
    assert kept.restored[str(after.hostname)][1] == until
    assert (after.state, after.hostname, after.address != before.address) == ("ready", before.hostname, True)
    assert _there(engine, buyer, instance) == {former: MachineStatus.STOPPED, roles["primary"]: MachineStatus.RUNNING}
    assert [row.kind for row in backups(buyer.scope, instance).backups] == ["differential", "full"]
    assert compare(engine).instances == []


def test_who_may_sign_in_is_what_it_is_today(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    for name in ("reports", "gone"):
        commands.create_binding(buyer.scope, instance, name)
    commands.revoke_binding(buyer.scope, instance, "gone")
    _restore(place, buyer, instance)
    address = service(buyer.scope, instance).address
    assert kept.let_in[str(address)] == {"owner", "reports"}


def test_it_is_undone_within_a_day_and_that_is_undone_too(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = service(buyer.scope, instance)
    _restore(place, buyer, instance)
    restored = service(buyer.scope, instance)
    for expected in (before, restored):
        commands.undo_restore(buyer.scope, instance)
        settle(place)
        now = service(buyer.scope, instance)
        assert (now.state, now.address) == ("ready", expected.address)
        assert sorted(_there(engine, buyer, instance).values()) == [MachineStatus.RUNNING, MachineStatus.STOPPED]


def test_after_a_day_the_machine_before_is_deleted(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    _restore(place, buyer, instance)
    assert backups(buyer.scope, instance).way_back_until is not None
    with clock.at(clock.now() + WAY_BACK + timedelta(minutes=1)):
        settle(place)
        assert backups(buyer.scope, instance).way_back_until is None
        assert list(_there(engine, buyer, instance).values()) == [MachineStatus.RUNNING]
        with pytest.raises(errors.NoWayBack):
            commands.undo_restore(buyer.scope, instance)


def test_killed_anywhere_on_the_way_it_ends_with_one_machine_that_serves_and_one_that_rests(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    at = 1
    while True:
        at += STRIDE
        commands.restore_in_place(buyer.scope, instance, clock.now(), give_up_way_back=True)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        roles, there = _roles(buyer, instance), _there(engine, buyer, instance)
        assert set(roles) == {"primary", "former"}
        assert there == {roles["primary"]: MachineStatus.RUNNING, roles["former"]: MachineStatus.STOPPED}
        assert service(buyer.scope, instance).state == "ready"
        assert {row.state for row in operations(buyer.scope, instance)} == {"succeeded"}
        if crossed < at:
            break
    assert at > 20


def test_killed_anywhere_on_the_way_an_undo_ends_with_the_machine_before(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    _restore(place, buyer, instance)
    at = 1
    while True:
        at += STRIDE
        before = _roles(buyer, instance)
        commands.undo_restore(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        after = _roles(buyer, instance)
        assert after == {"primary": before["former"], "former": before["primary"]}
        there = _there(engine, buyer, instance)
        assert there == {after["primary"]: MachineStatus.RUNNING, after["former"]: MachineStatus.STOPPED}
        if crossed < at:
            break


def test_a_restore_that_fails_leaves_the_service_as_it_is(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = service(buyer.scope, instance)
    kept.broken = True
    commands.restore_in_place(buyer.scope, instance, clock.now())
    for _ in range(2):
        settle(place)
    assert operations(buyer.scope, instance)[0].state == "failed"
    after = service(buyer.scope, instance)
    assert (after.state, after.address) == ("ready", before.address)
    assert list(_roles(buyer, instance)) == ["primary"]
    assert len(_there(engine, buyer, instance)) == 1


def test_a_deletion_in_the_middle_leaves_no_machine_that_runs(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    at = 5
    while True:
        at += 3 * STRIDE
        commands.restore_in_place(buyer.scope, instance, clock.now(), give_up_way_back=True)
        crossed = run_until_killed(place, engine, at, work).crossed
        commands.delete_instance(buyer.scope, instance)
        settle(place)
        assert set(_there(engine, buyer, instance).values()) == {MachineStatus.STOPPED}
        assert "next" not in _roles(buyer, instance)
        commands.recover_instance(buyer.scope, instance)
        settle(place)
        assert service(buyer.scope, instance).state == "ready"
        if crossed < at:
            break
        commands.back_up_instance(buyer.scope, instance)
        settle(place)


def test_an_erased_service_leaves_none_of_its_machines(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    _restore(place, buyer, instance)
    former = _roles(buyer, instance)["former"]
    commands.erase_instance(buyer.scope, instance)
    settle(place)
    assert _there(engine, buyer, instance) == {}
    assert operations(buyer.scope, instance)[0].result["other_machines"] == [former]


def test_a_second_restore_waits_for_the_first_and_does_not_take_its_way_back_unasked(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    commands.restore_in_place(buyer.scope, instance, clock.now())
    for attempt in (
        lambda: commands.restore_in_place(buyer.scope, instance, clock.now()),
        lambda: commands.undo_restore(buyer.scope, instance),
    ):
        with pytest.raises(errors.RestoreUnderWay):
            attempt()
    settle(place)
    with pytest.raises(errors.WayBackKept):
        commands.restore_in_place(buyer.scope, instance, clock.now())
    _restore(place, buyer, instance, give_up_way_back=True)
    assert set(_roles(buyer, instance)) == {"primary", "former"}


def test_instants_that_no_backup_reaches_are_refused(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    start = clock.now()
    for wrong in (start - timedelta(days=30), start + timedelta(days=1)):
        with pytest.raises(errors.OutsideRetention):
            commands.restore_in_place(buyer.scope, instance, wrong)
    commands.restore_in_place(buyer.scope, instance, start)
    work(place, rounds=1)
    moved = clock.now()
    with pytest.raises(errors.BetweenBackups):
        restore(buyer.scope, RestoreDetails(instance, "copie"))
    settle(place)
    with pytest.raises(errors.BetweenBackups):
        commands.restore_in_place(buyer.scope, instance, moved, give_up_way_back=True)
    restore(buyer.scope, RestoreDetails(instance, "copie"))
    commands.restore_in_place(buyer.scope, instance, start, give_up_way_back=True)


def test_a_service_without_a_backup_has_nothing_to_go_back_to(kept: Vault, place: Ground, buyer: Customer) -> None:
    made = order(buyer, "neuf")
    with pytest.raises(errors.NothingToRestore):
        commands.restore_in_place(buyer.scope, made, clock.now())
    with pytest.raises(errors.NoWayBack):
        commands.undo_restore(buyer.scope, made)
