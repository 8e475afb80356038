"""A service goes over to a machine of a newer image: it serves until the other has everything, then the other does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest import mock
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import ground, order, settle, work
from tests.support.succession import ALIAS, Line, going_over, newer
from tests.support.world import Customer, operator

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.metering.queries import intervals
from souk.ordering import commands as ordering
from souk.provisioning import commands, errors
from souk.provisioning.addresses import reach
from souk.provisioning.queries import machines, operations, release, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.records import Subject
from souk.provisioning.reconciler.resync import compare, resync
from souk.sites.queries import sites

STRIDE = stride(5)


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(images=[ALIAS])


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine) -> Ground:
    return ground(tmp_path, engine)


@pytest.fixture
def line(engine: MemoryEngine) -> Iterator[Line]:
    with going_over(engine) as example:
        yield example.line


@pytest.fixture
def instance(line: Line, place: Ground, buyer: Customer) -> UUID:
    """A service that serves and was asked what it is."""
    made = order(buyer)
    settle(place)
    resync(place.engine)
    return made


def _roles(buyer: Customer, instance: UUID) -> dict[str, str]:
    return {each.role: each.name for each in machines(buyer.scope) if each.instance_id == instance}


def test_a_newer_image_is_known_and_an_update_brings_the_service_there(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine, tmp_path: Path
) -> None:
    assert (release(buyer.scope, instance).version, release(buyer.scope, instance).available) == ("17.6", False)
    with pytest.raises(errors.NothingNewer):
        commands.update_instance(buyer.scope, instance)
    newer(place, tmp_path, "17.7")
    offered = release(buyer.scope, instance)
    assert (offered.available, offered.version, offered.newest_version) == (True, "17.6", "17.7")
    before, address = _roles(buyer, instance)["primary"], service(buyer.scope, instance).address

    commands.update_instance(buyer.scope, instance)
    with pytest.raises(errors.UpdateUnderWay):
        commands.update_instance(buyer.scope, instance)
    work(place, rounds=1)
    line.version = "17.7"
    settle(place)
    roles, after = _roles(buyer, instance), service(buyer.scope, instance)
    assert list(roles) == ["primary"]
    assert roles["primary"] != before
    assert (after.state, after.address != address) == ("ready", True)
    assert [each.name for each in engine.machines()] == [roles["primary"]]
    assert line.rows[roles["primary"]] == line.rows[before] != []
    done = operations(buyer.scope, instance)[0]
    assert (done.kind, done.state, done.result["from"], done.result["to"]) == ("update", "succeeded", "17.6", "17.7")
    now = release(buyer.scope, instance)
    assert (now.version, now.available) == ("17.7", False)
    assert now.image == now.newest_image != offered.image
    with pytest.raises(errors.NoWayBack):
        commands.undo_restore(buyer.scope, instance)
    assert compare(engine).instances == []


def test_killed_anywhere_on_the_way_an_update_ends_with_one_machine_that_has_all(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine, tmp_path: Path
) -> None:
    at = 0
    while True:
        at += STRIDE
        newer(place, tmp_path, f"17.{at}")
        rows = len(line.rows[_roles(buyer, instance)["primary"]])
        commands.update_instance(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        roles = _roles(buyer, instance)
        assert list(roles) == ["primary"]
        assert {each.name: each.status for each in engine.machines()} == {roles["primary"]: MachineStatus.RUNNING}
        assert line.serving == {roles["primary"]}
        assert len(line.rows[roles["primary"]]) > rows
        assert service(buyer.scope, instance).state == "ready"
        assert {row.state for row in operations(buyer.scope, instance)} == {"succeeded"}
        assert not release(buyer.scope, instance).available
        if crossed < at:
            break
    assert at > 60


def test_what_others_know_by_its_address_keeps_it_wherever_the_worker_is_killed(
    line: Line, place: Ground, buyer: Customer, engine: MemoryEngine, tmp_path: Path
) -> None:
    with mock.patch.object(Subject, "serves_neighbours", property(lambda _: True)):
        instance = order(buyer)
        settle(place)
        resync(engine)
        address, at = service(buyer.scope, instance).address, 0
        while True:
            at += STRIDE
            newer(place, tmp_path, f"17.{at}")
            commands.update_instance(buyer.scope, instance)
            crossed = run_until_killed(place, engine, at, work).crossed
            settle(place)
            [machine] = engine.machines()
            assert {machine.name: machine.address} == {_roles(buyer, instance)["primary"]: address}
            assert (service(buyer.scope, instance).address, line.serving) == (address, {machine.name})
            assert not release(buyer.scope, instance).available
            if crossed < at:
                break
        assert at > 60


@pytest.mark.parametrize("step", ["lead", "follow", "draw_near", "hand_over", "receive"])
def test_an_update_that_fails_leaves_the_service_as_it_is(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine, tmp_path: Path, step: str
) -> None:
    before, roles = service(buyer.scope, instance), _roles(buyer, instance)
    newer(place, tmp_path, "17.7")
    line.wrong = step
    commands.update_instance(buyer.scope, instance)
    for _ in range(2):
        settle(place)
    assert operations(buyer.scope, instance)[0].state == "failed"
    after = service(buyer.scope, instance)
    assert (after.state, after.address) == ("ready", before.address)
    assert _roles(buyer, instance) == roles
    assert line.serving == {roles["primary"]}
    assert len(engine.machines()) == 1


def test_a_stop_in_the_middle_leaves_no_machine_that_runs(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine, tmp_path: Path
) -> None:
    at = 5
    while True:
        at += 3 * STRIDE
        newer(place, tmp_path, f"17.{at}")
        commands.update_instance(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        commands.stop_instance(buyer.scope, instance)
        settle(place)
        assert {each.status for each in engine.machines()} == {MachineStatus.STOPPED}
        commands.start_instance(buyer.scope, instance)
        settle(place)
        assert service(buyer.scope, instance).state == "ready"
        assert list(_roles(buyer, instance)) == ["primary"]
        if crossed < at:
            break


def test_it_is_charged_as_one_service_that_ran_all_the_time(
    line: Line, place: Ground, buyer: Customer, instance: UUID, tmp_path: Path
) -> None:
    start = service(buyer.scope, instance).created_at
    newer(place, tmp_path, "17.7")
    commands.update_instance(buyer.scope, instance)
    settle(place)
    found = intervals(buyer.scope, instance, start, clock.now())
    assert [row.meter for row in found] == ["running"]


def test_an_erased_service_that_was_updated_leaves_no_network(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine, tmp_path: Path
) -> None:
    newer(place, tmp_path, "17.7")
    commands.update_instance(buyer.scope, instance)
    settle(place)
    assert len(engine.networks()) == 1
    commands.erase_instance(buyer.scope, instance)
    settle(place)
    assert (engine.machines(), engine.networks()) == ([], [])


def test_its_public_address_leads_to_the_machine_that_took_over_and_to_no_other_one(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine, tmp_path: Path
) -> None:
    commands.add_range(operator(), sites()[0].id, "203.0.113.0/29")
    ordering.give_address(buyer.scope, instance)
    settle(place)
    before, public = service(buyer.scope, instance).address, reach(buyer.scope, instance).address
    newer(place, tmp_path, "17.7")
    commands.update_instance(buyer.scope, instance)
    work(place, rounds=1)
    line.version = "17.7"
    settle(place)
    after = service(buyer.scope, instance).address
    assert before != after
    assert {each.public: each.address for each in engine.exposed.values()} == {public: after}
    assert compare(engine).instances == []
