"""From an accepted order to the first use of what was ordered, beside the same work by hand: measured in turns."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from support.buyer import Buyer, free_block, settle, unable
from support.by_hand import Floor
from support.figures import Figure, Target, publish, say
from support.ground import Ground, ground
from support.pairs import alternate
from support.processes import web, worker

MOST = 1.15
"""The ratio that is promised."""


def compare(name: str, told: str, floor: Floor, floor_is: str, buyer: Callable[[Ground, int], Buyer]) -> None:
    """Measure and print; exits with 1 where there is no Incus or no image. `told` is the script's own description."""
    options = argparse.ArgumentParser(description=told)
    options.add_argument("--pairs", type=int, default=12)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    if reason := unable(floor):
        say(reason)
        sys.exit(1)
    with ground() as place:
        block = free_block(floor)
        settle(block)
        with web(place) as door, worker(place):
            customer = buyer(place, door.port)
            customer.warm_up()
            by_hand = str(block.network_address + 5)
            floor.once(by_hand)
            measured = alternate(chosen.pairs, customer.once, lambda: floor.once(by_hand))
    details = {**customer.told(measured.floor), **measured.told()}
    targets = [Target("ratio", MOST)]
    publish(
        [Figure(name, measured.figure, "s", measured.floor, floor_is, measured.ratio, targets, details)], load_before
    )
