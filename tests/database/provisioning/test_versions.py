"""Major versions: an upgrade is tried out on a copy first, and only one that went well may follow."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import forget_leases, order, work
from tests.support.vault import Vault
from tests.support.world import Customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning import commands, errors
from souk.provisioning.contract import Obstacle
from souk.provisioning.models import Operation, ServiceInstance
from souk.provisioning.queries import OperationRow, machines, operation, operations, service
from souk.provisioning.reconciler import lease
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.versions import versions
from souk.provisioning.windows import Window

STRIDE = stride(7)


@pytest.fixture
def instance(kept: Vault, place: Ground, buyer: Customer) -> UUID:
    """A service of the older version, with a backup."""
    made = order(buyer)
    with acting(System("test")):
        ServiceInstance.objects.filter(id=made).update(parameters={"version": "1"})
    settle(place)
    commands.back_up_instance(buyer.scope, made)
    settle(place)
    return made


def settle(place: Ground) -> None:
    for _ in range(2):
        forget_leases()
        work(place, rounds=200)


def rehearse(place: Ground, buyer: Customer, instance: UUID) -> OperationRow:
    asked = commands.rehearse_upgrade(buyer.scope, instance, "2")
    settle(place)
    return operation(buyer.scope, asked)


def roles(buyer: Customer, instance: UUID) -> dict[str, str]:
    return {each.role: each.name for each in machines(buyer.scope) if each.instance_id == instance}


def test_a_rehearsal_reports_what_it_did_and_leaves_the_service_as_it_is(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before = service(buyer.scope, instance)
    done = rehearse(place, buyer, instance)
    assert done.state == "succeeded"
    assert (done.result["version_before"], done.result["version"]) == ("1", "2")
    assert done.result["before"] == done.result["after"]
    assert done.result["extensions"] == [{"database": "main", "extension": "trigram", "before": "1.0", "after": "1.1"}]
    assert done.result["seconds"] == {"convert": 1.5, "learn": 0.5}
    after = service(buyer.scope, instance)
    assert (after.state, after.address, after.parameters) == ("ready", before.address, {"version": "1"})
    assert list(roles(buyer, instance)) == ["primary"]
    assert before.address not in kept.upgrader.converted


def test_what_stands_in_the_way_is_reported_and_no_upgrade_follows(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    kept.upgrader.obstacles = [Obstacle("A column has a type that is gone.", ["main.table.column"])]
    done = rehearse(place, buyer, instance)
    assert done.state == "failed"
    assert "report" in done.trouble
    assert done.result["obstacles"] == [{"text": "A column has a type that is gone.", "found": ["main.table.column"]}]
    with pytest.raises(errors.NotRehearsed):
        commands.upgrade_instance(buyer.scope, instance, "2")
    assert list(roles(buyer, instance)) == ["primary"]
    told = versions(buyer.scope, instance)
    assert told.rehearsed_at is None
    assert [row.state for row in told.rehearsals] == ["failed"]


def test_versions_that_cannot_be_reached_are_refused_with_those_that_can(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    for command in (commands.rehearse_upgrade, commands.upgrade_instance):
        with pytest.raises(errors.UnknownVersion, match="2, 1"):
            command(buyer.scope, instance, "3")
        with pytest.raises(errors.NotNewer):
            command(buyer.scope, instance, "1")
    with pytest.raises(errors.NotRehearsed):
        commands.upgrade_instance(buyer.scope, instance, "2")


def test_a_rehearsal_counts_for_a_week(kept: Vault, place: Ground, buyer: Customer, instance: UUID) -> None:
    rehearse(place, buyer, instance)
    assert versions(buyer.scope, instance).rehearsed_at is not None
    with clock.at(clock.now() + timedelta(days=8)), pytest.raises(errors.NotRehearsed):
        commands.upgrade_instance(buyer.scope, instance, "2")


def test_killed_anywhere_a_rehearsal_ends_with_its_report_and_without_its_machine(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    at = 1
    while True:
        at += STRIDE
        asked = commands.rehearse_upgrade(buyer.scope, instance, "2")
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert operation(buyer.scope, asked).state == "succeeded"
        assert list(roles(buyer, instance)) == ["primary"]
        label = service(buyer.scope, instance).label
        assert len([each for each in engine.machines() if each.name.startswith(label)]) == 1
        if crossed < at:
            break
    assert at > 20


def test_a_window_is_chosen_and_what_waits_for_it_holds_up_nothing(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    rehearse(place, buyer, instance)
    weekday = (clock.now().weekday() + 3) % 7
    commands.change_window(buyer.scope, instance, Window(weekday, 3, 2))
    told = versions(buyer.scope, instance)
    assert (told.window, told.window_chosen) == (Window(weekday, 3, 2), True)
    asked = commands.upgrade_instance(buyer.scope, instance, "2", in_window=True)
    backup = commands.back_up_instance(buyer.scope, instance)
    settle(place)
    assert operation(buyer.scope, asked).state == "queued"
    assert operation(buyer.scope, backup).state == "succeeded"
    commands.change_window(buyer.scope, instance, None)
    with acting(System("test")):
        begins = Operation.objects.values_list("not_before", flat=True).get(id=asked)
    assert begins == versions(buyer.scope, instance).opens_at
    assert len(lease.claim(5)) == 1
    forget_leases()
    commands.cancel_operation(buyer.scope, asked)
    settle(place)
    assert [row.state for row in operations(buyer.scope, instance) if row.id == asked] == ["cancelled"]
    with pytest.raises(errors.InvalidWindow):
        commands.change_window(buyer.scope, instance, Window(7, 3, 2))
