"""Machines go to other hosts: stopped, moved and started, one after another; nothing is lost, and nothing doubled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import hosts
from tests.support.crew import Members, several_machines
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import ground, order, settle, work
from tests.support.world import Customer, operator

from souk.engines.contract import EngineError, MachineStatus, PoolFull
from souk.engines.memory import MemoryEngine
from souk.kernel import errors as kernel
from souk.kernel.scope import System, acting
from souk.provisioning import commands, errors
from souk.provisioning.models import Machine
from souk.provisioning.queries import machines, members, operations, service, spread, standing
from souk.provisioning.reconciler.actions import moves
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare
from souk.sites import commands as sites

STRIDE = stride(5)
NAMES = ["h1", "h2", "h3"]


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(hosts=NAMES)


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine) -> Ground:
    hosts.in_racks(engine)
    return ground(tmp_path, engine)


@pytest.fixture
def crew(place: Ground, engine: MemoryEngine) -> Iterator[Members]:
    with several_machines(engine) as members:
        yield members


@pytest.fixture
def together(crew: Members, place: Ground, buyer: Customer) -> UUID:
    """A service on three machines."""
    made = order(buyer, plan="h")
    settle(place, times=3)
    return made


def _own(instance: UUID) -> dict[str, str]:
    return {row.name: row.host for row in machines(operator()) if row.instance_id == instance}


def _seen(engine: MemoryEngine, instance: UUID) -> dict[str, str]:
    return {each.name: each.host for each in engine.machines() if each.labels["instance"] == str(instance)}


def _leader(buyer: Customer, instance: UUID) -> str:
    return next(row.name for row in members(buyer.scope, instance) if row.duty == "leads")


def _last(buyer: Customer, instance: UUID) -> tuple[str, str]:
    row = operations(buyer.scope, instance)[0]
    return row.kind, row.state


def test_a_lone_service_moves_with_its_machine_and_its_address(
    place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    before, (name,) = service(buyer.scope, instance), _own(instance)
    engine.simulated[name].files["/data"] = b"mine"
    assert _own(instance) == {name: "h1"}
    commands.move_machine(operator(), name, "h3")
    settle(place)
    assert _own(instance) == _seen(engine, instance) == {name: "h3"}
    assert engine.pull(name, "/data") == b"mine"
    after = service(buyer.scope, instance)
    assert (after.state, after.address, after.trouble) == ("ready", before.address, "")
    assert engine.simulated[name].status == MachineStatus.RUNNING
    assert _last(buyer, instance) == ("move", "succeeded")
    assert operations(buyer.scope, instance)[0].result["moved"] == {name: "h3"}
    assert compare(engine).instances == []


def test_without_a_host_the_best_one_is_chosen(
    place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    (name,) = _own(instance)
    for _ in range(2):
        before = _own(instance)[name]
        commands.move_machine(operator(), name)
        settle(place)
        assert _own(instance) == _seen(engine, instance) != {name: before}
        assert _last(buyer, instance) == ("move", "succeeded")


def test_killed_anywhere_on_the_way_a_machine_is_there_once_and_serves(
    place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    (name,) = _own(instance)
    engine.simulated[name].files["/data"] = b"mine"
    at = 0
    while True:
        at += 1
        target = NAMES[at % 3] if _own(instance)[name] != NAMES[at % 3] else NAMES[(at + 1) % 3]
        commands.move_machine(operator(), name, target if at % 2 else "")
        before = _own(instance)[name]
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert [(m.name, m.status) for m in engine.machines()] == [(name, MachineStatus.RUNNING)]
        assert _own(instance) == _seen(engine, instance)
        assert _own(instance)[name] == target if at % 2 else _own(instance)[name] != before
        assert engine.pull(name, "/data") == b"mine"
        assert service(buyer.scope, instance).state == "ready"
        assert _last(buyer, instance) == ("move", "succeeded")
        if crossed < at:
            break
    assert at > 20


def test_a_service_whose_members_are_moved_goes_on_led_by_another_one(
    place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members, together: UUID
) -> None:
    leader, before = _leader(buyer, together), _own(together)
    crew.write(together)
    asked = commands.evacuate_host(operator(), hosts.host(before[leader]).id)
    assert (len(asked.operations) >= 1, asked.staying) == (True, [])
    settle(place, times=4)
    assert _own(together) == _seen(engine, together)
    assert before[leader] not in _own(together).values()
    assert _leader(buyer, together) != leader
    assert crew.told == []
    crew.write(together)
    assert {tuple(crew.rows[row.name]) for row in members(buyer.scope, together)} == {(0, 1)}
    assert service(buyer.scope, together).state == "ready"
    assert _last(buyer, together) == ("move", "succeeded")
    assert spread(buyer.scope, together) == "together"


def test_those_that_follow_are_moved_first_the_one_that_leads_after_another_one_does_and_the_one_in_front_last(
    place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members, together: UUID
) -> None:
    # All on one host, so that all are to leave it.
    for name in [*_own(together)]:
        engine.simulated[name].host = "h1"
    with acting(System("test")):
        Machine.objects.filter(instance_id=together).update(host="h1")
    leader, order_of = _leader(buyer, together), []
    stop = engine.stop

    def watched(name: str, **how: object) -> None:
        runs = {m.name for m in engine.machines() if m.status == MachineStatus.RUNNING}
        assert crew.leaders[together] in runs - {name}
        order_of.append(name)
        stop(name, **how)

    engine.stop = watched
    commands.evacuate_host(operator(), hosts.host("h1").id)
    settle(place, times=4)
    front = next(row.name for row in machines(operator()) if row.instance_id == together and row.role == "front")
    mine = [name for name in order_of if name in _own(together)]
    assert mine[-2:] == [leader, front]
    assert sorted(mine) == sorted(_own(together))
    assert set(_own(together).values()) == {"h2", "h3"}


def test_killed_anywhere_on_the_way_no_member_is_lost_or_there_twice(
    place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members, together: UUID
) -> None:
    crew.write(together)
    at, written = 0, 1
    while True:
        at += STRIDE
        leaving = _own(together)[_leader(buyer, together)]
        commands.evacuate_host(operator(), hosts.host(leaving).id)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place, times=4)
        assert {m.status for m in engine.machines()} == {MachineStatus.RUNNING}
        assert len(_seen(engine, together)) == 4
        assert _own(together) == _seen(engine, together)
        assert leaving not in _own(together).values()
        assert _last(buyer, together) == ("move", "succeeded")
        assert service(buyer.scope, together).state == "ready"
        crew.write(together)
        written += 1
        rows = {tuple(crew.rows[row.name]) for row in members(buyer.scope, together)}
        assert rows == {tuple(range(written))}
        assert crew.told == []
        sites.let_host_take_machines(operator(), hosts.host(leaving).id, True)
        if crossed < at:
            break
    assert at > 60


def test_an_evacuated_host_is_empty_and_takes_nothing_until_it_is_opened(
    place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    made = [order(buyer, name=f"n{number}") for number in range(6)]
    settle(place)
    assert sorted(host for each in made for host in _own(each).values()) == sorted(NAMES * 2)
    evacuation = commands.evacuate_host(operator(), hosts.host("h1").id)
    assert (len(evacuation.operations), evacuation.staying) == (2, [])
    again = commands.evacuate_host(operator(), hosts.host("h1").id)
    assert (again.operations, again.staying) == ([], [])
    settle(place, times=4)
    assert standing(operator(), hosts.host("h1").id) == []
    assert sorted(m.host for m in engine.machines()) == ["h2"] * 3 + ["h3"] * 3
    assert {service(buyer.scope, each).state for each in made} == {"ready"}
    later = order(buyer, name="later")
    settle(place)
    assert "h1" not in _own(later).values()
    sites.let_host_take_machines(operator(), hosts.host("h1").id, True)
    last = order(buyer, name="last")
    settle(place)
    assert set(_own(last).values()) == {"h1"}


def test_services_leave_a_host_one_after_another(
    place: Ground, engine: MemoryEngine, buyer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "TURN", timedelta(0))
    made = [order(buyer, name=f"n{number}") for number in range(6)]
    settle(place)
    commands.evacuate_host(operator(), hosts.host("h1").id)
    first, second = [each for each in made if "h1" in _own(each).values()]
    # The first one can't be moved yet, and is to be tried again.
    engine.faults.plan("move", EngineError("not now"))
    work(place, rounds=1)
    states = [_last(buyer, each)[1] for each in (first, second)]
    assert sorted(states) == ["queued", "running"]
    work(place, rounds=1)
    assert [_last(buyer, each)[1] for each in (first, second)].count("queued") == 1
    settle(place, times=5)
    assert [_last(buyer, each) for each in (first, second)] == [("move", "succeeded")] * 2


def test_what_can_not_leave_is_told_with_the_reason(place: Ground, engine: MemoryEngine, buyer: Customer) -> None:
    instance = order(buyer)
    settle(place)
    (name,) = _own(instance)
    for other in ("h2", "h3"):
        sites.let_host_take_machines(operator(), hosts.host(other).id, False)
    evacuation = commands.evacuate_host(operator(), hosts.host("h1").id)
    assert evacuation.operations == []
    assert [(each.machine, each.service, each.why) for each in evacuation.staying] == [(name, "compta", "no_room")]
    assert service(buyer.scope, instance).state == "ready"


def test_a_stopped_service_leaves_and_stays_stopped(
    place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    commands.stop_instance(buyer.scope, instance)
    settle(place)
    commands.evacuate_host(operator(), hosts.host("h1").id)
    settle(place)
    (name,) = _own(instance)
    assert _own(instance) == _seen(engine, instance) != {name: "h1"}
    assert engine.simulated[name].status == MachineStatus.STOPPED
    assert service(buyer.scope, instance).state == "stopped"
    assert _last(buyer, instance) == ("move", "succeeded")


def test_a_move_that_fails_leaves_the_service_where_it_serves(
    place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    (name,) = _own(instance)
    engine.faults.plan("move", PoolFull("No space left on device"), times=3)
    commands.move_machine(operator(), name, "h2")
    settle(place, times=5)
    assert _last(buyer, instance) == ("move", "failed")
    assert _own(instance) == _seen(engine, instance) == {name: "h1"}
    assert engine.simulated[name].status == MachineStatus.RUNNING
    assert service(buyer.scope, instance).state == "ready"


def test_a_host_that_goes_away_meanwhile_is_left_for_another_one(
    place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID
) -> None:
    (name,) = _own(instance)
    commands.evacuate_host(operator(), hosts.host("h1").id)
    engine.offline.add("h2")
    work(place)
    assert engine.simulated[name].status == MachineStatus.RUNNING
    hosts.seen(engine)
    settle(place, times=3)
    assert _own(instance) == _seen(engine, instance) == {name: "h3"}
    assert _last(buyer, instance) == ("move", "succeeded")


def test_what_makes_no_sense_is_refused(place: Ground, engine: MemoryEngine, buyer: Customer, instance: UUID) -> None:
    (name,), asks = _own(instance), operator()
    with pytest.raises(kernel.NotFound):
        commands.move_machine(asks, "nobody-1")
    with pytest.raises(errors.UnknownHost):
        commands.move_machine(asks, name, "h9")
    with pytest.raises(errors.StandsThere):
        commands.move_machine(asks, name, "h1")
    sites.let_host_take_machines(asks, hosts.host("h2").id, False)
    with pytest.raises(errors.NowhereElse):
        commands.move_machine(asks, name, "h2")
    commands.move_machine(asks, name)
    with pytest.raises(errors.MoveUnderWay):
        commands.move_machine(asks, name)
    settle(place)
    assert _own(instance) == {name: "h3"}
    engine.offline.add("h3")
    hosts.seen(engine)
    with pytest.raises(errors.HostIsOffline):
        commands.evacuate_host(asks, hosts.host("h3").id)


def test_while_a_host_is_away_a_service_on_several_goes_on_and_what_is_asked_waits(
    place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members, together: UUID
) -> None:
    follower = next(row.name for row in members(buyer.scope, together) if row.duty == "follows")
    front = next(row.host for row in machines(operator()) if row.instance_id == together and row.role == "front")
    away = _own(together)[follower]
    if away == front:
        other = next(name for name in NAMES if name not in (front, _own(together)[_leader(buyer, together)]))
        follower, away = next((name, other) for name, host in _own(together).items() if host == other)
    engine.offline.add(away)
    hosts.seen(engine)
    settle(place, times=3)
    row = service(buyer.scope, together)
    assert (row.state, row.trouble) == ("ready", "")
    commands.create_binding(buyer.scope, together, "stats")
    settle(place)
    row = service(buyer.scope, together)
    assert (row.state, "does not answer" in row.trouble) == ("ready", True)
    engine.offline.clear()
    engine.simulated[follower].status = MachineStatus.STOPPED
    hosts.seen(engine)
    settle(place, times=3)
    assert {m.status for m in engine.machines()} == {MachineStatus.RUNNING}
    row = service(buyer.scope, together)
    assert (_own(together), row.state, row.trouble) == (_seen(engine, together), "ready", "")
    assert _last(buyer, together) == ("grant", "succeeded")


def test_a_member_whose_host_was_struck_from_the_cluster_is_made_anew_on_another_one(
    place: Ground, engine: MemoryEngine, buyer: Customer, crew: Members, together: UUID
) -> None:
    crew.write(together)
    struck = _own(together)[_leader(buyer, together)]
    for name in [name for name, host in _own(together).items() if host == struck]:
        del engine.simulated[name]
    engine.offline.add(struck)
    hosts.seen(engine)
    settle(place, times=4)
    assert struck not in _own(together).values()
    assert _own(together) == _seen(engine, together)
    assert len(_own(together)) == 4
    row = service(buyer.scope, together)
    assert (row.state, row.trouble) == ("ready", "")
    assert {tuple(crew.rows[row.name]) for row in members(buyer.scope, together)} == {(0,)}
