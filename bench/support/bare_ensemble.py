"""The floor under a highly available service: three machines with Patroni and one with etcd, by a script."""

from __future__ import annotations

import ipaddress
import json
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from souk.blueprints.coordination import BLUEPRINT as COORDINATION
from souk.blueprints.postgresql import BLUEPRINT
from souk.engines.contract import Engine, Limits, MachineSpec
from souk.settings import namespace
from souk.sites import addresses
from support.figures import say

_GIB = 1024**3
_WITHIN = 120.0
_KEPT_RUNNING = "systemd-run --unit=bare --uid=postgres --property=Restart=always --property=RestartSec=0.2"


def once(engine: Engine) -> float:
    """Put one together and take it down. Seconds until one member leads and two stream from it."""
    names = [f"bare-{secrets.token_hex(3)}" for _ in range(4)]
    started = time.perf_counter()
    try:
        with ThreadPoolExecutor(4) as pool:
            places = dict(zip(names, _addresses(engine), strict=False))
            etcd = places[names[0]]
            jobs = [pool.submit(_coordination, engine, names[0], etcd)]
            jobs += [pool.submit(_member, engine, name, places[name], etcd) for name in names[1:]]
            for job in jobs:
                job.result()
        _until_whole(places[names[1]])
        seconds = time.perf_counter() - started
    finally:
        for name in names:
            engine.delete(name)
    say(f"bare: ready after {seconds:.1f} s")
    return seconds


def _addresses(engine: Engine) -> Iterator[str]:
    """Free ones, of those that machines may reach at each other's machines."""
    taken = {one.address for one in engine.machines()}
    network = ipaddress.IPv4Network(namespace.current().subnet)
    first, last = addresses.PLATFORM
    return iter([str(network[n]) for n in range(first, last + 1) if str(network[n]) not in taken])


def _machine(engine: Engine, name: str, address: str, image: str, files: dict[str, str], commands: list[str]) -> None:
    limits = Limits(1, _GIB, 10 * _GIB)
    engine.create(
        MachineSpec(name, image, limits, address, neighbours=True, environment={"SOUK_ROLE": "bare"}), start=True
    )
    for path, content in files.items():
        engine.push(name, path, content.encode(), mode=0o644)
    ready = f"until ip -4 addr show eth0 | grep -q {address}; do sleep 0.05; done"
    for command in [ready, *commands]:
        done = engine.execute(name, ["sh", "-c", command], timeout=_WITHIN)
        if done.exit_code:
            raise RuntimeError(f"{name}: {command}: {done.stderr}")


def _coordination(engine: Engine, name: str, address: str) -> None:
    url = f"http://{address}:2379"
    words = f"--data-dir /var/lib/etcd-bare --listen-client-urls {url} --advertise-client-urls {url}"
    _machine(engine, name, address, COORDINATION.recipe.alias, {}, [f"systemd-run --unit=bare /usr/bin/etcd {words}"])


def _member(engine: Engine, name: str, address: str, etcd: str) -> None:
    files = {"/etc/bare.yml": json.dumps(_patroni(name, address, etcd))}
    make = [
        "install -d -o postgres -g postgres /run/postgresql /var/lib/postgresql",
        f"{_KEPT_RUNNING} patroni /etc/bare.yml",
    ]
    _machine(engine, name, address, BLUEPRINT.recipe.alias, files, make)


def _patroni(name: str, address: str, etcd: str) -> dict[str, Any]:
    """With the same times and synchronous mode as the service's own."""
    hosts = ["host replication all 0.0.0.0/0 scram-sha-256", "host all all 0.0.0.0/0 scram-sha-256"]
    return {
        "scope": "bare",
        "name": name,
        "restapi": {"listen": f"{address}:8008", "connect_address": f"{address}:8008"},
        "etcd3": {"hosts": [f"{etcd}:2379"]},
        "bootstrap": {
            "dcs": {"ttl": 20, "loop_wait": 5, "retry_timeout": 5, "synchronous_mode": True},
            "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
        },
        "postgresql": {
            "listen": f"{address}:5432",
            "connect_address": f"{address}:5432",
            "data_dir": "/var/lib/postgresql/data",
            "bin_dir": "/usr/lib/postgresql/17/bin",
            "authentication": {
                "superuser": {"username": "postgres", "password": "bare"},
                "replication": {"username": "replicator", "password": "bare"},
            },
            "parameters": {"unix_socket_directories": "/run/postgresql"},
            "pg_hba": ["local all all trust", *hosts],
            "basebackup": {"checkpoint": "fast"},
        },
    }


def _until_whole(address: str) -> None:
    deadline = time.perf_counter() + _WITHIN
    while time.perf_counter() < deadline:
        try:
            found = httpx.get(f"http://{address}:8008/cluster", timeout=2).json()["members"]
            if (
                sorted(one["state"] for one in found if one["role"] != "leader") == ["streaming"] * 2
                and len(found) == 3
            ):
                return
        except (httpx.HTTPError, KeyError, ValueError):
            pass
        time.sleep(0.05)
    raise TimeoutError("the bare members do not get there")
