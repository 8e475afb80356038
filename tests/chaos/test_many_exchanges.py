"""Many large exchanges with commands in a machine: every byte arrives, and none hangs."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest
from tests.engine.conftest import Rig, image, incus, rig

from souk.engines.contract import Limits, MachineSpec

__all__ = ["image", "incus", "rig"]
pytestmark = [pytest.mark.chaos, pytest.mark.engine]
EXCHANGES = int(os.environ.get("SOUK_EXCHANGES", "500"))
SEED = int(os.environ.get("SOUK_SEED", "20261124"))
MIB = 1024**2
BOTH = [
    "/usr/bin/python3",
    "-ISc",
    "import os\nwhile data := os.read(0, 4096):\n    os.write(1, data)\n    os.write(2, data)",
]
"""Copies its input to both outputs, a little at a time."""


def test_large_exchanges_one_after_another(
    rig: Rig, image: str, record_property: Callable[[str, object], None]
) -> None:
    spec = MachineSpec(f"{rig.prefix}1", image, Limits(1, 256 * MIB, 2048 * MIB, 300), next(rig.addresses()))
    rig.engine.create(spec, start=True)
    chance = random.Random(SEED)
    for _ in range(EXCHANGES):
        size = chance.randint(1, 900_000)
        done = rig.engine.execute(spec.name, BOTH, stdin=b"x" * size, timeout=60)
        assert (done.exit_code, len(done.stdout), len(done.stderr)) == (0, size, size)
    record_property("exchanges", EXCHANGES)
    record_property("seed", SEED)
    print(f"\n{EXCHANGES} exchanges of up to 0.9 MB in and twice that out (seed {SEED}): none hung, none cut short;")
    print(f"at 95 % fewer than {3 / EXCHANGES:.2%} do.")
