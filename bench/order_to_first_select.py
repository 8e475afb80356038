"""From an accepted order to the first `SELECT 1` over verified TLS, cold, on a real Incus.

The order goes through the real web and worker processes, on a database of their own. Its floor is the same guest work
by hand: certificate, machine, configuration, straight through Incus's API. Both are watched alike, by connecting again
and again from the moment the address is known. Measured in turns; every machine is deleted before the next one is made.

What a customer waits for who only follows the API (ready shown, then credentials, then a connection) is told beside it.
"""

from __future__ import annotations

import argparse
import os
import sys

from support.buyer import Buyer, free_block, settle, unable
from support.figures import Figure, Target, publish, say
from support.ground import ground
from support.pairs import alternate
from support.processes import web, worker

FLOOR = "the same certificate, machine and guest configuration by hand through Incus's API, watched the same way"


def main() -> None:
    """Measure and print; exits with 1 where there is no Incus or no image."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=12)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    from support.by_hand import Floor

    floor = Floor()
    if reason := unable(floor):
        say(reason)
        sys.exit(1)
    with ground() as place:
        block = free_block(floor)
        settle(block)
        with web(place) as door, worker(place):
            buyer = Buyer(place, door.port)
            buyer.warm_up()
            by_hand = str(block.network_address + 5)
            floor.once(by_hand)
            measured = alternate(chosen.pairs, buyer.once, lambda: floor.once(by_hand))
    details = {**buyer.told(measured.floor), **measured.told()}
    targets = [Target("ratio", 1.15)]
    name = "order accepted to first SELECT 1 over verified TLS, cold"
    publish([Figure(name, measured.figure, "s", measured.floor, FLOOR, measured.ratio, targets, details)], load_before)


if __name__ == "__main__":
    main()
