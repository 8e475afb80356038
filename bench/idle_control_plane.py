"""What web and worker use when nothing happens, with 1,000 service instances ready on the in-memory engine.

All instances were really ordered and converged. The window is eleven minutes, so that one full resync, two samplings
of usage and every other periodic job fall into it. In a shorter window (`--minutes`) what it misses is measured apart
and added in proportion; `extrapolated` says so. The floor idles beside it: the same server with an empty application,
and a bare Python process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from support.figures import Figure, Target, publish, say
from support.ground import Ground, ground
from support.many import order_services
from support.processes import Running, bare_web, processor_seconds, web, worker

FLOOR = "the same server with an empty application, and a bare Python process, idle in the same minutes"
FULL_WINDOW = 11.0
_MIB = 1024**2
_SETTLE_WITHIN = 900.0


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--instances", type=int, default=1000)
    options.add_argument("--minutes", type=float, default=FULL_WINDOW)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    with ground(SOUK_ENGINE="memory") as place:
        say(f"ordering {chosen.instances} services …")
        order_services(chosen.instances)
        with web(place) as door, worker(place) as hand, _bare(place) as bare:
            _settle(place, chosen.instances)
            _visit(door)
            say(f"idle for {chosen.minutes:g} minutes …")
            idle = _idle(place, door, hand, bare, chosen.minutes * 60)
            missed = {} if chosen.minutes >= FULL_WINDOW else _periodic(place)
        figures = _figures(idle, missed, chosen.instances)
    publish(figures, load_before)


@dataclass(frozen=True)
class Idle:
    """What was used within `seconds`: processor seconds, and bytes at the end."""

    seconds: float
    web: float
    worker: float
    database: float
    floor: float
    web_bytes: int
    worker_bytes: int
    floor_bytes: int
    resident_bytes: int

    def percent(self, used: float) -> float:
        """Of one core."""
        return 100 * used / self.seconds


def _figures(idle: Idle, missed: dict[str, float], instances: int) -> list[Figure]:
    """`missed` are processor seconds in each ten minutes that the window was too short for."""
    added = sum(missed.values()) * idle.seconds / 600
    used = idle.percent(idle.web + idle.worker + added)
    floor = max(idle.percent(idle.floor), 100 * 0.01 / idle.seconds)
    memory, floor_memory = (idle.web_bytes + idle.worker_bytes) / _MIB, idle.floor_bytes / _MIB
    common: dict[str, Any] = {
        "instances": instances,
        "minutes": round(idle.seconds / 60, 2),
        "extrapolated": bool(missed),
    }
    processor = {
        **common,
        **{f"added_{name}_s_per_10_min": round(seconds, 3) for name, seconds in missed.items()},
        "web_percent": round(idle.percent(idle.web), 3),
        "worker_percent": round(idle.percent(idle.worker), 3),
        "postgresql_percent": round(idle.percent(idle.database), 3),
    }
    space = {
        **common,
        "web_mib": round(idle.web_bytes / _MIB, 1),
        "worker_mib": round(idle.worker_bytes / _MIB, 1),
        "resident_mib": round(idle.resident_bytes / _MIB, 1),
    }
    return [
        Figure(
            "idle control plane, processor",
            used,
            "% of one core",
            floor,
            FLOOR,
            used / floor,
            [Target("figure", 2.0)],
            processor,
        ),
        Figure(
            "idle control plane, memory (PSS) of web and worker",
            memory,
            "MiB",
            floor_memory,
            FLOOR,
            memory / floor_memory,
            [Target("figure", 400)],
            space,
        ),
    ]


def _settle(place: Ground, count: int) -> None:
    """Wait until every instance is ready, its events are taken in, and the worker has nothing more to do."""
    deadline = time.monotonic() + _SETTLE_WITHIN
    started = time.monotonic()
    with place.connect() as watch:
        sql = "select count(*) from provisioning_serviceinstance where state = 'ready'"
        metered = "select count(*) from metering_usageinterval"
        while (ready := _number(watch, sql)) < count or _number(watch, metered) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{ready} of {count} instances are ready")
            time.sleep(1)
    say(f"{count} instances are ready after {time.monotonic() - started:.0f} s")
    place.analyze()
    time.sleep(5)


def _number(watch: Any, sql: str) -> int:
    return int(watch.execute(sql.encode()).fetchone()[0])


def _visit(door: Running) -> None:
    """Use the console and the API once from each of the server's workers: an idle server has served before."""
    for path in ("/healthz", "/market/", "/accounts/login/", "/api/v1/marketplaces/public/offerings") * 10:
        httpx.get(f"http://127.0.0.1:{door.port}{path}").raise_for_status()


@contextmanager
def _bare(place: Ground) -> Iterator[list[Running]]:
    command = [sys.executable, "-c", "import signal; signal.pause()"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=place.environment("web"))
    try:
        with bare_web(place, "support.bare_empty:application") as server:
            yield [server, Running("python", process, server.log)]
    finally:
        process.terminate()
        process.wait()


def _idle(place: Ground, door: Running, hand: Running, bare: list[Running], seconds: float) -> Idle:
    def read() -> list[float]:
        floor = sum(one.cpu_seconds() for one in bare)
        return [time.monotonic(), door.cpu_seconds(), hand.cpu_seconds(), _database_seconds(place), floor]

    before = read()
    time.sleep(seconds)
    passed, web_, worker_, database, floor = (after - earlier for earlier, after in zip(before, read(), strict=True))
    return Idle(
        seconds=passed,
        web=web_,
        worker=worker_,
        database=database,
        floor=floor,
        web_bytes=door.memory(),
        worker_bytes=hand.memory(),
        floor_bytes=sum(one.memory() for one in bare),
        resident_bytes=door.resident() + hand.resident(),
    )


def _database_seconds(place: Ground) -> float:
    """Processor seconds of the PostgreSQL processes that serve this database now."""
    with place.connect() as watch:
        rows = watch.execute(
            "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
        return sum(processor_seconds(pid) for (pid,) in rows)


def _periodic(place: Ground) -> dict[str, float]:
    """Processor seconds that ten minutes' resync and samplings take, measured here on an engine of as many machines."""
    from souk.engines.contract import Limits, MachineSpec
    from souk.engines.memory import MemoryEngine
    from souk.metering.commands import take_samples
    from souk.provisioning.reconciler import records
    from souk.provisioning.reconciler.resync import compare

    engine = MemoryEngine()
    with place.connect() as watch:
        for name, address in watch.execute("select name, host(address) from provisioning_machine"):
            engine.create(MachineSpec(name, "image", Limits(1, 1, 1), address), start=True)
    assert len(records.machine_subjects()) == len(engine.machines())
    started = time.process_time()
    compare(engine)
    resynced = time.process_time()
    take_samples(engine.usage())
    return {"resync": resynced - started, "take_samples": 2 * (time.process_time() - resynced)}


if __name__ == "__main__":
    main()
