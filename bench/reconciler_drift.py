"""All of 1,000 service instances drift at once: how long until the reconciler has visited each and it runs again.

The instances were really ordered and converged, on the in-memory engine. Then every machine is stopped behind the
reconciler's back, and one resync finds it. The floor is what the same visits cost in claims alone: 1,000 work items
claimed and given back by the same statements on as many threads, with nothing done in between.
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.figures import Figure, Target, publish, say
from support.ground import Ground, ground
from support.many import order_services

FLOOR = "the same 1,000 work items claimed and given back, on as many threads, with nothing done in between"
_WITHIN = 900.0


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--instances", type=int, default=1000)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    with ground(SOUK_ENGINE="memory") as place:
        say(f"ordering {chosen.instances} services …")
        order_services(chosen.instances)
        figures = [_measure(place, chosen.instances)]
    publish(figures, load_before)


def _measure(place: Ground, count: int) -> Figure:
    from souk.engines.contract import MachineStatus
    from souk.engines.memory import MemoryEngine
    from souk.provisioning.reconciler import converge
    from souk.provisioning.reconciler.loop import THREADS, Loop
    from souk.provisioning.reconciler.resync import resync
    from souk.sites.names import Names

    engine = MemoryEngine()
    names = Names(Path(place.folder) / "dns")
    loop = Loop(converge.Ground(engine, names), {})
    worker = threading.Thread(target=loop.run, name="reconciler")
    worker.start()
    try:
        _until(lambda: _ready(place) == count)
        place.analyze()
        for machine in engine.simulated.values():
            machine.status = MachineStatus.STOPPED
        started = time.monotonic()
        drifted = len(resync(engine).instances)
        found = time.monotonic() - started
        _until(lambda: all(machine.running for machine in list(engine.simulated.values())))
        visited = time.monotonic() - started
        _until(lambda: _idle(place))
    finally:
        loop.stop()
        worker.join()
    floor = _claims(place, count, THREADS)
    return Figure(
        f"{count} drifted instances, all visited",
        visited,
        "s",
        floor,
        FLOOR,
        visited / floor,
        [Target("figure", 10.0)],
        {
            "instances": count,
            "drifted": drifted,
            "found_after_s": round(found, 3),
            "per_second": round(count / visited),
        },
    )


def _claims(place: Ground, count: int, threads: int) -> float:
    """Seconds for claiming and giving back every work item, nothing done in between."""
    from django.db import connection

    from souk.kernel.scope import System, acting
    from souk.provisioning.reconciler import lease

    with place.connect() as admin:
        admin.execute("update provisioning_convergence set next_at = now()")
    done = 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal done
        while claims := lease.claim(1):
            for item in claims:
                with acting(System("reconciler")):
                    item.finish()
                with lock:
                    done += 1
        connection.close()

    started = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(threads):
            pool.submit(work)
    assert done >= count, f"{done} of {count} were claimed"
    return time.monotonic() - started


def _ready(place: Ground) -> int:
    with place.connect() as watch:
        row = watch.execute("select count(*) from provisioning_serviceinstance where state = 'ready'").fetchone()
    return int(row[0]) if row else 0


def _idle(place: Ground) -> bool:
    with place.connect() as watch:
        row = watch.execute("select count(*) from provisioning_convergence where lease_until is not null").fetchone()
    return row is not None and row[0] == 0


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WITHIN
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError("the reconciler did not get there")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
