"""A worker killed around every request and every record of it: the next one reaches the same end, with one store at the
vendor and no credentials that nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock
from uuid import UUID

from tests.support import selling
from tests.support.killing import Executioner, Killed, moments
from tests.support.reconciling import forget_leases, work
from tests.support.selling import Vendor, ordered, seen
from tests.support.world import Customer

from souk.brokers import calling
from souk.brokers.producing import bindings as bound
from souk.brokers.producing import leaving, rows, services
from souk.provisioning import commands
from souk.provisioning.queries import bindings, operations, service
from souk.provisioning.reconciler import records
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.lease import Lease

_RECORDS = ("load", "set_state", "converged", "erased", "log_step", "note_step", "waits", "plan_refused")
_MOVES = (rows, services, bound, leaving)


def killed(place: Ground, at: int) -> Executioner:
    """Work as a worker that dies at its `at`-th boundary (0: never)."""
    executioner = Executioner(at)
    patches = [mock.patch.object(records, name, executioner.around(getattr(records, name))) for name in _RECORDS]
    patches += [mock.patch.object(Lease, name, executioner.around(getattr(Lease, name))) for name in ("renew", "hold")]
    patches += [
        mock.patch.object(calling, name, executioner.around(getattr(calling, name))) for name in ("ask", "poll")
    ]
    move = executioner.around(rows.move)
    patches += [mock.patch.object(room, "move", move) for room in _MOVES]
    for patch in patches:
        patch.start()
    try:
        work(place)
    except Killed:
        pass
    finally:
        for patch in patches:
            patch.stop()
    return executioner


def finish(place: Ground, times: int = 4) -> None:
    """What other workers do later."""
    for _ in range(times):
        forget_leases()
        work(place)


def at_every_boundary(attempt: Callable[[int], int]) -> int:
    """Attempt with a worker that dies at the first boundary, the second, …, until one crosses them all."""
    at = 1
    while attempt(at) >= at:
        at += 1
    return at


def test_killed_anywhere_in_a_creation_there_is_one_store(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    def attempt(at: int) -> int:
        instance = selling.order(buyer, name=f"n{at}")
        crossed = killed(place, at).crossed
        finish(place)
        row = service(buyer.scope, instance)
        assert (row.state, row.trouble, len(vendor.instances)) == ("ready", "", 1)
        assert [each.state for each in operations(buyer.scope, instance)] == ["succeeded"]
        commands.delete_instance(buyer.scope, instance)
        finish(place)
        assert vendor.instances == {}
        return crossed

    assert at_every_boundary(attempt) > 10


def test_killed_anywhere_in_a_slow_creation_there_is_one_store(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    vendor.told(asynchronous=True)

    def attempt(at: int) -> int:
        instance = selling.order(buyer, name=f"n{at}")
        crossed = killed(place, at).crossed
        forget_leases()
        crossed += killed(place, at).crossed
        finish(place)
        assert (service(buyer.scope, instance).state, len(vendor.instances)) == ("ready", 1)
        commands.delete_instance(buyer.scope, instance)
        finish(place)
        assert (service(buyer.scope, instance).state, vendor.instances) == ("deleted", {})
        return crossed // 2

    assert at_every_boundary(attempt) > 5


def test_killed_anywhere_while_credentials_are_made_those_that_are_shown_are_all_there_are(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    instance = ordered(place, buyer)

    def attempt(at: int) -> int:
        commands.create_binding(buyer.scope, instance, "shop")
        crossed = killed(place, at).crossed
        finish(place)
        (made,) = vendor.bindings.values()
        assert seen(buyer, instance, "shop").password == made["password"]
        commands.revoke_binding(buyer.scope, instance, "shop")
        finish(place)
        assert (vendor.bindings, bindings(buyer.scope, instance)) == ({}, [])
        return crossed

    assert at_every_boundary(attempt) > 5


def test_killed_anywhere_in_a_deletion_nothing_is_left(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    def attempt(at: int) -> int:
        instance = ordered(place, buyer, name=f"n{at}")
        commands.create_binding(buyer.scope, instance, "shop")
        work(place)
        commands.delete_instance(buyer.scope, instance)
        crossed = killed(place, at).crossed
        finish(place)
        assert service(buyer.scope, instance).state == "deleted"
        assert (vendor.instances, vendor.bindings) == ({}, {})
        return crossed

    assert at_every_boundary(attempt) > 8


def test_killed_at_random_with_a_vendor_that_fails_at_random_nothing_is_made_twice(
    place: Ground, vendor: Vendor, broker: UUID, buyer: Customer
) -> None:
    moment = moments(seed=20261126, most=14)
    for number in range(6):
        # It makes the store, and says that it did not.
        vendor.fails("provision", {"status": 500, "done": True})
        instance = selling.order(buyer, name=f"n{number}")
        for _ in range(4):
            forget_leases()
            killed(place, moment())
        finish(place)
        assert (service(buyer.scope, instance).state, len(vendor.instances)) == ("ready", 1)
        commands.delete_instance(buyer.scope, instance)
        finish(place)
        assert vendor.instances == {}
