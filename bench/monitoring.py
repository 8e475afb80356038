"""What it costs to look at 1,000 services once a minute, and to show what was seen of one of them.

Three figures. A look at a real PostgreSQL, over verified TLS with its statistics, beside the barest client that
connects and asks `SELECT 1`; what a command in its machine would have cost for the same values is told too. A round
over 1,000 services without their looks (on the in-memory engine what is probed answers at once), beside the one
statement that keeps the samples. And thirty days of one service, read among a day of all the others.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import median

import psycopg

from support.figures import Figure, Target, publish, say
from support.ground import Ground, ground
from support.many import order_services

_LOOK_FLOOR = "a bare client that connects over the same verified TLS and asks SELECT 1"
_ROUND_FLOOR = "the one statement that keeps the round's samples"
_READ_FLOOR = "the same rows counted through the same index"
_MINUTES_OF_A_MONTH = 30 * 24 * 60
_VALUES = 14
_MONTH = """
insert into monitoring_sample select %s, %s, date_trunc('minute', now()) - make_interval(mins => n),
    array(select random() * 1e9 from generate_series(1, %s) v where v + n > 0)
from generate_series(1, %s) n on conflict do nothing
"""
_DAY = """
insert into monitoring_sample select i.id, i.organization_id, date_trunc('minute', now()) - make_interval(mins => n),
    array(select random() * 1e9 from generate_series(1, %s) v where v + n > 0)
from generate_series(1, 1440) n cross join provisioning_serviceinstance i on conflict do nothing
"""


def main() -> None:
    """Measure and print; exits with 1 where there is no Incus or no image."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--services", type=int, default=1000)
    options.add_argument("--looks", type=int, default=200)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    with ground(SOUK_ENGINE="memory") as place:
        figures = [_look(chosen.looks)]
        say(f"ordering {chosen.services} services …")
        order_services(chosen.services)
        figures += [_round(place, chosen.services), _read(place)]
    publish(figures, load_before)


