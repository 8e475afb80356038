"""The disk under all machines takes seconds for a write, again and again, while services are ordered and erased."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.chaos.test_engine_and_network_cuts import settled
from tests.engine.conftest import image, incus
from tests.engine.reconciler.conftest import Shop, shop
from tests.support.connecting import signed_in
from tests.support.invariants import hold
from tests.support.looping import until
from tests.support.writing import Writer

from souk.provisioning import commands
from souk.settings import namespace

__all__ = ["image", "incus", "shop"]
pytestmark = [pytest.mark.chaos, pytest.mark.engine]
STANDSTILLS = int(os.environ.get("SOUK_CHAOS_STANDSTILLS", "30"))
SEED = int(os.environ.get("SOUK_SEED", "20261126"))
LONGEST = 5.0
"""Seconds that a write waits at most: longer than a probe has patience."""


def test_a_disk_that_stands_still_for_seconds_loses_no_row_and_no_service(
    shop: Shop, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    shop.worker.start()
    used = shop.order("utilise")
    wanted = {used}
    assert until(lambda: settled(shop, wanted), 120), shop.worker.log
    stood = 0.0
    with signed_in(shop.buyer.scope, used) as options:
        with Writer(options) as writer:
            for number in range(STANDSTILLS):
                if len(wanted) < 3:
                    wanted.add(shop.order(f"n{number}"))
                elif chance.random() < 0.3:
                    gone = chance.choice(sorted(wanted - {used}))
                    wanted.discard(gone)
                    commands.erase_instance(shop.buyer.scope, gone)
                stood += _stand_still(chance.uniform(0.5, LONGEST))
                time.sleep(chance.uniform(0.2, 2.0))
            assert until(lambda: settled(shop, wanted), 240), f"seed {SEED}\n{shop.worker.log}"
        lost = writer.lost()
    hold(shop.engine, shop.buyer, wanted, mine="pg-")
    record_property("standstills", STANDSTILLS)
    record_property("seconds stood still", round(stood))
    record_property("longest without a row", round(max(writer.outages, default=0.0), 1))
    record_property("rows acknowledged", len(writer.acknowledged))
    record_property("rows lost", len(lost))
    record_property("seed", SEED)
    assert lost == set()


def _stand_still(seconds: float) -> float:
    """Freeze the pool's file system. A process of its own thaws it, which a killed test leaves at work."""
    pool = Path("/var/lib/incus/storage-pools") / namespace.current().pool
    freeze = f"fsfreeze --freeze {pool} && sleep {seconds:.2f}; fsfreeze --unfreeze {pool}"
    subprocess.run(["setsid", "sh", "-c", freeze], check=True, timeout=60)
    return seconds
