"""The full fault counts: workers killed hundreds of times, one end state. `make chaos` runs these and prints the count.

No failure in N kills bounds the chance of one per kill below 3/N, with 95 % confidence.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support import reconciling
from tests.support.killing import run_until_killed
from tests.support.reconciling import forget_leases, order, work
from tests.support.world import customer, operator

from souk.engines.memory import MemoryEngine
from souk.provisioning import commands
from souk.provisioning.queries import machines, service
from souk.provisioning.reconciler.resync import compare

pytestmark = pytest.mark.chaos

KILLS = int(os.environ.get("SOUK_CHAOS_KILLS", "500"))
SEED = int(os.environ.get("SOUK_SEED", "20261123"))


def test_five_hundred_kills_lose_nothing_and_double_nothing(
    own_database: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    engine = MemoryEngine()
    place = reconciling.ground(tmp_path, engine)
    buyer = customer()
    killed, round_ = 0, 0
    while killed < KILLS:
        round_ += 1
        instance = order(buyer, name=f"n{round_}")
        for _ in range(chance.randint(1, 4)):
            forget_leases()
            at = chance.randint(1, 30)
            killed += run_until_killed(place, engine, at, work).crossed >= at
        _finish(place)
        assert service(buyer.scope, instance).state == "ready", f"seed {SEED}, round {round_}"
        assert len(engine.machines()) == 1, f"seed {SEED}, round {round_}"
        drift = compare(engine)
        assert (drift.instances, drift.orphans) == ([], []), f"seed {SEED}, round {round_}"
        commands.erase_instance(buyer.scope, instance)
        for _ in range(chance.randint(1, 3)):
            forget_leases()
            at = chance.randint(1, 20)
            killed += run_until_killed(place, engine, at, work).crossed >= at
        _finish(place)
        assert engine.machines() == [], f"seed {SEED}, round {round_}"
        assert machines(operator()) == [], f"seed {SEED}, round {round_}"
    record_property("worker kills in memory", killed)
    record_property("seed", SEED)
    print(f"\n{killed} kills in {round_} creations and deletions, seed {SEED}: 0 lost, 0 doubled, 0 orphans")


def _finish(place: reconciling.Ground) -> None:
    for _ in range(3):
        forget_leases()
        work(place)
