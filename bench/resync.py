"""A resync of 10,000 service instances: what one pass costs of a processor, in the worker and in PostgreSQL.

A few instances were really ordered and converged; the others are copies of their rows, each with a machine of its own
on the in-memory engine. A pass is what the worker does every ten minutes: one listing, beside what is recorded. Incus's
answer is decoded beside it, as many machines of it as there are here, since the in-memory engine has nothing to decode.
The floor is the one statement that reads what is recorded, asked by a bare connection.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median
from typing import Any

from support.figures import Figure, Target, publish, say
from support.ground import Ground, ground
from support.many import order_services
from support.processes import processor_seconds

FLOOR = "reading names, instances and desired states of all machines by a bare connection"
EVERY = 600.0
_REALLY = 20
_COPY = """
with model as (select i, m from provisioning_serviceinstance i join provisioning_machine m on m.instance_id = i.id
               order by (i).id limit 1),
made as (
    insert into provisioning_serviceinstance
    select (jsonb_populate_record(i, jsonb_build_object('id', gen_random_uuid(), 'name', 'copy' || n,
                                                        'label', 'copy-' || n))).*
    from model, generate_series(1, %s) n returning id, label)
insert into provisioning_machine
select (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'instance_id', made.id,
        'name', made.label || '-1',
        'address', '10.251.0.0'::inet + substr(made.label, 6)::int))).*
from made, model
"""
_WORK = """
insert into provisioning_convergence (kind, subject, generation, epoch, attempts, worker)
select 'instance', id, 1, 0, 0, '' from provisioning_serviceinstance where label like 'copy-%'
"""
_READ = """
select m.name, m.instance_id, i.desired, m.role from provisioning_machine m
join provisioning_serviceinstance i on i.id = m.instance_id where m.deleted_at is null
"""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--instances", type=int, default=10_000)
    options.add_argument("--passes", type=int, default=7)
    chosen = options.parse_args()
    load_before = os.getloadavg()
    with ground(SOUK_ENGINE="memory") as place:
        engine = _furnish(place, chosen.instances)
        figure = _measure(place, engine, chosen.instances, chosen.passes)
    publish([figure], load_before)


def _furnish(place: Ground, count: int) -> Any:
    from souk.engines.contract import Limits, MachineSpec
    from souk.engines.memory import MemoryEngine
    from souk.provisioning.reconciler import lease
    from souk.provisioning.reconciler.converge import Ground as Site
    from souk.provisioning.reconciler.converge import converge
    from souk.sites.names import Names

    order_services(_REALLY)
    engine = MemoryEngine()
    for item in lease.claim(_REALLY):
        converge(Site(engine, Names(Path(place.folder) / "dns")), item)
    say(f"copying rows to {count} …")
    with place.connect() as admin:
        admin.execute(_COPY.encode(), [count - _REALLY])
        admin.execute(_WORK.encode())
        for name, address in admin.execute(
            "select name, host(address) from provisioning_machine where name like 'copy-%'"
        ).fetchall():
            engine.create(MachineSpec(name, "image", Limits(1, 1, 1), address, {"instance": name}), start=True)
    place.analyze()
    return engine


def _measure(place: Ground, engine: Any, count: int, passes: int) -> Figure:
    from django.db import connection

    from souk.provisioning.reconciler.resync import resync

    drift = resync(engine)
    assert (drift.instances, drift.orphans) == ([], [])
    assert len(drift.observed) == count, len(drift.observed)
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        backend = cursor.fetchone()[0]
    ours, worker, database = [], [], []
    for _ in range(passes):
        before, asked, started = processor_seconds(backend), time.process_time(), time.monotonic()
        for _again in range(10):
            resync(engine)
        used, told = time.process_time() - asked, processor_seconds(backend) - before
        worker.append(used / 10)
        database.append(told / 10)
        ours.append((used + told) / 10)
        say(f"a pass takes {(time.monotonic() - started) / 10:.3f} s")
    decoding = _decoding(count)
    used = median(ours) + decoding
    floor = _floor(place)
    return Figure(
        f"a resync of {count} instances, processor",
        used,
        "s",
        floor,
        FLOOR,
        used / floor,
        [Target("figure", 0.05 * EVERY), Target("percent_of_a_core", 5.0)],
        {
            "instances": count,
            "worker_s": round(median(worker), 4),
            "postgresql_s": round(median(database), 4),
            "decoding_incus_s": round(decoding, 4),
            "percent_of_a_core": round(100 * used / EVERY, 4),
        },
    )


def _decoding(count: int) -> float:
    """Processor seconds for Incus's own listing of as many machines, with the fields that a real one has."""
    import msgspec

    from souk.engines.incus import spec, wire

    config = {f"volatile.key{number}": "x" * 40 for number in range(20)} | {
        "limits.cpu": "1",
        "user.souk.instance": "x",
    }
    devices = {"root": {"type": "disk", "size": "1"}, "eth0": {"type": "nic", "ipv4.address": "10.0.0.2"}}
    row = {"name": "x", "status": "Running", "type": "container", "config": config, "devices": devices}
    row |= {"expanded_config": config, "expanded_devices": devices, "created_at": "2026-01-01T00:00:00Z"}
    answer = json.dumps([row] * count).encode()
    started = time.process_time()
    for found in msgspec.json.decode(answer, type=list[wire.Instance]):
        spec.machine(found, server="x")
    return time.process_time() - started


def _floor(place: Ground) -> float:
    with place.connect() as bare:
        (backend,) = bare.execute("select pg_backend_pid()").fetchone() or (0,)
        before, started = processor_seconds(backend), time.process_time()
        for _ in range(10):
            bare.execute(_READ.encode()).fetchall()
        return (time.process_time() - started + processor_seconds(backend) - before) / 10


if __name__ == "__main__":
    main()
