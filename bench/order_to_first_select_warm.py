"""From an accepted order to the first `SELECT 1` over verified TLS where a machine waited ready, on a real Incus.

The order goes through the real web and worker processes. Its floor is the taking of a machine that waits, by hand: the
one transaction that makes it a customer's, sent over TLS, and the first `SELECT 1` with the customer's password.
Measured in turns. Each order begins when another machine waits and the processors rest; how long the pool takes to
make one is told beside it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, field
from statistics import median

from support.buyer import Buyer, free_block, settle, unable
from support.figures import Figure, Target, publish, say
from support.ground import ground
from support.pairs import alternate
from support.processes import web, worker

FLOOR = "a waiting machine taken by hand: its one transaction over TLS, then the customer's first SELECT 1"
_REST = 1.0
"""Seconds between a machine that waits and the next order."""

_WAITS = "select 1 from provisioning_warmmachine where ready_at is not null and taken_at is null"


def main() -> None:
    """Measure and print; exits with 1 where there is no Incus or no image."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=10)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    from support.by_hand import Floor

    floor = Floor()
    if reason := unable(floor):
        say(reason)
        sys.exit(1)
    with ground(SOUK_WARM_LEAST="1", SOUK_WARM_MOST="1") as place:
        block = free_block(floor)
        settle(block)
        with web(place) as door, worker(place):
            patient = Patient(Buyer(place, door.port))
            try:
                patient.warm_up()
                by_hand = str(block.network_address + 20)
                floor.take_once(by_hand)
                measured = alternate(chosen.pairs, patient.once, lambda: floor.take_once(by_hand))
            finally:
                patient.leave_nothing()
    details = {**patient.buyer.told(measured.floor), **measured.told(), "refill_s": round(median(patient.refills), 3)}
    targets = [Target("figure", 0.3)]
    name = "order accepted to first SELECT 1 over verified TLS, warm"
    publish([Figure(name, measured.figure, "s", measured.floor, FLOOR, measured.ratio, targets, details)], load_before)


@dataclass
class Patient:
    """A customer who orders when a machine waits."""

    buyer: Buyer
    refills: list[float] = field(default_factory=list)

    def warm_up(self) -> None:
        """Order once for nothing."""
        self.buyer.seen()
        self.once()
        self.buyer.marks.clear()
        self.refills.clear()

    def once(self) -> float:
        """Seconds from the answer that accepts an order to the first `SELECT 1`."""
        began = time.perf_counter()
        self.buyer.until(_WAITS, [])
        self.refills.append(time.perf_counter() - began)
        time.sleep(_REST)
        return self.buyer.once()

    def leave_nothing(self) -> None:
        """Let no machine wait any more."""
        with self.buyer.place.connect() as connection:
            connection.execute("update provisioning_warmpool set least = 0, most = 0")
            changed = "update provisioning_convergence set generation = generation + 1, next_at = now()"
            connection.execute(f"{changed} where kind = 'pool'")
            connection.execute("select pg_notify('souk_convergence', '')")
        self.buyer.until(
            "select 1 where not exists (select from provisioning_machine where role = 'warm' and deleted_at is null)",
            [],
        )


if __name__ == "__main__":
    main()
