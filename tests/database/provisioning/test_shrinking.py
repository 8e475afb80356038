"""A smaller disk: the same machine where that holds it, a copy where the data is less than what lies on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import order, settle, work
from tests.support.succession import Line, going_over
from tests.support.world import GIB, Customer

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.ordering import commands as ordering
from souk.ordering.queries import order as order_row
from souk.provisioning.queries import machines, operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import capacity, sites

STRIDE = stride(7)


@pytest.fixture
def line(place: Ground, engine: MemoryEngine) -> Iterator[Line]:
    with going_over(engine) as example:
        yield example.line


@pytest.fixture
def instance(line: Line, place: Ground, buyer: Customer) -> UUID:
    """A service of the larger plan (40 GiB) that is ready; the smaller one has 10."""
    made = order(buyer, plan="m")
    settle(place)
    return made


def _primary(buyer: Customer, instance: UUID) -> str:
    (machine,) = (each for each in machines(buyer.scope) if each.instance_id == instance)
    assert machine.role == "primary"
    return machine.name


def _change(place: Ground, buyer: Customer, instance: UUID, plan: str) -> str:
    made = ordering.change_plan(buyer.scope, instance, plan)
    settle(place)
    return order_row(buyer.scope, made).state


def test_what_fits_where_it_is_stays_there(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = _primary(buyer, instance)
    assert _change(place, buyer, instance, "s") == "fulfilled"
    assert _primary(buyer, instance) == before
    assert engine.simulated[before].spec.limits.disk == 10 * GIB


def test_data_that_fits_goes_to_a_smaller_machine_with_every_row(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = _primary(buyer, instance)
    engine.simulated[before].disk, line.size = 20 * GIB, 5 * GIB
    assert _change(place, buyer, instance, "s") == "fulfilled"
    after = _primary(buyer, instance)
    assert after != before
    assert {each.name: each.limits.disk for each in engine.machines()} == {after: 10 * GIB}
    assert line.rows[after] == line.rows[before] != []
    row = service(buyer.scope, instance)
    assert (row.state, row.disk, capacity(sites()[0].id).disk) == ("ready", 10 * GIB, 10 * GIB)


def test_data_that_does_not_fit_is_refused_in_numbers_before_anything_happens(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = _primary(buyer, instance)
    engine.simulated[before].disk, line.size = 20 * GIB, 12 * GIB
    assert _change(place, buyer, instance, "s") == "failed"
    newest = operations(buyer.scope, instance)[0]
    assert newest.state == "failed"
    assert all(number in newest.why for number in ("12.0 GiB", "10.0 GiB"))
    assert [each.name for each in engine.machines()] == [before] == [_primary(buyer, instance)]
    row = service(buyer.scope, instance)
    assert (row.state, row.disk, capacity(sites()[0].id).disk) == ("ready", 40 * GIB, 40 * GIB)


def test_a_copy_that_fails_again_and_again_leaves_the_size_as_it_is(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = _primary(buyer, instance)
    engine.simulated[before].disk, line.size, line.wrong = 20 * GIB, 5 * GIB, "receive"
    made = ordering.change_plan(buyer.scope, instance, "s")
    for _ in range(3):
        settle(place)
    assert order_row(buyer.scope, made).state == "failed"
    assert _primary(buyer, instance) == before
    assert line.serving == {before}
    assert (service(buyer.scope, instance).state, service(buyer.scope, instance).disk) == ("ready", 40 * GIB)


def test_killed_anywhere_on_the_way_it_ends_on_one_machine_of_the_smaller_size(
    line: Line, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    line.size, at = 5 * GIB, 0
    while True:
        at += STRIDE
        before = _primary(buyer, instance)
        rows = len(line.rows[before])
        engine.simulated[before].disk = 20 * GIB
        made = ordering.change_plan(buyer.scope, instance, "s")
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert order_row(buyer.scope, made).state == "fulfilled"
        after = _primary(buyer, instance)
        assert [(each.name, each.status) for each in engine.machines()] == [(after, MachineStatus.RUNNING)]
        assert (line.serving, after != before) == ({after}, True)
        assert len(line.rows[after]) > rows
        if crossed < at:
            break
        assert _change(place, buyer, instance, "m") == "fulfilled"
    assert at > 40
