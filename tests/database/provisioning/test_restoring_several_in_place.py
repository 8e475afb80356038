"""A service on several machines restored in place: another first one is filled, the others copy it; and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from tests.support.crew import Coordination, Members, Together
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import order, settle, work
from tests.support.vault import Vault, vault
from tests.support.world import Customer

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.ordering import commands as ordering
from souk.provisioning import commands
from souk.provisioning.coordination import COORDINATION
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import backups, machines, members, operations, service
from souk.provisioning.reconciler.actions.restores import WAY_BACK
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.repositories import timeline_at

STRIDE = stride(7)


@pytest.fixture
def example(engine: MemoryEngine) -> Together:
    return Together(engine)


@pytest.fixture
def kept(place: Ground, example: Together) -> Iterator[Vault]:
    """A site with its object storage, that has services on several machines, too."""
    with vault(example, {COORDINATION: Coordination()}) as kept:
        ensure_storage()
        work(place)
        yield kept


@pytest.fixture
def crew(kept: Vault, example: Together) -> Members:
    return example.members


@pytest.fixture
def instance(crew: Members, place: Ground, buyer: Customer) -> UUID:
    """A service on three machines, with rows and a backup."""
    made = order(buyer, plan="h")
    settle(place, 3)
    commands.back_up_instance(buyer.scope, made)
    settle(place)
    for _ in range(3):
        crew.write(made)
    return made


def _named(buyer: Customer, instance: UUID) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in machines(buyer.scope):
        if each.instance_id == instance:
            found.setdefault(each.role, []).append(each.name)
    return found


def _there(engine: MemoryEngine, instance: UUID) -> dict[str, MachineStatus]:
    return {each.name: each.status for each in engine.machines() if each.labels["instance"] == str(instance)}


def _restore(place: Ground, buyer: Customer, instance: UUID, **more: bool) -> None:
    commands.restore_in_place(buyer.scope, instance, clock.now(), **more)
    settle(place, 3)


def _timeline(kept: Vault, crew: Members, engine: MemoryEngine, instance: UUID) -> str:
    """That of the machine that leads."""
    return str(kept.on[str(next(each.address for each in engine.machines() if each.name == crew.leaders[instance]))])


def _is_whole(engine: MemoryEngine, buyer: Customer, instance: UUID) -> str:
    """On three machines, with one at rest, whose name is returned."""
    row, named, there = service(buyer.scope, instance), _named(buyer, instance), _there(engine, instance)
    assert (row.state, row.trouble, row.members) == ("ready", "", 3)
    assert {role: len(names) for role, names in named.items()} == {"front": 1, "member": 3, "former": 1}
    (former,) = named["former"]
    assert sorted(each.duty for each in members(buyer.scope, instance)) == ["follows", "leads", "synchronous"]
    assert {name for name, status in there.items() if status == MachineStatus.STOPPED} == {former}
    assert len(there) == 5
    return former


def test_all_machines_go_on_with_what_another_one_was_restored_to(
    kept: Vault, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    before, led = service(buyer.scope, instance), crew.leaders[instance]
    _restore(place, buyer, instance)
    assert _is_whole(engine, buyer, instance) == led
    after = service(buyer.scope, instance)
    assert (after.hostname, after.address) == (before.hostname, before.address)
    assert crew.rows[led] == [0, 1, 2]
    assert crew.leaders[instance] != led
    assert [row.kind for row in backups(buyer.scope, instance).backups] == ["differential", "full"]


def test_who_may_sign_in_is_what_it_is_today(
    kept: Vault, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID, crew: Members
) -> None:
    commands.create_binding(buyer.scope, instance, "reports")
    settle(place)
    _restore(place, buyer, instance)
    first = next(each for each in engine.machines() if each.name == crew.leaders[instance])
    assert kept.let_in[str(first.address)] == {"owner", "reports"}


def test_it_is_undone_within_a_day_and_that_is_undone_too(
    kept: Vault, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    _restore(place, buyer, instance)
    for _ in range(2):
        rests = _is_whole(engine, buyer, instance)
        held = list(crew.rows[rests])
        commands.undo_restore(buyer.scope, instance)
        settle(place, 3)
        assert _is_whole(engine, buyer, instance) != rests
        assert crew.leaders[instance] == rests
        assert crew.rows[rests] == held


def test_after_a_day_the_machine_before_is_deleted(
    kept: Vault, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID, crew: Members
) -> None:
    _restore(place, buyer, instance)
    with clock.at(clock.now() + WAY_BACK + timedelta(minutes=1)):
        settle(place)
        assert list(_there(engine, instance).values()) == [MachineStatus.RUNNING] * 4
        assert backups(buyer.scope, instance).way_back_until is None


def test_killed_anywhere_on_the_way_it_ends_on_three_machines_with_what_was_acknowledged_at_rest(
    kept: Vault, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    at = 1
    while True:
        at += STRIDE
        crew.write(instance)
        held = list(crew.rows[crew.leaders[instance]])
        commands.restore_in_place(buyer.scope, instance, clock.now(), give_up_way_back=True)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place, 4)
        former = _is_whole(engine, buyer, instance)
        assert crew.rows[former] == held, at
        assert {row.state for row in operations(buyer.scope, instance)} == {"succeeded"}, at
        if crossed < at:
            break
    assert at > 60


def test_killed_anywhere_on_the_way_an_undo_ends_with_the_machine_before(
    kept: Vault, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    _restore(place, buyer, instance)
    at = 1
    while True:
        at += STRIDE
        rests = _is_whole(engine, buyer, instance)
        held = list(crew.rows[rests])
        commands.undo_restore(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place, 4)
        assert _is_whole(engine, buyer, instance) != rests
        assert crew.leaders[instance] == rests, at
        assert crew.rows[rests] == held, at
        if crossed < at:
            break
    assert at > 40


def test_a_restore_that_fails_leaves_the_service_as_it_is(
    kept: Vault, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    led, there = crew.leaders[instance], _there(engine, instance)
    kept.broken = True
    commands.restore_in_place(buyer.scope, instance, clock.now())
    settle(place, 4)
    assert operations(buyer.scope, instance)[0].state == "failed"
    assert (crew.leaders[instance], _there(engine, instance)) == (led, there)


def test_each_instant_is_restored_along_the_timeline_of_its_time(
    kept: Vault, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    first = clock.now()
    _restore(place, buyer, instance)
    second, restored = clock.now(), _timeline(kept, crew, engine, instance)
    commands.undo_restore(buyer.scope, instance)
    settle(place, 3)
    found = [timeline_at(instance, until) for until in (first, second, clock.now(), None)]
    assert found == ["1", restored, "latest", "latest"]
    # What is written now has a number of its own, though it goes on from the first.
    assert int(_timeline(kept, crew, engine, instance)) > int(restored) > 1


def test_a_way_back_outlives_a_change_of_the_number_of_machines(
    kept: Vault, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    _restore(place, buyer, instance)
    former = _is_whole(engine, buyer, instance)
    ordering.change_plan(buyer.scope, instance, "s")
    settle(place, 3)
    assert {role: len(names) for role, names in _named(buyer, instance).items()} == {"primary": 1, "former": 1}
    commands.undo_restore(buyer.scope, instance)
    settle(place, 3)
    assert (_named(buyer, instance)["primary"], crew.rows[former]) == ([former], [0, 1, 2])
    ordering.change_plan(buyer.scope, instance, "h")
    settle(place, 3)
    assert _is_whole(engine, buyer, instance) != former
    assert crew.rows[crew.leaders[instance]] == [0, 1, 2]
