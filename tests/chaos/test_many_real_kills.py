"""Fifty real kills of a real worker on a real engine."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pytest
from tests.engine.conftest import image, incus
from tests.engine.reconciler.conftest import Shop, shop
from tests.engine.reconciler.test_killed_for_real import until
from tests.support.world import operator

from souk.provisioning import commands
from souk.provisioning.queries import machines, service, services

__all__ = ["image", "incus", "shop"]
pytestmark = [pytest.mark.chaos, pytest.mark.engine]

KILLS = int(os.environ.get("SOUK_CHAOS_REAL_KILLS", "50"))
SEED = int(os.environ.get("SOUK_SEED", "20261123"))


def test_fifty_real_kills_lose_nothing_and_double_nothing(
    shop: Shop, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    scope = shop.buyer.scope
    killed, round_ = 0, 0
    while killed < KILLS:
        round_ += 1
        instances = [shop.order(f"n{round_}-{number}") for number in range(2)]
        for _ in range(4):
            shop.worker.start()
            time.sleep(chance.uniform(0.6, 4.0))
            shop.worker.kill()
            killed += 1
        shop.worker.start()
        assert until(lambda: all(service(scope, instance).state == "ready" for instance in instances)), shop.worker.log  # noqa: B023
        assert shop.made() == {row.name for row in machines(operator())}, f"seed {SEED}, round {round_}"
        assert len(shop.made()) == 2, f"seed {SEED}, round {round_}"
        for instance in instances:
            commands.erase_instance(scope, instance)
        time.sleep(chance.uniform(0.05, 1.0))
        shop.worker.kill()
        killed += 1
        shop.worker.start()
        assert until(lambda: services(scope) == []), shop.worker.log
        shop.worker.kill()
        killed += 1
        assert shop.made() == set(), f"seed {SEED}, round {round_}"
    record_property("worker kills", killed)
    record_property("seed", SEED)
    print(f"\n{killed} real kills in {round_} rounds, seed {SEED}: 0 lost, 0 doubled, 0 orphans")
