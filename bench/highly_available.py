"""PostgreSQL on three machines, on a real Incus: how long until it is there, and how long nobody can write.

Ready: from an accepted order to the first `SELECT 1` at the service's one address, beside the bare floor in the same
run: as many machines of the same images put together by a script, etcd and Patroni with the same times and synchronous
mode, until one leads and two follow. Then what a client sees that connects again every 20 ms, its own rows counted: the
power of the leader's machine cut with Souk as a witness and with its worker stopped, and another leader by plan.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median, quantiles
from typing import Any
from uuid import UUID

from support.figures import Figure, Target, publish, say
from support.ground import ground
from support.pairs import Pairs, alternate
from support.shop import Shop, at_work, shop

BARE_READY = "four machines of the same images, etcd and Patroni configured by a script, until one leads and two follow"
BARE_CUT = "Patroni's own time until a dead leader's key ends (ttl), measured here with nobody to tell it: no witness"
BARE_PLAN = "the least that Patroni's own word takes: its answer to a switchover that a script asks for"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=2)
    options.add_argument("--cuts", type=int, default=10, help="power cuts with a witness, and as many without")
    options.add_argument("--switchovers", type=int, default=10)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    with ground() as place, shop(place) as open_, ExitStack() as stack:
        figures = _interruptions(open_, chosen.cuts, chosen.switchovers, stack)
        # The site's coordination is there from its first service on.
        ready = _of_ready(_ready(open_, chosen.pairs))
    publish([ready, *figures], load_before)


def _ready(open_: Shop, pairs: int) -> Pairs:
    from support.bare_ensemble import once

    numbers = iter(range(1000))

    def ours() -> float:
        seconds, instance = _made(open_, f"mesure{next(numbers)}")
        open_.erase(instance)
        return seconds

    return alternate(pairs, ours, lambda: once(open_.engine))


def _made(open_: Shop, name: str) -> tuple[float, UUID]:
    import psycopg

    started = time.perf_counter()
    instance = open_.order(name, "s-ha")
    open_.until_ready(instance)
    with psycopg.connect(**open_.options(instance)) as connection:
        connection.execute("SELECT 1")
    seconds = time.perf_counter() - started
    say(f"ready after {seconds:.1f} s {open_.steps(instance)}")
    return seconds, instance


def _of_ready(measured: Pairs) -> Figure:
    name = "three members, order accepted to first SELECT 1"
    targets = [Target("figure", 30.0)]
    return Figure(name, measured.figure, "s", measured.floor, BARE_READY, measured.ratio, targets, measured.told())


def _interruptions(open_: Shop, cuts: int, switchovers: int, stack: ExitStack) -> list[Figure]:
    from tests.support.writing import Writer

    instance = _made(open_, "interrompu")[1]
    told: dict[str, list[float]] = {"witnessed": [], "stock": [], "planned": [], "call": []}
    with Writer(open_.options(instance)) as writer:
        for _ in range(switchovers):
            _whole(open_, instance)
            told["planned"].append(_outage(open_, writer, lambda: told["call"].append(_switched(open_, instance))))
            say(f"the operation took {told['call'][-1]:.2f} s")
        for _ in range(cuts):
            _whole(open_, instance)
            told["witnessed"].append(_outage(open_, writer, lambda: _cut(open_, instance)))
    acknowledged, lost = len(writer.acknowledged), writer.lost()
    stock, (more, lost_too) = _without_witness(open_, instance, cuts, stack)
    told["stock"] = stock
    details: dict[str, Any] = {
        "rows_acknowledged": acknowledged + more,
        "rows_lost": len(lost) + lost_too,
        **{key: [round(value, 3) for value in values] for key, values in told.items()},
    }
    open_.erase(instance)
    return [
        _of(
            f"power cut, {cuts} with a witness, 95th percentile",
            told["witnessed"],
            median(stock),
            BARE_CUT,
            10,
            details,
        ),
        _of(f"power cut, {cuts} without, 95th percentile", stock, median(stock), BARE_CUT, 25, details),
        _of(
            f"planned switchover, {switchovers}, 95th percentile",
            told["planned"],
            median(told["call"]),
            BARE_PLAN,
            3,
            {},
        ),
    ]


def _of(name: str, values: list[float], floor: float, what: str, bound: float, details: dict[str, Any]) -> Figure:
    high = quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
    high = min(high, max(values))
    more = {**details, "median_s": round(median(values), 3)}
    targets = [Target("figure", bound), *([Target("rows_lost", 0)] if details else [])]
    return Figure(name, high, "s", floor, what, high / floor, targets, more)


def _without_witness(open_: Shop, instance: UUID, cuts: int, stack: ExitStack) -> tuple[list[float], tuple[int, int]]:
    """The same with the worker stopped while the power is cut, and started again for the machine to come back: those
    workers last as long as the stack.
    """
    from tests.support.writing import Writer

    outages = []
    with Writer(open_.options(instance)) as writer:
        for _ in range(cuts):
            _whole(open_, instance)
            led = _leader(open_, instance)
            assert open_.hand is not None
            open_.hand.process.terminate()
            open_.hand.process.wait()
            outages.append(_outage(open_, writer, lambda led=led: open_.engine.stop(led, force=True)))  # type: ignore[misc]
            stack.enter_context(at_work(open_))
    return outages, (len(writer.acknowledged), len(writer.lost()))


def _outage(open_: Shop, writer: Any, act: Callable[[], object]) -> float:
    """The longest time without an acknowledged row, of what broke while `act` had its effect."""
    before, written = len(writer.outages), len(writer.acknowledged)
    act()
    open_.until(lambda: len(writer.outages) > before, 0.01)
    open_.until(lambda: len(writer.acknowledged) > written + 50)
    seconds: float = max(writer.outages[before:])
    say(f"nobody could write for {seconds:.2f} s")
    return seconds


def _cut(open_: Shop, instance: UUID) -> None:
    open_.engine.stop(_leader(open_, instance), force=True)


def _switched(open_: Shop, instance: UUID) -> float:
    from souk.provisioning import commands

    row = open_.settled(commands.switch_over(open_.scope, instance))
    return float((row.finished_at - row.created_at).total_seconds())


def _leader(open_: Shop, instance: UUID) -> str:
    from tests.support.members import leader

    return leader(open_.scope, instance)


def _whole(open_: Shop, instance: UUID) -> None:
    from tests.support.members import whole

    open_.until(lambda: whole(open_.engine, open_.scope, instance))


if __name__ == "__main__":
    main()
