"""A stack is ordered, changed, billed and deleted as one, and its parts are seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import settle, work
from tests.support.stacks import order, parts, publish
from tests.support.world import GIB, Customer, customer, operator, some_capacity

from souk.billing import invoicing
from souk.billing import queries as billing
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.ordering import queries as orders
from souk.parties.models import Organization
from souk.provisioning import commands, errors
from souk.provisioning.models import Suspension
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import capacity, sites

START = datetime(2028, 3, 2, 8, 0, tzinfo=UTC)


def _states(buyer: Customer, stack: UUID) -> set[str]:
    everything = [service(buyer.scope, stack), *parts(buyer, stack, with_deleted=True).values()]
    return {row.state for row in everything}


def test_one_order_makes_each_part_and_it_is_ready_once_they_are(place: Ground, buyer: Customer) -> None:
    stack = order(buyer, taste="mint")
    work(place, rounds=2)
    assert service(buyer.scope, stack).state == "provisioning"
    settle(place)
    assert _states(buyer, stack) == {"ready"}
    made = parts(buyer, stack)
    assert {name: row.name for name, row in made.items()} == {"site": "bureau-site", "files": "bureau-files"}
    assert {row.parameters["flavour"] for row in made.values()} == {"mint"}
    assert made["files"].parameters["more"] == ["photos"]
    (placed,) = orders.orders(buyer.scope)
    assert (placed.state, placed.offering_name) == ("fulfilled", "Bureau")


def test_only_the_stack_is_paid_for(place: Ground, buyer: Customer) -> None:
    with clock.at(START):
        order(buyer)
        settle(place)
    until = START + timedelta(hours=10)
    with clock.at(until):
        settle(place)
        invoice = billing.invoice(buyer.scope, invoicing.bill(System("billing"), buyer.organization, until))
    assert invoice.net_minor == 10 * 150
    assert [row.service_name for row in orders.subscriptions(buyer.scope)] == ["bureau"]


def test_without_room_for_one_part_nothing_is_ordered(place: Ground, buyer: Customer) -> None:
    some_capacity(memory=GIB)
    with pytest.raises(errors.NoCapacity):
        order(buyer)
    assert orders.orders(buyer.scope) == []
    assert capacity(sites()[0].id).memory == 0


def test_without_a_quota_for_each_part_nothing_is_ordered(place: Ground, buyer: Customer) -> None:
    with acting(System("test")):
        Organization.objects.filter(id=buyer.organization).update(instance_quota=2)
    with pytest.raises(errors.QuotaExceeded):
        order(buyer)
    assert orders.orders(buyer.scope) == []


def test_another_plan_is_reached_by_each_part_and_then_paid_for(place: Ground, buyer: Customer, stack: UUID) -> None:
    ordering.change_plan(buyer.scope, stack, "m")
    settle(place, times=3)
    assert {name: row.vcpus for name, row in parts(buyer, stack).items()} == {"site": 2, "files": 1}
    assert orders.subscription_of(buyer.scope, stack).plan_key == "m"
    assert _states(buyer, stack) == {"ready"}


def test_a_plan_that_one_part_can_not_have_is_refused_for_all(
    place: Ground, buyer: Customer, stack: UUID, engine: MemoryEngine
) -> None:
    ordering.change_plan(buyer.scope, stack, "l")
    settle(place, times=3)
    before = capacity(sites()[0].id)
    (full,) = [each for name, each in engine.simulated.items() if parts(buyer, stack)["files"].label in name]
    full.disk = 20 * GIB
    refused = ordering.change_plan(buyer.scope, stack, "s")
    settle(place, times=4)
    assert orders.order(buyer.scope, refused).state == "failed"
    assert "disk" in orders.order(buyer.scope, refused).reason
    assert orders.subscription_of(buyer.scope, stack).plan_key == "l"
    assert {row.vcpus for row in parts(buyer, stack).values()} == {2}
    assert capacity(sites()[0].id) == before
    assert _states(buyer, stack) == {"ready"}


def test_an_answer_reaches_the_parts_that_it_is_for(place: Ground, buyer: Customer, stack: UUID) -> None:
    asked = commands.change_parameters(buyer.scope, stack, {"taste": "mint"})
    settle(place, times=3)
    assert service(buyer.scope, stack).parameters == {"taste": "mint"}
    assert {row.parameters["flavour"] for row in parts(buyer, stack).values()} == {"mint"}
    assert {each.id: each.state for each in operations(buyer.scope, stack)}[asked] == "succeeded"


def test_deleted_it_is_kept_with_its_parts_and_comes_back_with_them(
    place: Ground, buyer: Customer, stack: UUID, engine: MemoryEngine
) -> None:
    machines = set(engine.simulated)
    commands.delete_instance(buyer.scope, stack)
    settle(place)
    assert _states(buyer, stack) == {"soft_deleted"}
    assert orders.subscription_of(buyer.scope, stack).state == "ended"
    commands.recover_instance(buyer.scope, stack)
    settle(place)
    assert _states(buyer, stack) == {"ready"}
    assert set(engine.simulated) == machines
    assert orders.subscription_of(buyer.scope, stack).state == "active"


def test_after_the_days_of_grace_nothing_is_left(
    place: Ground, buyer: Customer, stack: UUID, engine: MemoryEngine
) -> None:
    commands.delete_instance(buyer.scope, stack)
    settle(place)
    with clock.at(clock.now() + timedelta(days=31)):
        settle(place, times=4)
    assert _states(buyer, stack) == {"deleted"}
    assert engine.machines() == []
    assert capacity(sites()[0].id).memory == 0


def test_erased_nothing_is_left(place: Ground, buyer: Customer, stack: UUID, engine: MemoryEngine) -> None:
    commands.erase_instance(buyer.scope, stack)
    settle(place)
    assert _states(buyer, stack) == {"deleted"}
    assert engine.machines() == []
    assert capacity(sites()[0].id).memory == 0


def test_a_part_is_not_deleted_resized_or_restored_by_itself(place: Ground, buyer: Customer, stack: UUID) -> None:
    site = parts(buyer, stack)["site"].id
    for refused in (
        lambda: commands.delete_instance(buyer.scope, site),
        lambda: commands.erase_instance(buyer.scope, site),
        lambda: ordering.change_plan(buyer.scope, site, "m"),
        lambda: ordering.change_size(buyer.scope, site, extra_gib=10),
        lambda: ordering.set_ceiling(buyer.scope, site, 50),
        lambda: ordering.give_address(buyer.scope, site),
        lambda: ordering.restore(buyer.scope, ordering.RestoreDetails(site, "ailleurs")),
    ):
        with pytest.raises(errors.PartOfStack, match="bureau-site"):
            refused()


def test_what_takes_a_machine_is_asked_of_the_part(place: Ground, buyer: Customer, stack: UUID) -> None:
    with pytest.raises(errors.MadeOfParts):
        commands.restart_instance(buyer.scope, stack)
    with pytest.raises(errors.NoBindings):
        commands.create_binding(buyer.scope, stack, "appli")
    site = parts(buyer, stack)["site"].id
    commands.restart_instance(buyer.scope, site)
    commands.create_binding(buyer.scope, site, "appli")
    settle(place)
    assert _states(buyer, stack) == {"ready"}


def test_a_protected_part_keeps_the_stack_from_being_deleted(place: Ground, buyer: Customer, stack: UUID) -> None:
    commands.protect_instance(buyer.scope, parts(buyer, stack)["files"].id, True)
    with pytest.raises(errors.ServiceProtected, match="bureau-files"):
        commands.delete_instance(buyer.scope, stack)
    assert {row.desired for row in parts(buyer, stack).values()} == {"running"}


def test_a_suspension_stops_every_part_and_ends_for_those_that_it_stopped(
    place: Ground, buyer: Customer, stack: UUID
) -> None:
    engineer, made = operator(), parts(buyer, stack)
    commands.suspend_instance(engineer, made["files"].id, Suspension.ABUSE)
    settle(place)
    commands.suspend_instance(engineer, stack, Suspension.UNPAID, "Facture 12")
    settle(place)
    assert _states(buyer, stack) == {"suspended"}
    commands.resume_instance(engineer, stack)
    settle(place)
    assert {name: row.state for name, row in parts(buyer, stack).items()} == {"site": "ready", "files": "suspended"}
    assert service(buyer.scope, stack).state == "ready"


def test_nobody_else_sees_a_stack_or_its_parts(place: Ground, buyer: Customer, stack: UUID) -> None:
    other = customer("Autre SARL")
    assert parts(other, stack, with_deleted=True) == {}
    with pytest.raises(NotFound):
        service(other.scope, stack)


def test_what_was_bought_does_not_change_with_what_is_sold(place: Ground, buyer: Customer, stack: UUID) -> None:
    before = parts(buyer, stack)
    publish()
    commands.change_parameters(buyer.scope, stack, {"taste": "mint"})
    settle(place, times=3)
    assert {name: row.vcpus for name, row in parts(buyer, stack).items()} == {n: r.vcpus for n, r in before.items()}


def test_killed_at_every_boundary_it_is_made_once_and_leaves_nothing(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    at = 0
    while True:
        at += stride(4)
        stack = order(buyer, name=f"b{at}")
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place, times=3)
        assert _states(buyer, stack) == {"ready"}
        assert len(engine.machines()) == 2
        commands.erase_instance(buyer.scope, stack)
        run_until_killed(place, engine, at, work)
        settle(place, times=3)
        assert _states(buyer, stack) == {"deleted"}
        assert engine.machines() == []
        if crossed < at:
            break
    assert at > 40
