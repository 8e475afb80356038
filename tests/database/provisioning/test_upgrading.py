"""A service goes on with another major version: a successor converts the data, takes over, and can be left again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import order, settle, work
from tests.support.succession import Succeeding
from tests.support.vault import ExampleUpgrader, Vault, vault
from tests.support.world import Customer

from souk.engines.contract import MachineStatus
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.ordering.commands import RestoreDetails, restore
from souk.ordering.queries import order as placed
from souk.provisioning import commands, errors, registry
from souk.provisioning.contract import Obstacle
from souk.provisioning.models import ServiceInstance
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import OperationRow, backups, machines, operation, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.versions import versions
from souk.provisioning.windows import Window, opening

STRIDE = stride(7)


@pytest.fixture
def kept(place: Ground, engine: MemoryEngine) -> Iterator[Vault]:
    """A site whose services keep backups, go over to other machines, and have two versions."""
    with vault(Succeeding(engine)) as kept:
        ensure_storage()
        work(place)
        yield kept


@pytest.fixture
def instance(kept: Vault, place: Ground, buyer: Customer) -> UUID:
    """A service of the older version, whose upgrade was tried out."""
    made = order(buyer)
    with acting(System("test")):
        ServiceInstance.objects.filter(id=made).update(parameters={"version": "1"})
    settle(place, 3)
    commands.back_up_instance(buyer.scope, made)
    settle(place, 3)
    commands.rehearse_upgrade(buyer.scope, made, "2")
    settle(place, 3)
    return made


def upgrade(place: Ground, buyer: Customer, instance: UUID, **more: bool) -> OperationRow:
    asked = commands.upgrade_instance(buyer.scope, instance, "2", **more)
    settle(place, 3)
    return operation(buyer.scope, asked)


def roles(buyer: Customer, instance: UUID) -> dict[str, str]:
    return {each.role: each.name for each in machines(buyer.scope) if each.instance_id == instance}


def there(engine: MemoryEngine, buyer: Customer, instance: UUID) -> dict[str, MachineStatus]:
    label = service(buyer.scope, instance).label
    return {each.name: each.status for each in engine.machines() if each.name.startswith(label)}


def rows(instance_machine: str) -> list[int]:
    example = registry.blueprint("example")
    assert isinstance(example, Succeeding)
    return example.line.rows[instance_machine]


def test_a_successor_converts_the_data_and_takes_over_and_the_machine_before_rests(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before, former = service(buyer.scope, instance), roles(buyer, instance)["primary"]
    done = upgrade(place, buyer, instance)
    assert done.state == "succeeded"
    assert (done.result["version_before"], done.result["version"]) == ("1", "2")
    assert done.result["interruption"] >= 0
    after, now = service(buyer.scope, instance), roles(buyer, instance)
    assert now["former"] == former
    assert (after.state, after.hostname, after.parameters["version"]) == ("ready", before.hostname, "2")
    assert after.address != before.address
    assert str(after.address) in kept.upgrader.converted
    assert there(engine, buyer, instance) == {former: MachineStatus.STOPPED, now["primary"]: MachineStatus.RUNNING}
    assert rows(now["primary"]) == rows(former) != []
    assert backups(buyer.scope, instance).way_back_until is not None
    assert versions(buyer.scope, instance).present == "2"
    with pytest.raises(errors.NotNewer):
        commands.rehearse_upgrade(buyer.scope, instance, "2")


def test_an_upgrade_that_fails_leaves_the_service_as_it_is(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before, machine = service(buyer.scope, instance), roles(buyer, instance)
    kept.upgrader.obstacles = [Obstacle("Since the rehearsal, a type came that is gone.")]
    done = upgrade(place, buyer, instance)
    assert (done.state, "report" in done.trouble) == ("failed", True)
    after = service(buyer.scope, instance)
    assert (after.state, after.address, after.parameters) == ("ready", before.address, {"version": "1"})
    assert roles(buyer, instance) == machine
    assert list(there(engine, buyer, instance).values()) == [MachineStatus.RUNNING]


def test_killed_anywhere_on_the_way_an_upgrade_ends_with_one_machine_that_serves_and_one_that_rests(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    at = 1
    while True:
        at += STRIDE
        asked = commands.upgrade_instance(buyer.scope, instance, "2", give_up_way_back=True)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place, 3)
        assert operation(buyer.scope, asked).state == "succeeded"
        now = roles(buyer, instance)
        assert set(now) == {"primary", "former"}
        assert there(engine, buyer, instance) == {
            now["primary"]: MachineStatus.RUNNING,
            now["former"]: MachineStatus.STOPPED,
        }
        assert rows(now["primary"]) == rows(now["former"])
        row = service(buyer.scope, instance)
        assert (row.state, row.parameters["version"]) == ("ready", "2")
        if crossed < at:
            break
        with acting(System("test")):
            ServiceInstance.objects.filter(id=instance).update(parameters={"version": "1"})
    assert at > 60


def test_undone_within_a_day_it_has_the_version_and_the_machine_of_then_and_back_again(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, engine: MemoryEngine
) -> None:
    before, first = service(buyer.scope, instance), roles(buyer, instance)["primary"]
    upgrade(place, buyer, instance)
    upgraded, second = service(buyer.scope, instance), roles(buyer, instance)["primary"]
    for expected, version, machine in ((before, "1", first), (upgraded, "2", second)):
        commands.undo_restore(buyer.scope, instance)
        settle(place, 3)
        now = service(buyer.scope, instance)
        assert (now.state, now.address, now.parameters["version"]) == ("ready", expected.address, version)
        assert roles(buyer, instance)["primary"] == machine
    assert set(there(engine, buyer, instance).values()) == {MachineStatus.RUNNING, MachineStatus.STOPPED}


def test_what_was_before_an_upgrade_is_restored_with_the_version_of_then(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    until = clock.now()
    upgrade(place, buyer, instance)
    with pytest.raises(errors.BeforeUpgrade, match="1"):
        commands.restore_in_place(buyer.scope, instance, until, give_up_way_back=True)
    asked = restore(buyer.scope, RestoreDetails(instance, "avant", until))
    copy = service(buyer.scope, placed(buyer.scope, asked).instance_id)
    assert copy.parameters["version"] == "1"
    asked = restore(buyer.scope, RestoreDetails(instance, "après"))
    assert service(buyer.scope, placed(buyer.scope, asked).instance_id).parameters["version"] == "2"


def test_an_upgrade_waits_for_its_window_and_for_the_next_if_it_was_missed(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    in_three_days = Window((clock.now().weekday() + 3) % 7, 3, 2)
    commands.change_window(buyer.scope, instance, in_three_days)
    asked = commands.upgrade_instance(buyer.scope, instance, "2", in_window=True)
    found = versions(buyer.scope, instance)
    settle(place, 3)
    assert operation(buyer.scope, asked).state == "queued"
    with clock.at(found.closes_at + timedelta(hours=1)):
        settle(place, 3)
        assert operation(buyer.scope, asked).state == "queued"
    following = opening(found.window, found.zone, found.closes_at + timedelta(hours=1))
    with clock.at(following.begins + timedelta(minutes=1)):
        settle(place, 3)
        assert operation(buyer.scope, asked).state == "succeeded"


def test_an_upgrade_does_not_take_a_way_back_unasked(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    commands.restore_in_place(buyer.scope, instance, clock.now())
    settle(place, 3)
    with pytest.raises(errors.WayBackKept):
        commands.upgrade_instance(buyer.scope, instance, "2")
    assert isinstance(registry.blueprint("example").upgrader, ExampleUpgrader)
    assert upgrade(place, buyer, instance, give_up_way_back=True).state == "succeeded"
