"""Machines that wait ready: kept in number for nobody, taken once, and never a customer's loss."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import override_settings
from tests.support.example import EXAMPLE, ExampleWarmer
from tests.support.following import catch_up
from tests.support.killing import run_until_killed
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer, operator, some_capacity

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.kernel.trail import search
from souk.metering.commands import take_samples
from souk.provisioning import commands, errors
from souk.provisioning.models import ServiceInstance, WarmMachine
from souk.provisioning.platform import ensure_pools
from souk.provisioning.pools import pools
from souk.provisioning.queries import machines, operations, service
from souk.provisioning.reconciler import lease
from souk.provisioning.reconciler.converge import Ground, converge
from souk.provisioning.reconciler.resync import compare


@pytest.fixture
def warmer() -> Iterator[ExampleWarmer]:
    """The example can wait, and two machines of each size may."""
    warmer = ExampleWarmer()
    with mock.patch.object(EXAMPLE, "warmer", warmer), override_settings(WARM_LEAST=1, WARM_MOST=2):
        yield warmer


@pytest.fixture
def pool(warmer: ExampleWarmer, place: Ground) -> None:
    """One machine waits."""
    ensure_pools()
    work(place)


def _waiting(engine: MemoryEngine) -> list[str]:
    return [machine.name for machine in engine.machines() if "instance" not in machine.labels]


def _carrying(engine: MemoryEngine, instance: UUID) -> list[str]:
    return [machine.name for machine in engine.machines() if machine.labels.get("instance") == str(instance)]


def _again(place: Ground) -> None:
    forget_leases()
    work(place)


@pytest.mark.usefixtures("pool")
def test_an_order_takes_the_machine_that_waits_and_another_one_is_made(
    place: Ground, engine: MemoryEngine, buyer: Customer, warmer: ExampleWarmer
) -> None:
    (waited,) = _waiting(engine)
    instance = order(buyer)
    work(place)
    row = service(buyer.scope, instance)
    assert row.state == "ready"
    assert _carrying(engine, instance) == [waited]
    assert row.hostname is not None
    assert row.hostname.startswith(waited.rpartition("-")[0] + ".")
    assert [taken[:2] for taken in warmer.taken] == [(row.hostname, "owner")]
    (operation,) = operations(buyer.scope, instance)
    assert [entry["step"] for entry in operation.log] == ["prepare", "configure", "probe"]
    _again(place)
    assert len(_waiting(engine)) == 1


@pytest.mark.usefixtures("pool")
def test_who_orders_something_else_gets_a_machine_of_its_own(
    place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    (waited,) = _waiting(engine)
    instance = order(buyer, plan="m")
    work(place)
    assert service(buyer.scope, instance).state == "ready"
    assert waited in _waiting(engine)


def test_a_size_that_was_ordered_waits_from_then_on_and_no_more_when_the_demand_is_over(
    warmer: ExampleWarmer, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    order(buyer, plan="m")
    _again(place)
    (waiting,) = _waiting(engine)
    machine = engine.machine(waiting)
    assert machine is not None
    assert machine.limits.memory == 4 * 1024**3
    with clock.at(clock.now() + timedelta(hours=2)):
        _again(place)
    assert _waiting(engine) == []
    assert [machine.role for machine in machines(operator())] == ["primary"]


def test_no_more_wait_than_may(warmer: ExampleWarmer, place: Ground, engine: MemoryEngine, buyer: Customer) -> None:
    for number in range(4):
        order(buyer, name=f"compta-{number}")
    work(place)
    _again(place)
    assert len(_waiting(engine)) == 2


@pytest.mark.usefixtures("pool")
def test_one_machine_is_never_given_to_two(
    place: Ground, engine: MemoryEngine, buyer: Customer, warmer: ExampleWarmer
) -> None:
    instances = [order(buyer, name=f"compta-{number}") for number in range(4)]
    claims = [claim for claim in lease.claim(8) if claim.subject in instances]

    def converge_one(claim: lease.Lease) -> None:
        try:
            converge(place, claim)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(converge_one, claims))
    _again(place)
    assert [service(buyer.scope, each).state for each in instances] == ["ready"] * 4
    assert len(warmer.taken) == 1
    assert len({name for each in instances for name in _carrying(engine, each)}) == 4


@pytest.mark.usefixtures("pool")
def test_what_cannot_be_taken_is_configured_the_usual_way(
    place: Ground, engine: MemoryEngine, buyer: Customer, warmer: ExampleWarmer
) -> None:
    (waited,) = _waiting(engine)
    warmer.refuses = True
    instance = order(buyer)
    work(place)
    assert service(buyer.scope, instance).state == "ready"
    assert _carrying(engine, instance) == [waited]


@pytest.mark.usefixtures("pool")
def test_a_machine_that_is_gone_is_nobodys_trouble(place: Ground, engine: MemoryEngine, buyer: Customer) -> None:
    (waited,) = _waiting(engine)
    engine.delete(waited)
    instance = order(buyer)
    work(place)
    assert service(buyer.scope, instance).state == "ready"
    assert _carrying(engine, instance) not in ([], [waited])


@pytest.mark.usefixtures("pool")
def test_a_machine_that_carries_a_service_unknown_here_is_neither_given_away_nor_deleted(
    place: Ground, engine: MemoryEngine, buyer: Customer, warmer: ExampleWarmer
) -> None:
    (waited,) = _waiting(engine)
    engine.label(waited, {"instance": "0190-of-another-day"})
    assert compare(engine).orphans == [waited]
    instance = order(buyer)
    work(place)
    _again(place)
    assert service(buyer.scope, instance).state == "ready"
    assert waited not in _carrying(engine, instance)
    machine = engine.machine(waited)
    assert machine is not None
    assert machine.labels["instance"] == "0190-of-another-day"


@pytest.mark.usefixtures("pool")
def test_what_is_older_than_the_image_or_its_settings_is_made_anew(
    place: Ground, engine: MemoryEngine, warmer: ExampleWarmer
) -> None:
    before = _waiting(engine)
    _again(place)
    assert _waiting(engine) == before
    warmer.given = "something else"
    _again(place)
    after = _waiting(engine)
    assert len(after) == 1
    assert after != before


@pytest.mark.usefixtures("pool")
def test_a_machine_that_stopped_is_replaced(place: Ground, engine: MemoryEngine) -> None:
    (before,) = _waiting(engine)
    engine.stop(before)
    _again(place)
    (after,) = _waiting(engine)
    assert after != before


def test_orders_come_before_machines_that_wait(warmer: ExampleWarmer, place: Ground, engine: MemoryEngine) -> None:
    some_capacity(vcpus=1, memory=1024**3 // 2)
    ensure_pools()
    work(place)
    assert _waiting(engine) == []


@pytest.mark.usefixtures("pool")
def test_nobody_pays_for_a_machine_that_waits(place: Ground, engine: MemoryEngine, buyer: Customer) -> None:
    with clock.at(clock.now() + timedelta(hours=5)):
        take_samples(engine.usage())
        catch_up()
    with acting(System("test")), connection.cursor() as cursor:
        cursor.execute(
            "select (select count(*) from metering_usageinterval), (select count(*) from ordering_subscription)"
        )
        assert cursor.fetchone() == (0, 0)
    assert machines(buyer.scope) == []


@pytest.mark.usefixtures("pool")
def test_its_password_is_gone_when_it_is_taken(place: Ground, buyer: Customer) -> None:
    order(buyer)
    work(place)
    with acting(System("test")):
        taken = WarmMachine.objects.get(taken_at__isnull=False)
    assert bytes(taken.sealed_password) == b""


@pytest.mark.usefixtures("pool")
def test_a_taken_machine_is_erased_with_its_service(place: Ground, engine: MemoryEngine, buyer: Customer) -> None:
    instance = order(buyer)
    work(place)
    commands.erase_instance(buyer.scope, instance)
    work(place)
    assert _carrying(engine, instance) == []
    assert compare(engine).orphans == []


def test_killed_at_every_boundary_a_pool_is_kept_and_nothing_is_left_over(
    warmer: ExampleWarmer, place: Ground, engine: MemoryEngine
) -> None:
    ensure_pools()
    at, killed = 0, True
    while killed:
        at += 1
        killed = run_until_killed(place, engine, at, work).crossed == at
        _again(place)
        assert len(_waiting(engine)) == 1
        assert compare(engine).orphans == []
        warmer.given = f"for round {at}"
        forget_leases()
    assert at > 10


def test_killed_at_every_boundary_a_taking_gives_one_service_one_machine(
    warmer: ExampleWarmer, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    ensure_pools()
    work(place)
    at, killed = 0, True
    while killed:
        at += 1
        instance = order(buyer, name=f"compta-{at}")
        killed = run_until_killed(place, engine, at, work).crossed == at
        for _ in range(2):
            _again(place)
        assert service(buyer.scope, instance).state == "ready"
        assert len(_carrying(engine, instance)) == 1
        assert compare(engine).orphans == []
        commands.erase_instance(buyer.scope, instance)
        work(place)
    assert at > 10
    with acting(System("test")):
        assert not ServiceInstance.objects.filter(deleted_at__isnull=True).exists()


@pytest.mark.usefixtures("pool")
def test_the_operator_says_how_many_wait_and_the_trail_keeps_it(place: Ground, engine: MemoryEngine) -> None:
    engineer = operator()
    (row,) = pools(engineer)
    assert (row.blueprint, row.waiting, row.least, row.most) == ("example", 1, 1, 2)
    commands.change_pool(engineer, row.id, 2, 3)
    work(place)
    assert len(_waiting(engine)) == 2
    (event,) = search(engineer, action="pool.changed", organization=None, subject=None, after=None, limit=5)
    assert event.data["to"] == {"least": 2, "most": 3}
    commands.change_pool(engineer, row.id, 0, 0)
    work(place)
    assert _waiting(engine) == []


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize(("least", "most"), [(2, 1), (-1, 1), (0, 51)])
def test_numbers_that_make_no_sense_are_refused(least: int, most: int) -> None:
    engineer = operator()
    (row,) = pools(engineer)
    with pytest.raises(errors.InvalidPool):
        commands.change_pool(engineer, row.id, least, most)