def _look(count: int) -> Figure:
    """Looks at one real PostgreSQL, one after another and many at once."""
    from souk.blueprints.postgresql import BLUEPRINT, probing
    from souk.engines.incus import IncusEngine
    from souk.provisioning.reconciler.guest import MachineGuest
    from souk.settings import namespace
    from support.by_hand import Floor

    floor = Floor()
    if not floor.has_image(BLUEPRINT.recipe.alias):
        say("The PostgreSQL image is missing: run `make test` once.")
        sys.exit(1)
    engine = IncusEngine.connect(namespace.current())
    hosts = reversed(list(ipaddress.IPv4Network(floor.place.subnet).hosts()))
    address = next(str(host) for host in hosts if str(host) not in floor.taken_addresses())
    observer = BLUEPRINT.observer
    assert observer is not None, "PostgreSQL tells of itself"
    with floor.serving(address) as (machine, way_in), probing.certificate_file(way_in[2]) as file:
        bare_options = probing.connection_options(way_in[0], way_in[1], file)

        def look() -> None:
            assert observer.look(*way_in).health.ok, "it does not answer"

        def bare() -> None:
            with psycopg.connect(**bare_options) as connection:
                connection.execute("SELECT 1")

        def in_the_machine() -> None:
            assert engine.execute(machine, ["/usr/lib/souk/probe"]).exit_code == 0

        look()
        used = time.process_time()
        seconds = _median(look, count)
        used = (time.process_time() - used) / count
        beside, exec_seconds = _median(bare, count), _median(in_the_machine, count // 10)
        started = time.perf_counter()
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda _: look(), range(count)))
        at_once = (time.perf_counter() - started) / count
        guest = MachineGuest(engine, machine)
        part = observer.log(guest, way_in[0], "", 2**19)
        assert part is not None, "PostgreSQL keeps a log"

        def log() -> None:
            observer.log(guest, way_in[0], part.cursor, 2**19)

        log_seconds = _median(log, count // 10)
        started = time.perf_counter()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: log(), range(count // 4)))
        logs_at_once = (time.perf_counter() - started) / (count // 4)
    details = {
        "by_a_command_in_the_machine_s": round(exec_seconds, 4),
        "command_to_look": round(exec_seconds / seconds, 2),
        "worker_cpu_s": round(used, 5),
        "thousand_on_16_threads_s": round(1000 * at_once, 1),
        "its_log_s": round(log_seconds, 4),
        "thousand_logs_on_4_threads_s": round(1000 * logs_at_once, 1),
    }
    targets = [Target("thousand_on_16_threads_s", 40.0)]
    return Figure("a look at a PostgreSQL", seconds, "s", beside, _LOOK_FLOOR, seconds / beside, targets, details)


def _round(place: Ground, count: int) -> Figure:
    """A round over many services, without what it takes to look at them."""
    from souk.engines.memory import MemoryEngine
    from souk.kernel import clock
    from souk.monitoring import rounds, samples
    from souk.monitoring.samples import Sample
    from souk.provisioning.reconciler import lease
    from souk.provisioning.reconciler.converge import Ground as Site
    from souk.provisioning.reconciler.converge import converge
    from souk.provisioning.targets import targets
    from souk.sites.names import Names

    engine = MemoryEngine()
    site = Site(engine, Names(place.folder / "dns"))
    while claims := lease.claim(16):
        for claim in claims:
            converge(site, claim)
    place.analyze()
    rounds.take_round(engine)
    started = time.perf_counter()
    looked = rounds.take_round(engine)
    seconds = time.perf_counter() - started
    assert looked == count, f"{looked} of {count} were looked at"
    kept = [Sample(each.instance, each.organization, [1.0] * _VALUES) for each in targets()]
    started = time.perf_counter()
    samples.write(kept, clock.now())
    floor = time.perf_counter() - started
    name = f"a round over {count} services, without their looks"
    return Figure(
        name, seconds, "s", floor, _ROUND_FLOOR, seconds / floor, [Target("figure", 10.0)], {"services": count}
    )


def _read(place: Ground) -> Figure:
    """Thirty days of one service, while a day of all the others lies between."""
    from souk.kernel import clock
    from souk.kernel.scope import System
    from souk.monitoring.metrics import metrics
    from souk.provisioning.queries import services

    chosen = services(System("bench"), limit=1)[0]
    with place.connect() as admin:
        admin.execute("select souk_roll_days('monitoring_sample', 30, 30)")
        admin.execute(_DAY, [_VALUES])
        admin.execute(_MONTH, [chosen.id, chosen.organization_id, _VALUES, _MINUTES_OF_A_MONTH])
        place.analyze()
        size = admin.execute(
            "select sum(pg_total_relation_size(inhrelid)) / (select count(*) from monitoring_sample)"
            " from pg_inherits where inhparent = 'monitoring_sample'::regclass"
        ).fetchone()

        def read() -> None:
            metrics(System("bench"), chosen.id, "postgresql", clock.now() - timedelta(days=30), clock.now())

        def count() -> None:
            admin.execute("select count(*) from monitoring_sample where instance_id = %s", [chosen.id]).fetchone()

        seconds, floor = _median(read, 20), _median(count, 20)
    each = float(size[0]) if size else 0.0
    details = {
        "bytes_a_sample": round(each),
        "thousand_services_for_30_days_gib": round(each * _MINUTES_OF_A_MONTH * 1000 / 2**30, 1),
    }
    return Figure(
        "30 days of a service", seconds, "s", floor, _READ_FLOOR, seconds / floor, [Target("figure", 0.5)], details
    )


def _median(work: Callable[[], None], count: int) -> float:
    """Seconds that it takes, in the middle of `count` times."""
    taken = []
    for _ in range(max(1, count)):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return median(taken)


if __name__ == "__main__":
    main()
