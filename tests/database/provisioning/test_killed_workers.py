"""A worker killed anywhere: the next one reaches the same end, with one machine and no orphan."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from tests.support.accounts import Accounts
from tests.support.killing import moments, run_until_killed, stride
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer, customer, operator

from souk.engines.memory import MemoryEngine
from souk.provisioning import commands
from souk.provisioning.queries import bindings, machines, operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare


def _finish(place: Ground) -> None:
    for _ in range(3):
        forget_leases()
        work(place)


def _assert_one_machine_and_no_orphan(engine: MemoryEngine, buyer: Customer, instance: UUID) -> None:
    row = service(buyer.scope, instance)
    assert (row.state, row.trouble) == ("ready", "")
    assert len(engine.machines()) == 1
    drift = compare(engine)
    assert (drift.instances, drift.orphans) == ([], [])
    assert [operation.state for operation in operations(buyer.scope, instance)] == ["succeeded"]


def test_killed_at_every_boundary_of_a_creation_it_is_still_made_once(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    at = 0
    while True:
        at += 1
        instance = order(buyer, name=f"n{at}")
        crossed = run_until_killed(place, engine, at, work).crossed
        _finish(place)
        _assert_one_machine_and_no_orphan(engine, buyer, instance)
        commands.erase_instance(buyer.scope, instance)
        _finish(place)
        if crossed < at:
            break
    assert at > 20


def test_killed_at_every_boundary_of_a_deletion_it_still_leaves_nothing(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    at = 0
    while True:
        at += 1
        instance = order(buyer, name=f"n{at}")
        work(place)
        commands.erase_instance(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        _finish(place)
        assert service(buyer.scope, instance).state == "deleted"
        assert engine.machines() == []
        assert machines(operator()) == []
        assert place.names.published() == set()
        if crossed < at:
            break
    assert at > 8


def test_killed_again_and_again_at_random_it_gets_there(place: Ground, engine: MemoryEngine) -> None:
    buyer = customer()
    moment = moments(seed=20261123, most=30)
    for number in range(10):
        instance = order(buyer, name=f"n{number}")
        for _ in range(4):
            forget_leases()
            run_until_killed(place, engine, moment(), work)
        _finish(place)
        _assert_one_machine_and_no_orphan(engine, buyer, instance)
        commands.erase_instance(buyer.scope, instance)
        for _ in range(3):
            forget_leases()
            run_until_killed(place, engine, moment(), work)
        _finish(place)
        assert engine.machines() == []


def test_killed_at_every_boundary_of_a_queue_of_operations_each_is_done_once_and_in_order(
    place: Ground, engine: MemoryEngine
) -> None:
    buyer = customer()
    at = 0
    while True:
        at += stride(3)
        instance = order(buyer, name=f"n{at}")
        work(place)
        accounts = Accounts(engine)
        commands.create_binding(buyer.scope, instance, "a")
        commands.rotate_binding(buyer.scope, instance, "default", timedelta(0))
        commands.create_binding(buyer.scope, instance, "b")
        commands.revoke_binding(buyer.scope, instance, "a")
        crossed = run_until_killed(place, engine, at, work).crossed
        _finish(place)
        assert {row.state for row in operations(buyer.scope, instance)} == {"succeeded"}
        assert {row.name: row.username for row in bindings(buyer.scope, instance)} == {"default": "owner_2", "b": "b"}
        assert set(accounts.passwords) == {"owner_2", "b"}
        firsts = list(dict.fromkeys(accounts.calls))
        assert firsts == ["grant a", "grant owner_2", "revoke owner", "grant b", "revoke a"]
        commands.erase_instance(buyer.scope, instance)
        _finish(place)
        if crossed < at:
            break
    assert at > 30


def test_killed_at_every_boundary_of_a_deletion_with_grace_it_comes_back_whole(
    place: Ground, engine: MemoryEngine
) -> None:
    buyer = customer()
    at = 0
    while True:
        at += stride(3)
        instance = order(buyer, name=f"n{at}")
        work(place)
        (machine,) = engine.simulated
        commands.delete_instance(buyer.scope, instance)
        crossed = run_until_killed(place, engine, at, work).crossed
        _finish(place)
        assert service(buyer.scope, instance).state == "soft_deleted"
        commands.recover_instance(buyer.scope, instance)
        crossed = max(crossed, run_until_killed(place, engine, at, work).crossed)
        _finish(place)
        assert service(buyer.scope, instance).state == "ready"
        assert list(engine.simulated) == [machine]
        commands.erase_instance(buyer.scope, instance)
        _finish(place)
        if crossed < at:
            break
    assert at > 15
