"""Services on several machines: made, led, healed and erased, whatever ends and whoever is killed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from tests.support.crew import Members, several_machines
from tests.support.following import catch_up
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer, operator

from souk.engines.contract import Event, Limits, MachineSpec, MachineStatus, Usage
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.metering.commands import take_samples
from souk.metering.queries import samples
from souk.provisioning import commands, errors
from souk.provisioning.contract import BindingRole
from souk.provisioning.coordination import coordination_of
from souk.provisioning.queries import CrewRow, machines, members, operation, operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.hints import heed
from souk.sites.queries import capacity, sites

GIB = 1024**3
STRIDE = stride(6)
"""A creation crosses some eighty boundaries; with 1 its worker is killed at each of them."""


@pytest.fixture
def crew(place: Ground, engine: MemoryEngine) -> Iterator[Members]:
    with several_machines(engine) as members:
        yield members


@pytest.fixture
def instance(crew: Members, place: Ground, buyer: Customer) -> UUID:
    """A service on three machines that is ready."""
    made = order(buyer, plan="h")
    _finish(place)
    return made


def _finish(place: Ground) -> None:
    for _ in range(3):
        forget_leases()
        work(place)


def _led_by(buyer: Customer, instance: UUID) -> str:
    return next((row.name for row in members(buyer.scope, instance) if row.duty == "leads"), "")


def _mine(engine: MemoryEngine, instance: UUID) -> dict[str, MachineStatus]:
    return {each.name: each.status for each in engine.machines() if each.labels["instance"] == str(instance)}


def _power_cut(engine: MemoryEngine, name: str) -> None:
    engine.simulated[name].status = MachineStatus.STOPPED


def test_three_members_and_one_in_front_are_made(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble, row.members) == ("ready", "", 3)
    assert set(_mine(engine, instance).values()) == {MachineStatus.RUNNING}
    assert len(_mine(engine, instance)) == 4
    (network,) = engine.networks()
    assert {each.private for each in engine.machines() if each.name in _mine(engine, instance)} == {network}
    front = next(each for each in machines(operator()) if each.name.endswith("-4"))
    assert (row.address, place.names.published()) == (front.address, place.names.published() | {row.hostname})


def test_only_the_first_member_makes_data_of_its_own(instance: UUID, engine: MemoryEngine) -> None:
    roles = [engine.simulated[name].spec.environment.get("SOUK_ROLE") for name in sorted(_mine(engine, instance))]
    assert roles == [None, "copy", "copy", "front"]


def test_a_site_promises_what_all_of_the_machines_take(instance: UUID, place: Ground, buyer: Customer) -> None:
    (site,) = sites()
    held = capacity(site.id)
    mine, coordination = service(buyer.scope, instance), service(operator(), coordination_of(site.id))
    assert held.vcpus == 3 * mine.vcpus + 1 + coordination.vcpus
    assert held.memory == 3 * mine.memory + GIB // 4 + coordination.memory
    commands.erase_instance(buyer.scope, instance)
    _finish(place)
    assert capacity(site.id).memory == coordination.memory


@pytest.mark.usefixtures("instance")
def test_the_coordination_is_made_once_for_all(place: Ground, engine: MemoryEngine, buyer: Customer) -> None:
    before = coordination_of(sites()[0].id)
    order(buyer, "paie", plan="h")
    _finish(place)
    assert coordination_of(sites()[0].id) == before
    assert len(engine.machines()) == 1 + 4 + 4


def test_who_leads_is_deposed_when_its_machine_ends_and_comes_back_as_a_follower(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members
) -> None:
    leader = _led_by(buyer, instance)
    _power_cut(engine, leader)
    assert heed(Event(leader, "instance-stopped"))
    work(place)
    assert crew.told == [leader]
    assert _led_by(buyer, instance) not in ("", leader)
    assert set(_mine(engine, instance).values()) == {MachineStatus.RUNNING}
    newest = operations(buyer.scope, instance)[0]
    assert (newest.kind, newest.state, newest.requested_by) == ("failover", "succeeded", "reconciler")
    assert newest.result["dead"] == [leader]


def test_nobody_is_deposed_when_a_follower_ends(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members
) -> None:
    leader = _led_by(buyer, instance)
    follower = next(row.name for row in members(buyer.scope, instance) if row.name != leader)
    _power_cut(engine, follower)
    _finish(place)
    assert (crew.told, _led_by(buyer, instance)) == ([], leader)
    assert set(_mine(engine, instance).values()) == {MachineStatus.RUNNING}
    assert [row.kind for row in operations(buyer.scope, instance)] == ["create"]


def test_a_machine_in_error_is_not_taken_for_dead(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members
) -> None:
    leader = _led_by(buyer, instance)
    engine.simulated[leader].status = MachineStatus.ERROR
    _finish(place)
    assert crew.told == []


def test_after_a_power_cut_of_all_they_start_and_nobody_is_deposed(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members
) -> None:
    for name in _mine(engine, instance):
        _power_cut(engine, name)
    _finish(place)
    assert crew.told == []
    assert set(_mine(engine, instance).values()) == {MachineStatus.RUNNING}
    assert service(buyer.scope, instance).state == "ready"


def test_a_member_that_lost_its_disk_is_made_anew_as_a_copy(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    first = min(_mine(engine, instance))
    engine.delete(first)
    _finish(place)
    assert engine.simulated[first].spec.environment == {"SOUK_ROLE": "copy"}
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble) == ("ready", "")


def test_when_every_disk_is_lost_nothing_empty_takes_their_place(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    for row in members(buyer.scope, instance):
        engine.delete(row.name)
    _finish(place)
    row = service(buyer.scope, instance)
    assert row.state == "failed"
    assert "gone" in row.trouble
    assert len(_mine(engine, instance)) == 1


def test_another_one_leads_when_its_owner_asks(instance: UUID, place: Ground, buyer: Customer, crew: Members) -> None:
    before = _led_by(buyer, instance)
    asked = commands.switch_over(buyer.scope, instance)
    _finish(place)
    done = operation(buyer.scope, asked)
    assert (done.state, done.result["from"]) == ("succeeded", before)
    assert done.result["to"] == _led_by(buyer, instance) != before
    assert [row.kind for row in operations(buyer.scope, instance)] == ["switchover", "create"]


def test_a_change_of_who_leads_that_the_members_made_alone_is_told(
    instance: UUID, place: Ground, buyer: Customer, crew: Members
) -> None:
    before = _led_by(buyer, instance)
    other = next(row.name for row in members(buyer.scope, instance) if row.name != before)
    crew.leaders[instance] = other
    _finish(place)
    newest = operations(buyer.scope, instance)[0]
    assert (newest.kind, newest.result) == ("failover", {"dead": [before], "to": other})
    assert len(operations(buyer.scope, instance)) == 2


def test_a_restart_goes_from_one_machine_to_the_next(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    before = _led_by(buyer, instance)
    commands.restart_instance(buyer.scope, instance)
    _finish(place)
    assert _led_by(buyer, instance) not in ("", before)
    assert set(_mine(engine, instance).values()) == {MachineStatus.RUNNING}
    assert operations(buyer.scope, instance)[0].state == "succeeded"


def test_a_stopped_service_starts_again_on_all_its_machines(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    commands.stop_instance(buyer.scope, instance)
    _finish(place)
    assert set(_mine(engine, instance).values()) == {MachineStatus.STOPPED}
    assert service(buyer.scope, instance).state == "stopped"
    commands.start_instance(buyer.scope, instance)
    _finish(place)
    assert set(_mine(engine, instance).values()) == {MachineStatus.RUNNING}
    assert service(buyer.scope, instance).state == "ready"


def test_a_service_on_one_machine_has_nobody_to_switch_over_to(crew: Members, place: Ground, buyer: Customer) -> None:
    alone = order(buyer, "seul")
    _finish(place)
    catch_up()
    assert members(buyer.scope, alone) == []
    with pytest.raises(errors.OneMachine):
        commands.switch_over(buyer.scope, alone)


def test_what_clients_get_is_counted_in_front_and_the_data_on_each_member(instance: UUID, buyer: Customer) -> None:
    names = {row.number: row.name for row in members(buyer.scope, instance)}
    front = names[1].rpartition("-")[0] + "-4"
    usages = [Usage(names[number], disk=100, egress=7_000, cpu_seconds=1.0, memory=10) for number in (1, 2, 3)]
    take_samples([*usages, Usage(front, disk=5, egress=40, cpu_seconds=0.5, memory=1)])
    (sample,) = samples(buyer.scope, instance, clock.now().replace(year=2020))
    assert (sample.disk, sample.egress) == (300, 40)


def test_an_erased_one_leaves_no_machine_no_network_and_no_keys(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    asked = commands.erase_instance(buyer.scope, instance)
    _finish(place)
    statement = operation(buyer.scope, asked).result
    assert (statement["seen_gone"], statement["network_gone"]) == (True, True)
    assert len(statement["machines"]) == 4
    assert (_mine(engine, instance), list(engine.networks())) == ({}, [])


def test_killed_all_along_its_creation_each_machine_is_made_once(
    crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    order(buyer, "premier", plan="h")
    _finish(place)
    at = 1
    while True:
        at += STRIDE
        made = order(buyer, f"n{at}", plan="h")
        crossed = run_until_killed(place, engine, at, work).crossed
        _finish(place)
        assert service(buyer.scope, made).state == "ready", at
        assert len(_mine(engine, made)) == 4, at
        commands.erase_instance(buyer.scope, made)
        _finish(place)
        assert (_mine(engine, made), len(engine.networks())) == ({}, 1), at
        if crossed < at:
            break
    assert at > 20


def test_killed_at_every_boundary_of_a_failover_one_member_leads_and_all_run(
    instance: UUID, place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members
) -> None:
    at = 0
    while True:
        at += 1
        leader = _led_by(buyer, instance)
        _power_cut(engine, leader)
        assert heed(Event(leader, "instance-stopped"))
        crossed = run_until_killed(place, engine, at, work).crossed
        _finish(place)
        assert set(_mine(engine, instance).values()) == {MachineStatus.RUNNING}, at
        rows: list[CrewRow] = members(buyer.scope, instance)
        assert sorted(row.duty for row in rows) == ["follows", "leads", "synchronous"], at
        assert _led_by(buyer, instance) == crew.leaders[instance], at
        if crossed < at:
            break
    assert at > 10


def test_who_reads_one_database_is_confined_to_it_on_every_machine_and_leaves_them_all(
    crew: Members, place: Ground, buyer: Customer, instance: UUID
) -> None:
    commands.create_binding(buyer.scope, instance, "lecteur", BindingRole.READER, "main")
    _finish(place)
    followers = [row.name for row in members(buyer.scope, instance) if row.duty != "leads"]
    assert crew.admitted == {name: {"lecteur": "main"} for name in followers}
    commands.change_binding(buyer.scope, instance, "lecteur", BindingRole.OWNER)
    _finish(place)
    assert crew.admitted == {name: {} for name in followers}
    crew.left.clear()
    commands.revoke_binding(buyer.scope, instance, "lecteur")
    _finish(place)
    assert crew.left == [(name, "lecteur") for name in followers]


def test_a_machine_that_is_made_anew_knows_who_is_confined(
    crew: Members, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    commands.create_binding(buyer.scope, instance, "lecteur", BindingRole.READER, "main")
    _finish(place)
    engine.delete(next(row.name for row in members(buyer.scope, instance) if row.duty != "leads"))
    _finish(place)
    assert set(crew.configured.values()) == {("lecteur",)}


def test_addresses_that_something_else_has_are_given_up_for_others(
    crew: Members, place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    (site,) = sites()
    taken = [f"{site.subnet.rpartition('.')[0]}.{number}" for number in range(10, 16)]
    for number, address in enumerate(taken):
        engine.create(MachineSpec(f"stranger-{number}", "souk/example", Limits(1, GIB, GIB), address))
    made = order(buyer, plan="h")
    for _ in range(3):
        _finish(place)
    row = service(buyer.scope, made)
    assert (row.state, row.address in taken) == ("ready", False)
    mine = [each for each in machines(buyer.scope) if each.instance_id == made]
    assert len(mine) == 4
    assert not {each.address for each in mine} & set(taken)
    assert len(engine.machines()) == len(taken) + 1 + 4
