"""Fifty PostgreSQL services ordered at once on one host: how long until the last one answers, and that none fails.

The floor is the engine's own: as many machines of the same image and limits, made, booted and given the same
configuration by hand through Incus's API, as many at a time as the worker makes, until each answers over TLS. Both in
turns, each on a pool that has done with what was deleted before: btrfs counts what a deleted disk shared for minutes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from support.figures import Figure, Target, publish, say
from support.ground import Ground, ground
from support.pairs import alternate
from support.shop import Shop, shop

FLOOR = "as many machines of the same image, limits and configuration by hand through Incus's API, in turns"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--services", type=int, default=50)
    options.add_argument("--pairs", type=int, default=2)
    options.add_argument("--threads", type=int, default=4, help="how many the floor makes at a time")
    chosen = options.parse_args()
    load_before = os.getloadavg()
    failed: list[int] = []
    steps: list[dict[str, float]] = []
    with ground() as place, shop(place) as open_:
        _promise_more_than_there_is(place)
        open_.erase(_ready(open_, [open_.order("premier")])[0])
        measured = alternate(
            chosen.pairs,
            lambda: _ours(open_, chosen.services, failed, steps),
            lambda: _floor(open_, chosen.services, chosen.threads),
        )
    details = {"services": chosen.services, "failed": sum(failed), "steps_s": steps, **measured.told()}
    name = f"{chosen.services} services ordered at once, the last one ready"
    targets = [Target("ratio", 1.2), Target("failed", 0)]
    publish(
        [Figure(name, measured.figure, "s", measured.floor, FLOOR, measured.ratio, targets, details)],
        load_before,
    )


def _settled() -> None:
    """Wait until the pool has done with all that was deleted."""
    from souk.settings import namespace

    pool = f"/var/lib/incus/storage-pools/{namespace.current().pool}"
    started = time.perf_counter()
    subprocess.run(["btrfs", "subvolume", "sync", pool], check=True, stdout=subprocess.DEVNULL)
    say(f"the pool settled for {time.perf_counter() - started:.0f} s")


def _promise_more_than_there_is(place: Ground) -> None:
    """Fifty small services are more than a small host may be sold; nothing runs in them but an idle server."""
    with place.connect() as connection:
        connection.execute("update sites_host set vcpu_overcommit = 100, memory_overcommit = 8, disk_overcommit = 100")


def _ours(open_: Shop, count: int, failed: list[int], steps: list[dict[str, float]]) -> float:
    from souk.provisioning.queries import operations, service

    _settled()
    started = time.perf_counter()
    made = [open_.order(f"mesure{number}") for number in range(count)]
    ordered = time.perf_counter() - started
    _ready(open_, made)
    seconds = time.perf_counter() - started
    say(f"{count} ready after {seconds:.1f} s, the orders took {ordered:.1f} s")
    rows = [operations(open_.scope, each)[-1] for each in made]
    troubled = sum(row.state != "succeeded" or service(open_.scope, row.instance_id).trouble != "" for row in rows)
    failed.append(troubled)
    taken: dict[str, list[float]] = {}
    for row in rows:
        for line in row.log:
            taken.setdefault(line["step"], []).append(line["seconds"])
    steps.append({step: round(sum(values) / len(values), 3) for step, values in taken.items()})
    for each in made:
        open_.erase(each)
    return seconds


def _ready(open_: Shop, made: list[object]) -> list[object]:
    with open_.place.connect() as watch:
        sql = "select count(*) from provisioning_serviceinstance where id = any(%s) and state in ('ready', 'failed')"
        open_.until(lambda: (watch.execute(sql, [made]).fetchone() or (0,))[0] == len(made), 0.02)
    return made


def _floor(open_: Shop, count: int, threads: int) -> float:
    from support.by_hand import Floor

    hands = [Floor() for _ in range(threads)]
    taken = hands[0].taken_addresses()
    _settled()
    free = iter([address for address in open_.addresses() if address not in taken])
    places = [next(free) for _ in range(count)]
    made: list[str] = []

    def work(hand: Floor) -> None:
        while places:
            try:
                address = places.pop()
            except IndexError:
                return
            made.append(hand.make(address))

    started = time.perf_counter()
    try:
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(work, hand) for hand in hands]:
                done.result()
        seconds = time.perf_counter() - started
        say(f"by hand: {count} answer after {seconds:.1f} s")
    finally:
        for name in made:
            hands[0].delete(name)
    return seconds


if __name__ == "__main__":
    main()
