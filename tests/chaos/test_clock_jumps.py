"""The business clock jumping to and fro, by seconds and by days, while services are ordered, changed and deleted."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.invariants import hold
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import Problem
from souk.provisioning import commands

pytestmark = pytest.mark.chaos
JUMPS = int(os.environ.get("SOUK_CHAOS_CLOCK_JUMPS", "200"))
SEED = int(os.environ.get("SOUK_SEED", "20261126"))
FAR = [timedelta(seconds=1), timedelta(minutes=7), timedelta(hours=5), timedelta(days=2), timedelta(days=40)]


def test_a_clock_that_jumps_bills_nothing_twice_and_loses_no_service(
    own_database: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    engine, buyer = MemoryEngine(), customer()
    place = reconciling.ground(tmp_path, engine)
    # Nothing was for sale before this database was.
    real = clock.now() + max(FAR)
    wanted: set[UUID] = set()
    for number in range(JUMPS):
        with clock.at(_jumped(chance, real)):
            _act(chance, buyer, wanted, number)
            forget_leases()
            work(place, rounds=50)
            catch_up()
    with clock.at(real + max(FAR)):
        for instance in wanted:
            commands.start_instance(buyer.scope, instance)
        for _ in range(3):
            forget_leases()
            work(place, rounds=200)
        hold(engine, buyer, wanted)
    record_property("clock jumps", JUMPS)
    record_property("services at the end", len(wanted))
    record_property("seed", SEED)


def _jumped(chance: random.Random, real: datetime) -> datetime:
    return real + chance.choice([1, -1]) * chance.choice(FAR) * chance.random()


def _act(chance: random.Random, buyer: Customer, wanted: set[UUID], number: int) -> None:
    if len(wanted) < 2 or chance.random() < 0.2:
        wanted.add(order(buyer, name=f"n{number}"))
        return
    one = chance.choice(sorted(wanted))
    acts: list[Callable[[], object]] = [
        lambda: commands.stop_instance(buyer.scope, one),
        lambda: commands.start_instance(buyer.scope, one),
        lambda: commands.restart_instance(buyer.scope, one),
        lambda: commands.rotate_binding(buyer.scope, one, "default", timedelta(hours=1)),
        lambda: (commands.erase_instance(buyer.scope, one), wanted.discard(one)),
    ]
    try:
        chance.choices(acts, [3, 3, 2, 1, 1])[0]()
    except Problem:
        return
