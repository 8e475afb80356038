"""The contract suite for several hosts on a real Incus cluster, reached over the network; and networks that span it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from tests.engine.contract.hosts import *  # noqa: F403
from tests.engine.contract.hosts import Cluster
from tests.engine.hosts.rack import IMAGE, Rack, rack, until

from souk.engines.contract import Card, EngineError
from souk.engines.incus import IncusEngine

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("hosts")]


@dataclass
class OnIncus(Cluster):
    """Three real hosts."""

    rack: Rack = field(kw_only=True)

    def cut(self, host: str) -> None:
        self.rack.cut(host)

    def restore(self, host: str) -> None:
        self.rack.restore(host)


@pytest.fixture(scope="module")
def hosts(incus: IncusEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rack]:
    """A cluster; the test is skipped where containers can't be hosts, or fails where SOUK_REQUIRE_ENGINE=1."""
    folder: Path = tmp_path_factory.mktemp("rack")
    with ExitStack() as stack:
        try:
            made = stack.enter_context(rack(folder))
        except EngineError as error:
            sentence = f"containers can't be hosts of a cluster here: {error}"
            if os.environ.get("SOUK_REQUIRE_ENGINE") == "1":
                pytest.fail(sentence)
            pytest.skip(sentence)
        yield made


@pytest.fixture
def cluster(hosts: Rack) -> Iterator[OnIncus]:
    addresses = map(str, list(IPv4Network("10.222.0.0/24").hosts())[10:])
    made = OnIncus(hosts.engine, hosts.engine, IMAGE, "m-", addresses, rack=hosts)
    yield made
    for host in hosts.engine.hosts():
        if not host.online:
            hosts.restore(host.name)
    for machine in hosts.engine.machines():
        hosts.engine.delete(machine.name)


def test_machines_on_different_hosts_reach_each_other_in_a_private_network(cluster: OnIncus) -> None:
    engine, (first, second, _) = cluster.engine, cluster.names
    for network in ("sk-abcdefgh", "sk-n-01234567"):
        engine.ensure_network(network)
        engine.ensure_network(network)
    one = cluster.machine(host=first, start=True, private="sk-abcdefgh")
    other = cluster.machine(host=second, start=True, private="sk-abcdefgh")
    stranger = cluster.machine(host=second, start=True, private="sk-n-01234567")
    for spec, address in ((one, "169.254.77.1"), (other, "169.254.77.2"), (stranger, "169.254.77.3")):
        script = f"ip link set eth1 up; ip address add {address}/24 dev eth1"
        assert engine.execute(spec.name, ["sh", "-c", script]).exit_code == 0
    ping = ["ping", "-c", "1", "-W", "1"]
    until(lambda: engine.execute(one.name, [*ping, "169.254.77.2"]).exit_code == 0, 15)
    assert engine.execute(one.name, [*ping, "169.254.77.3"]).exit_code != 0
    engine.attach(stranger.name, Card("sk-abcdefgh", "10.200.0.9"))
    for spec in (one, other, stranger):
        engine.delete(spec.name)
    for network in ("sk-abcdefgh", "sk-n-01234567"):
        engine.delete_network(network)
    assert engine.networks() == []
