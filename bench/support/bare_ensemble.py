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
from support.figures import say

_GIB = 1024**3
_WITHIN = 120.0
_KEPT_RUNNING = "systemd-run --unit=bare --uid=postgres --property=Restart=always --property=RestartSec=0.2"


def once(engine: Engine) -> float:
    """Put one together and take it down. Seconds until one member leads and two stream from it."""
    word = secrets.token_hex(3)
    names, network = [f"bare-{word}-{number}" for number in range(4)], f"bare-{word}"
    places = dict(zip(names, _addresses(engine), strict=False))
    started = time.perf_counter()
    try:
        engine.ensure_network(network)
        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(_coordination, engine, names[0], places[names[0]], network)]
            jobs += [
                pool.submit(_member, engine, name, places[name], network, number)
                for number, name in enumerate(names)
                if number
            ]
            for job in jobs:
                job.result()
        _until_whole(places[names[1]])
        seconds = time.perf_counter() - started
    finally:
        for name in names:
            engine.delete(name)
        engine.delete_network(network)
    say(f"bare: ready after {seconds:.1f} s")
    return seconds


def _addresses(engine: Engine) -> Iterator[str]:
    taken = {one.address for one in engine.machines()}
    hosts = reversed(list(ipaddress.IPv4Network(namespace.current().subnet).hosts()))
    return iter([str(host) for host in hosts if str(host) not in taken])


def _private(number: int) -> str:
    return f"192.0.2.{number + 1}"


def _machine(engine: Engine, spec: MachineSpec, number: int, files: dict[str, str], commands: list[str]) -> None:
    engine.create(spec, start=True)
    for path, content in files.items():
        engine.push(spec.name, path, content.encode(), mode=0o644)
    own = f"ip address add {_private(number)}/24 dev eth1 && ip link set eth1 up"
    ready = f"until ip -4 addr show eth0 | grep -q {spec.address}; do sleep 0.05; done"
    for command in [own, ready, *commands]:
        done = engine.execute(spec.name, ["sh", "-c", command], timeout=_WITHIN)
        if done.exit_code:
            raise RuntimeError(f"{spec.name}: {command}: {done.stderr}")


def _spec(name: str, image: str, address: str, network: str) -> MachineSpec:
    limits = Limits(1, _GIB, 10 * _GIB)
    return MachineSpec(name, image, limits, address, private=network, environment={"SOUK_ROLE": "bare"})


def _coordination(engine: Engine, name: str, address: str, network: str) -> None:
    url = f"http://{_private(0)}:2379"
    words = f"--data-dir /var/lib/etcd-bare --listen-client-urls {url} --advertise-client-urls {url}"
    run = [f"systemd-run --unit=bare /usr/bin/etcd {words}"]
    _machine(engine, _spec(name, COORDINATION.recipe.alias, address, network), 0, {}, run)


def _member(engine: Engine, name: str, address: str, network: str, number: int) -> None:
    files = {"/etc/bare.yml": json.dumps(_patroni(name, _private(number)))}
    make = [
        "install -d -o postgres -g postgres /run/postgresql /var/lib/postgresql",
        f"{_KEPT_RUNNING} patroni /etc/bare.yml",
    ]
    _machine(engine, _spec(name, BLUEPRINT.recipe.alias, address, network), number, files, make)


def _patroni(name: str, private: str) -> dict[str, Any]:
    """With the same times and synchronous mode as the service's own."""
    hosts = ["host replication all 0.0.0.0/0 scram-sha-256", "host all all 0.0.0.0/0 scram-sha-256"]
    return {
        "scope": "bare",
        "name": name,
        "restapi": {"listen": "0.0.0.0:8008", "connect_address": f"{private}:8008"},
        "etcd3": {"hosts": [f"{_private(0)}:2379"]},
        "bootstrap": {
            "dcs": {"ttl": 20, "loop_wait": 5, "retry_timeout": 5, "synchronous_mode": True},
            "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, {"sync-method": "syncfs"}, "data-checksums"],
        },
        "postgresql": {
            "listen": "*:5432",
            "use_unix_socket": True,
            "connect_address": f"{private}:5432",
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
