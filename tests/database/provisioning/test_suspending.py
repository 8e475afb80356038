"""The operator suspends a service: it stops, its customer sees why and can't start it, and it comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import order, settle, work
from tests.support.world import Customer, operator

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.trail import search
from souk.metering.queries import intervals
from souk.provisioning import commands, errors
from souk.provisioning.commands import Suspension
from souk.provisioning.queries import operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare

STRIDE = stride(3)


@pytest.fixture
def instance(place: Ground, buyer: Customer) -> UUID:
    made = order(buyer)
    settle(place)
    return made


def _suspend(place: Ground, instance: UUID) -> None:
    commands.suspend_instance(operator(), instance, Suspension.UNPAID, "Facture 2026-0042")
    settle(place)


def _status(engine: MemoryEngine) -> MachineStatus:
    (machine,) = engine.machines()
    return machine.status


def test_it_stops_and_its_customer_sees_why(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    _suspend(place, instance)
    row = service(buyer.scope, instance)
    assert (row.state, row.suspension, row.suspension_note) == ("suspended", "unpaid", "Facture 2026-0042")
    assert _status(engine) == MachineStatus.STOPPED
    assert compare(engine).instances == []
    newest = operations(buyer.scope, instance)[0]
    assert (newest.kind, newest.state) == ("suspend", "succeeded")


@pytest.mark.parametrize(
    "ask",
    [
        commands.start_instance,
        commands.stop_instance,
        commands.restart_instance,
        commands.update_instance,
        lambda scope, service: commands.create_binding(scope, service, "rapports"),
        lambda scope, service: commands.change_parameters(scope, service, {"flavour": "mint"}),
    ],
)
def test_its_customer_can_neither_start_nor_change_it(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine, ask: Callable[..., object]
) -> None:
    _suspend(place, instance)
    with pytest.raises(errors.ServiceSuspended):
        ask(buyer.scope, instance)
    settle(place)
    assert _status(engine) == MachineStatus.STOPPED


def test_what_runs_is_charged_until_then_and_again_from_its_end_on(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    start = service(buyer.scope, instance).created_at
    _suspend(place, instance)
    commands.resume_instance(operator(), instance)
    settle(place)
    found = intervals(buyer.scope, instance, start, clock.now())
    assert [row.meter for row in found] == ["running", "stopped", "running"]


@pytest.mark.parametrize("before", ["ready", "stopped"])
def test_it_comes_back_as_it_was(place: Ground, buyer: Customer, instance: UUID, before: str) -> None:
    if before == "stopped":
        commands.stop_instance(buyer.scope, instance)
        settle(place)
    _suspend(place, instance)
    commands.resume_instance(operator(), instance)
    settle(place)
    row = service(buyer.scope, instance)
    assert (row.state, row.suspension, row.suspension_note) == (before, "", "")


def test_a_deletion_is_no_way_around_it(place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine) -> None:
    _suspend(place, instance)
    commands.delete_instance(buyer.scope, instance)
    settle(place)
    assert service(buyer.scope, instance).state == "soft_deleted"
    commands.recover_instance(buyer.scope, instance)
    settle(place)
    assert service(buyer.scope, instance).state == "suspended"
    assert _status(engine) == MachineStatus.STOPPED
    commands.resume_instance(operator(), instance)
    settle(place)
    assert service(buyer.scope, instance).state == "ready"


def test_it_is_suspended_once_and_ended_once(place: Ground, instance: UUID) -> None:
    with pytest.raises(errors.NotSuspended):
        commands.resume_instance(operator(), instance)
    _suspend(place, instance)
    with pytest.raises(errors.SuspendedAlready):
        commands.suspend_instance(operator(), instance, Suspension.ABUSE)


def test_the_audit_trail_says_who_and_when(place: Ground, instance: UUID) -> None:
    engineer = operator()
    commands.suspend_instance(engineer, instance, Suspension.ABUSE)
    commands.resume_instance(engineer, instance)
    found = {row.action: row for row in search(engineer)}
    for action in ("service.suspend_requested", "service.resume_requested"):
        assert str(engineer.person) in found[action].actor


def test_killed_anywhere_it_ends_suspended_and_running_again(
    place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    at = 0
    while True:
        at += STRIDE
        commands.suspend_instance(operator(), instance, Suspension.OTHER)
        first = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert service(buyer.scope, instance).state == "suspended"
        assert _status(engine) == MachineStatus.STOPPED
        commands.resume_instance(operator(), instance)
        second = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert service(buyer.scope, instance).state == "ready"
        if max(first, second) < at:
            break
