"""Services that go back to their backups, and to no instant between them; what is restored is all that they run."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.support.killing import run_until_killed
from tests.support.reconciling import order, settle, work
from tests.support.vault import Vault
from tests.support.world import Customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.ordering.commands import RestoreDetails, restore
from souk.ordering.queries import order as find_order
from souk.provisioning import commands, errors
from souk.provisioning.queries import backups, operations, service
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def instance(kept: Vault, place: Ground, buyer: Customer) -> UUID:
    """A service with three backups, an hour between them."""
    kept.backups_only = kept.replaces_system = True
    made = order(buyer)
    settle(place)
    start = clock.now()
    for hour in range(3):
        with clock.at(start + timedelta(hours=hour)):
            commands.back_up_instance(buyer.scope, made)
            settle(place)
    return made


@pytest.fixture
def second(buyer: Customer, instance: UUID) -> datetime:
    """When the second backup had finished."""
    found = backups(buyer.scope, instance)
    assert not found.any_instant
    assert len(found.instants) == 3
    return found.instants[1]


def test_a_new_service_begins_with_the_backup_that_was_chosen(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, second: datetime
) -> None:
    made = restore(buyer.scope, RestoreDetails(instance, "copie", second.replace(microsecond=0)))
    settle(place)
    row = service(buyer.scope, find_order(buyer.scope, made).instance_id)
    assert row.state == "ready"
    assert kept.restored[str(row.hostname)][1] == second


@pytest.mark.parametrize("seconds", [-7200, -1, 1, 3600])
def test_an_instant_at_which_no_backup_had_finished_is_refused_with_the_newest(
    buyer: Customer, instance: UUID, second: datetime, seconds: int
) -> None:
    until = second + timedelta(seconds=seconds, minutes=seconds > 1)
    with pytest.raises(errors.NotABackup):
        restore(buyer.scope, RestoreDetails(instance, "copie", until))
    with pytest.raises(errors.NotABackup):
        commands.restore_in_place(buyer.scope, instance, until)


def test_its_source_is_asked_for_nothing_more(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, second: datetime
) -> None:
    kept.told.clear()
    restore(buyer.scope, RestoreDetails(instance, "copie", second))
    settle(place)
    assert service(buyer.scope, instance).address not in kept.told


def test_it_is_restored_in_place_and_that_is_undone(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, second: datetime
) -> None:
    before = service(buyer.scope, instance)
    commands.restore_in_place(buyer.scope, instance, second)
    settle(place)
    after = service(buyer.scope, instance)
    assert (after.state, after.hostname) == ("ready", before.hostname)
    assert after.address != before.address
    assert kept.restored[str(after.hostname)][1] == second
    commands.undo_restore(buyer.scope, instance)
    settle(place)
    assert service(buyer.scope, instance).address == before.address


def test_killed_anywhere_on_the_way_it_ends_restored(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID, second: datetime, engine: MemoryEngine
) -> None:
    at = 0
    while True:
        at += 9
        commands.restore_in_place(buyer.scope, instance, second, give_up_way_back=at > 9)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        restored = [row for row in operations(buyer.scope, instance) if row.kind == "restore"]
        assert restored[0].state == "succeeded"
        assert service(buyer.scope, instance).state == "ready"
        if crossed < at:
            break
    assert at > 40


def test_what_was_restored_is_read_before_anything_runs_on_it(
    kept: Vault, place: Ground, buyer: Customer, instance: UUID
) -> None:
    commands.prove_backups(buyer.scope, instance)
    settle(place)
    proof = operations(buyer.scope, instance)[0]
    steps = [line["step"] for line in proof.log]
    assert (proof.kind, proof.state) == ("prove", "succeeded")
    assert steps.index("restore") < steps.index("read") < steps.index("configure")
    assert "attach" not in steps
