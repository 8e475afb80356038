"""A real worker on a real engine, killed at random moments: the same end, one machine each, no orphan."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pytest
from tests.engine.reconciler.conftest import Shop
from tests.support.world import operator

from souk.provisioning import commands
from souk.provisioning.queries import machines, service, services

pytestmark = pytest.mark.engine

KILLS = int(os.environ.get("SOUK_KILLS", "5"))
SEED = int(os.environ.get("SOUK_SEED", "20261123"))
PATIENCE = 120.0


def until(true: Callable[..., object], patience: float = PATIENCE) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False


def test_services_survive_the_kills_of_their_worker(shop: Shop) -> None:
    chance = random.Random(SEED)
    instances = [shop.order(f"n{number}") for number in range(3)]
    for _ in range(KILLS):
        shop.worker.start()
        time.sleep(chance.uniform(0.8, 4.0))
        shop.worker.kill()
    shop.worker.start()
    scope = shop.buyer.scope
    assert until(lambda: all(service(scope, instance).state == "ready" for instance in instances)), shop.worker.log
    assert shop.made() == {row.name for row in machines(operator())}
    assert len(shop.made()) == len(instances)

    for instance in instances:
        commands.erase_instance(scope, instance)
    for _ in range(2):
        time.sleep(chance.uniform(0.05, 1.0))
        shop.worker.kill()
        shop.worker.start()
    assert until(lambda: services(scope) == []), shop.worker.log
    assert shop.made() == set()
