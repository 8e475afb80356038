"""From one machine to several and back: every row comes along, whatever fails or is killed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from uuid import UUID

import pytest
from tests.support.crew import Members, Together, several_machines
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import order, settle, work
from tests.support.world import GIB, Customer, operator, some_capacity

from souk.engines.contract import MachineStatus, PoolFull, Usage
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import Problem
from souk.metering.commands import take_samples
from souk.metering.queries import samples
from souk.ordering import commands as ordering
from souk.ordering.queries import order as order_row
from souk.ordering.queries import subscription_of
from souk.provisioning import commands, errors
from souk.provisioning.contract import Size
from souk.provisioning.coordination import coordination_of
from souk.provisioning.models import Suspension
from souk.provisioning.platform import ensure_coordination
from souk.provisioning.queries import machines, members, operation, operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import capacity, sites

STRIDE = stride(5)
"""A change crosses some hundred boundaries; with 1 its worker is killed at each of them."""


@pytest.fixture
def example(engine: MemoryEngine) -> Together:
    return Together(engine)


@pytest.fixture
def crew(place: Ground, engine: MemoryEngine, example: Together) -> Iterator[Members]:
    with several_machines(engine, example) as members:
        yield members


@pytest.fixture
def alone(crew: Members, place: Ground, buyer: Customer) -> UUID:
    """A service on one machine, with rows."""
    return _ready(crew, place, buyer, "s")


@pytest.fixture
def together(crew: Members, place: Ground, buyer: Customer) -> UUID:
    """A service on three machines, with rows."""
    return _ready(crew, place, buyer, "h")


def _ready(crew: Members, place: Ground, buyer: Customer, plan: str) -> UUID:
    made = order(buyer, plan=plan)
    settle(place, 3)
    for _ in range(3):
        crew.write(made)
    return made


def _roles(buyer: Customer, instance: UUID) -> list[str]:
    return sorted(each.role for each in machines(buyer.scope) if each.instance_id == instance)


def _there(engine: MemoryEngine, instance: UUID) -> dict[str, MachineStatus]:
    return {each.name: each.status for each in engine.machines() if each.labels["instance"] == str(instance)}


def _serving(crew: Members, instance: UUID) -> str:
    return crew.leaders.get(instance) or crew.alone[instance]


def _change(place: Ground, buyer: Customer, instance: UUID, plan: str, times: int = 3) -> UUID:
    made = ordering.change_plan(buyer.scope, instance, plan)
    settle(place, times)
    return made


def _is_whole(engine: MemoryEngine, buyer: Customer, instance: UUID) -> None:
    """On three machines as if it had never been otherwise."""
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble, row.members) == ("ready", "", 3)
    assert _roles(buyer, instance) == ["front", "member", "member", "member"]
    assert list(_there(engine, instance).values()) == [MachineStatus.RUNNING] * 4
    assert sorted(each.duty for each in members(buyer.scope, instance)) == ["follows", "leads", "synchronous"]


def _is_alone(engine: MemoryEngine, buyer: Customer, instance: UUID) -> None:
    """On one machine as if it had never been otherwise."""
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble, row.members) == ("ready", "", 1)
    assert _roles(buyer, instance) == ["primary"]
    assert list(_there(engine, instance).values()) == [MachineStatus.RUNNING]
    (machine,) = (each for each in machines(buyer.scope) if each.instance_id == instance)
    assert row.address == machine.address


def _promised() -> int:
    (site,) = sites()
    coordination = coordination_of(site.id)
    return capacity(site.id).memory - (service(operator(), coordination).memory if coordination else 0)


def test_one_machine_becomes_the_first_of_three_with_every_row(
    alone: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    before, served = service(buyer.scope, alone), _serving(crew, alone)
    made = _change(place, buyer, alone, "h")
    _is_whole(engine, buyer, alone)
    after = service(buyer.scope, alone)
    assert after.hostname == before.hostname
    assert after.address != before.address
    assert crew.leaders[alone] == served
    assert crew.rows[served][:3] == [0, 1, 2]
    assert order_row(buyer.scope, made).state == "fulfilled"
    assert subscription_of(buyer.scope, alone).plan_key == "h"
    assert _promised() == 3 * after.memory + GIB // 4
    assert [engine.simulated[name].spec.environment.get("SOUK_ROLE") for name in sorted(_there(engine, alone))] == [
        None,
        "front",
        "copy",
        "copy",
    ]


def test_of_three_machines_the_one_that_leads_goes_on_alone_with_every_row(
    together: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    commands.switch_over(buyer.scope, together)
    settle(place)
    crew.write(together)
    before, led = service(buyer.scope, together), crew.leaders[together]
    assert not led.endswith("-1")
    made = _change(place, buyer, together, "s")
    _is_alone(engine, buyer, together)
    after = service(buyer.scope, together)
    assert after.hostname == before.hostname
    assert after.address != before.address
    assert (_serving(crew, together), crew.rows[led], crew.forgot) == (led, [0, 1, 2, 3], [led])
    assert order_row(buyer.scope, made).state == "fulfilled"
    assert subscription_of(buyer.scope, together).plan_key == "s"
    assert _promised() == after.memory


def test_what_was_sent_is_counted_until_the_one_in_front_sends_it(
    alone: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    name = _serving(crew, alone)
    take_samples([Usage(name, disk=100, egress=1_000, cpu_seconds=1.0, memory=10)])
    engine.simulated[name].egress = 5_000
    _change(place, buyer, alone, "h")
    front = next(each.name for each in machines(buyer.scope) if (each.instance_id, each.role) == (alone, "front"))
    usages = [Usage(each, disk=50, egress=9_000, cpu_seconds=1.0, memory=10) for each in crew.rows]
    take_samples([*usages, Usage(front, disk=5, egress=70, cpu_seconds=0.5, memory=1)])
    engine.simulated[front].egress = 100
    _change(place, buyer, alone, "s")
    sent = [sample.egress for sample in samples(buyer.scope, alone, clock.now().replace(year=2020))]
    assert sum(sent) == 5_000 + 100


def test_it_goes_there_and_back_as_often_as_one_likes(
    alone: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    for _ in range(2):
        _change(place, buyer, alone, "h")
        _is_whole(engine, buyer, alone)
        commands.switch_over(buyer.scope, alone)
        settle(place)
        crew.write(alone)
        _change(place, buyer, alone, "s")
        _is_alone(engine, buyer, alone)
        crew.write(alone)
    assert crew.rows[_serving(crew, alone)] == list(range(7))
    commands.erase_instance(buyer.scope, alone)
    settle(place)
    assert (_there(engine, alone), list(engine.networks())) == ({}, [])


def test_killed_anywhere_on_the_way_to_three_every_row_is_there(
    alone: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    at = 1
    while True:
        at += STRIDE
        ordering.change_plan(buyer.scope, alone, "h")
        crossed = run_until_killed(place, engine, at, work).crossed
        crew.write(alone)
        settle(place, 3)
        _is_whole(engine, buyer, alone)
        assert crew.rows[_serving(crew, alone)] == list(range(len(crew.rows[_serving(crew, alone)]))), at
        written = len(crew.rows[_serving(crew, alone)])
        _change(place, buyer, alone, "s")
        assert len(crew.rows[_serving(crew, alone)]) == written, at
        if crossed < at:
            break
    assert at > 40
    assert {row.state for row in operations(buyer.scope, alone)} == {"succeeded"}


def test_killed_anywhere_on_the_way_to_one_every_row_is_there(
    together: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    at = 1
    while True:
        at += STRIDE
        written = len(crew.rows[_serving(crew, together)])
        ordering.change_plan(buyer.scope, together, "s")
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place, 3)
        _is_alone(engine, buyer, together)
        assert crew.rows[_serving(crew, together)] == list(range(written)), at
        crew.write(together)
        _change(place, buyer, together, "h")
        _is_whole(engine, buyer, together)
        if crossed < at:
            break
    assert at > 40
    assert {row.state for row in operations(buyer.scope, together)} == {"succeeded"}


def test_when_another_one_leads_by_the_time_the_chosen_one_should_go_on_that_one_goes_on(
    together: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    chosen, other = crew.leaders[together], next(each for each in crew.rows if each != crew.leaders[together])
    crew.wrong = "part"
    ordering.change_plan(buyer.scope, together, "s")
    work(place, rounds=1)
    assert _roles(buyer, together) == ["front", "member", "member", "primary"]
    assert list(_there(engine, together).values()) == [MachineStatus.RUNNING] * 4
    crew.wrong, crew.leaders[together] = "", other
    crew.write(together)
    crew.rows[chosen].pop()
    settle(place, 3)
    _is_alone(engine, buyer, together)
    assert (_serving(crew, together), crew.rows[other]) == (other, [0, 1, 2, 3])


def test_machines_that_can_not_be_made_leave_the_service_on_one(
    alone: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    ensure_coordination(sites()[0].id)
    settle(place)
    before, held = service(buyer.scope, alone), _promised()
    made = ordering.change_plan(buyer.scope, alone, "h")
    engine.faults.plan("create", PoolFull("No space left on device"), times=12)
    settle(place, 6)
    assert order_row(buyer.scope, made).state == "failed"
    assert "number of machines" in order_row(buyer.scope, made).reason
    _is_alone(engine, buyer, alone)
    assert (service(buyer.scope, alone).address, _promised()) == (before.address, held)
    assert crew.rows[_serving(crew, alone)][:3] == [0, 1, 2]
    assert subscription_of(buyer.scope, alone).plan_key == "s"


def test_a_leader_that_does_not_let_go_leaves_the_service_on_three(
    together: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    crew.wrong = "part"
    made = ordering.change_plan(buyer.scope, together, "s")
    settle(place, 3)
    crew.wrong = ""
    settle(place, 3)
    assert order_row(buyer.scope, made).state == "failed"
    _is_whole(engine, buyer, together)
    assert crew.rows[_serving(crew, together)][:3] == [0, 1, 2]
    assert subscription_of(buyer.scope, together).plan_key == "h"


@pytest.mark.parametrize("plan", ["s", "h"])
def test_a_disk_that_is_too_small_is_refused_before_anything_happens(
    plan: str, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer, example: Together
) -> None:
    instance = _ready(crew, place, buyer, plan)
    ordering.change_size(buyer.scope, instance, extra_gib=20)
    settle(place)
    for name in _there(engine, instance):
        engine.simulated[name].disk = 20 * GIB
    example.succession.size = 12 * GIB
    served, there, held = _serving(crew, instance), _there(engine, instance), _promised()
    made = ordering.change_plan(buyer.scope, instance, "h" if plan == "s" else "s", extra_gib=0)
    settle(place, 3)
    newest = operations(buyer.scope, instance)[0]
    assert (newest.state, order_row(buyer.scope, made).state) == ("failed", "failed")
    assert "12.0 GiB" in newest.why
    assert (_serving(crew, instance), _there(engine, instance), _promised()) == (served, there, held)
    assert service(buyer.scope, instance).disk == 30 * GIB


def test_a_disk_that_shrinks_where_it_is_does_so_with_the_number_of_machines(
    together: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    ordering.change_size(buyer.scope, together, extra_gib=20)
    settle(place)
    ordering.change_plan(buyer.scope, together, "s", extra_gib=0)
    settle(place, 3)
    _is_alone(engine, buyer, together)
    assert engine.simulated[_serving(crew, together)].spec.limits.disk == 10 * GIB


def test_without_room_for_more_machines_nothing_is_ordered(
    alone: UUID, crew: Members, place: Ground, buyer: Customer
) -> None:
    some_capacity(disk=0)
    with pytest.raises(errors.NoCapacity):
        ordering.change_plan(buyer.scope, alone, "h")
    assert [row.kind for row in operations(buyer.scope, alone)] == ["create"]


def test_a_second_change_waits_for_the_first(alone: UUID, buyer: Customer) -> None:
    ordering.change_plan(buyer.scope, alone, "h")
    with pytest.raises(errors.ResizeUnderWay):
        ordering.change_size(buyer.scope, alone, extra_gib=5)


def test_a_service_that_does_not_run_keeps_its_machines(alone: UUID, place: Ground, buyer: Customer) -> None:
    commands.stop_instance(buyer.scope, alone)
    settle(place)
    with pytest.raises(errors.MembersWhileRunning):
        ordering.change_plan(buyer.scope, alone, "h")


def test_it_is_not_stopped_on_the_way(alone: UUID, buyer: Customer) -> None:
    ordering.change_plan(buyer.scope, alone, "h")
    with pytest.raises(errors.MembersUnderWay):
        commands.stop_instance(buyer.scope, alone)


def test_several_machines_do_not_become_another_several(together: UUID, buyer: Customer) -> None:
    with pytest.raises(errors.MembersFixed, match="3 machines"):
        commands.resize_instance(buyer.scope, together, Size(1, GIB, 10 * GIB, members=5), order=together)


def test_a_kind_that_knows_one_machine_only_stays_on_it(alone: UUID, buyer: Customer, example: Together) -> None:
    example.high_availability = None
    with pytest.raises(errors.AlwaysAlone):
        ordering.change_plan(buyer.scope, alone, "h")


@pytest.mark.parametrize("plan", ["s", "h"])
def test_one_that_is_suspended_on_the_way_keeps_its_plan(
    plan: str, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    instance = _ready(crew, place, buyer, plan)
    for at in (0, 12, 30, 60):
        made = ordering.change_plan(buyer.scope, instance, "h" if plan == "s" else "s")
        run_until_killed(place, engine, at or 1, work)
        commands.suspend_instance(operator(), instance, Suspension.ABUSE)
        settle(place)
        assert service(buyer.scope, instance).state == "suspended"
        assert set(_there(engine, instance).values()) == {MachineStatus.STOPPED}
        assert order_row(buyer.scope, made).state == "cancelled"
        commands.resume_instance(operator(), instance)
        settle(place, 3)
        (_is_alone if plan == "s" else _is_whole)(engine, buyer, instance)
        assert crew.rows[_serving(crew, instance)][:3] == [0, 1, 2], at


@pytest.mark.parametrize("plan", ["s", "h"])
def test_one_that_is_deleted_on_the_way_comes_back_with_the_plan_it_had(
    plan: str, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    instance = _ready(crew, place, buyer, plan)
    for at in (1, 20, 45, 70):
        ordering.change_plan(buyer.scope, instance, "h" if plan == "s" else "s")
        run_until_killed(place, engine, at, work)
        commands.delete_instance(buyer.scope, instance)
        settle(place)
        assert set(_there(engine, instance).values()) == {MachineStatus.STOPPED}
        commands.recover_instance(buyer.scope, instance)
        settle(place, 3)
        (_is_alone if plan == "s" else _is_whole)(engine, buyer, instance)
        assert crew.rows[_serving(crew, instance)][:3] == [0, 1, 2], at
        assert subscription_of(buyer.scope, instance).plan_key == plan


@pytest.mark.parametrize("plan", ["s", "h"])
def test_one_that_is_erased_on_the_way_leaves_nothing(
    plan: str, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    for at in (1, 20, 45, 70):
        instance = order(buyer, f"n{at}", plan=plan)
        settle(place, 3)
        ordering.change_plan(buyer.scope, instance, "h" if plan == "s" else "s")
        run_until_killed(place, engine, at, work)
        commands.erase_instance(buyer.scope, instance)
        settle(place)
        assert service(operator(), instance).state == "deleted"
        assert (_there(engine, instance), list(engine.networks()), _promised()) == ({}, [], 0), at


def test_it_is_cancelled_as_long_as_the_service_goes_on_as_it_did(
    alone: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    held = _promised()
    made = ordering.change_plan(buyer.scope, alone, "h")
    asked = operations(buyer.scope, alone)[0].id
    run_until_killed(place, engine, 8, work)
    commands.cancel_operation(buyer.scope, asked)
    settle(place, 3)
    assert (operation(buyer.scope, asked).state, order_row(buyer.scope, made).state) == ("cancelled", "cancelled")
    _is_alone(engine, buyer, alone)
    assert (_promised(), subscription_of(buyer.scope, alone).plan_key) == (held, "s")
    _change(place, buyer, alone, "h")
    _is_whole(engine, buyer, alone)


def test_it_is_not_cancelled_once_another_machine_is_reached(
    together: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    crew.wrong = "part"
    ordering.change_plan(buyer.scope, together, "s")
    work(place, rounds=1)
    asked = operations(buyer.scope, together)[0]
    assert asked.kind == "resize"
    with pytest.raises(errors.NotCancellable):
        commands.cancel_operation(buyer.scope, asked.id)


def test_cancelling_the_order_of_another_plan_leaves_the_service(
    alone: UUID, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    made = ordering.change_plan(buyer.scope, alone, "h")
    ordering.cancel_order(buyer.scope, made)
    settle(place, 3)
    assert order_row(buyer.scope, made).state == "cancelled"
    _is_alone(engine, buyer, alone)
    assert subscription_of(buyer.scope, alone).plan_key == "s"
    larger = ordering.change_plan(buyer.scope, alone, "m")
    with pytest.raises(Problem):
        ordering.cancel_order(buyer.scope, larger)
    settle(place)
    assert order_row(buyer.scope, larger).state == "fulfilled"


def test_a_larger_plan_on_more_machines_is_one_step(
    alone: UUID, crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    larger = Size(2, 4 * GIB, 40 * GIB, members=3)
    commands.resize_instance(buyer.scope, alone, larger, order=alone)
    settle(place, 3)
    _is_whole(engine, buyer, alone)
    row = service(buyer.scope, alone)
    assert asdict(larger) == {key: getattr(row, key) for key in asdict(larger)}
    named = {each.name for each in members(buyer.scope, alone)}
    assert {engine.simulated[name].spec.limits.memory for name in named} == {4 * GIB}


def test_in_a_private_network_it_is_the_same_address_that_is_reached_whatever_carries_it(
    crew: Members, alone: UUID, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    commands.attach_instance(buyer.scope, alone, "default")
    settle(place)
    (before,) = _cards(engine, alone).values()
    for at, plan in ((20, "h"), (35, "s")):
        ordering.change_plan(buyer.scope, alone, plan)
        run_until_killed(place, engine, at, work)
        settle(place, 4)
        (_is_whole if plan == "h" else _is_alone)(engine, buyer, alone)
        carries = next(
            each.name
            for each in machines(buyer.scope)
            if each.instance_id == alone and each.role in {"front", "primary"}
        )
        assert _cards(engine, alone) == {carries: before}


def _cards(engine: MemoryEngine, instance: UUID) -> dict[str, str]:
    mine = (each for each in engine.machines() if each.labels["instance"] == str(instance))
    return {each.name: each.card.address for each in mine if each.card is not None}
