"""What a service sent, told from the counters of the machines that carried it one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.vault import vault
from tests.support.world import Customer, customer

from souk.engines.contract import Usage
from souk.kernel import clock
from souk.kernel.scope import System
from souk.metering.commands import take_samples
from souk.metering.queries import samples
from souk.provisioning import commands
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import machines
from souk.provisioning.reconciler import records, trials
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.registry import blueprint

SYSTEM = System("test")
MIB = 1024**2


@pytest.fixture
def place(own_database: str, tmp_path: Path) -> Iterator[Ground]:
    with vault():
        ensure_storage()
        yield reconciling.ground(tmp_path)


@pytest.fixture
def buyer(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def instance(place: Ground, buyer: Customer) -> UUID:
    """A service with a backup."""
    made = reconciling.order(buyer)
    reconciling.work(place)
    commands.back_up_instance(buyer.scope, made)
    reconciling.forget_leases()
    reconciling.work(place)
    catch_up()
    return made


def _sample(instance: UUID, counter: int, role: str = "primary") -> None:
    """Sample the machine of a role, whose counter shows that many bytes."""
    (name,) = [each.name for each in machines(SYSTEM) if (each.instance_id, each.role) == (instance, role)]
    take_samples([Usage(name, MIB, counter, 1.0, MIB)])


def _sent(instance: UUID) -> int:
    return sum(row.egress for row in samples(SYSTEM, instance, clock.now() - timedelta(days=1)))


def test_a_machine_on_which_a_backup_is_tried_out_neither_counts_nor_makes_the_other_count_twice(
    place: Ground, instance: UUID
) -> None:
    already = _sent(instance)
    _sample(instance, 500 * MIB)
    subject = records.load(instance)
    trials.begin(place.engine, subject, blueprint("example"), epoch=1)
    _sample(instance, 3 * MIB, "proof")
    _sample(instance, 501 * MIB)
    assert _sent(instance) - already == 501 * MIB


def test_after_a_restore_in_place_each_machine_counts_what_it_sent_itself(
    place: Ground, buyer: Customer, instance: UUID
) -> None:
    already = _sent(instance)
    _sample(instance, 500 * MIB)
    commands.restore_in_place(buyer.scope, instance, clock.now())
    reconciling.work(place)
    _sample(instance, 2 * MIB)
    _sample(instance, 600 * MIB, "former")
    _sample(instance, 5 * MIB)
    assert _sent(instance) - already == 605 * MIB
