"""What every engine must do that has several hosts, as tests of a `Cluster`: for Incus and for memory."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from tests.engine.contract.suite import LIMITS, Workshop

from souk.engines import contract
from souk.engines.contract import MachineStatus


@dataclass
class Cluster(Workshop):
    """A workshop on three hosts, whose power can be cut."""

    @property
    def names(self) -> list[str]:
        """The hosts' names."""
        return sorted(host.name for host in self.engine.hosts())

    @abstractmethod
    def cut(self, host: str) -> None:
        """Cut a host's power, and wait until the others see that it is gone."""

    @abstractmethod
    def restore(self, host: str) -> None:
        """Give it its power back, and wait until the others see it."""


def test_every_host_is_online_and_has_room(cluster: Cluster) -> None:
    hosts = cluster.engine.hosts()
    assert len(hosts) == 3
    assert all(host.online and host.vcpus >= 1 and host.memory_total > 0 and host.disk_total > 0 for host in hosts)


def test_a_machine_stands_on_the_host_that_it_was_made_for(cluster: Cluster) -> None:
    made = {name: cluster.machine(host=name) for name in cluster.names}
    assert {name: cluster.observed(spec).host for name, spec in made.items()} == {name: name for name in made}
    listed = {machine.name: machine.host for machine in cluster.engine.machines()}
    assert {name: listed[spec.name] for name, spec in made.items()} == {name: name for name in made}


def test_a_machine_for_no_host_stands_on_one_of_them(cluster: Cluster) -> None:
    assert cluster.observed(cluster.machine()).host in cluster.names


def test_nothing_stands_on_a_host_that_is_not_there(cluster: Cluster) -> None:
    spec = cluster.spec(host="nowhere")
    with pytest.raises(contract.NotFound):
        cluster.engine.create(spec)
    assert cluster.engine.machine(spec.name) is None
    there = cluster.machine()
    with pytest.raises(contract.NotFound):
        cluster.engine.move(there.name, "nowhere")
    with pytest.raises(contract.NotFound):
        cluster.engine.move(f"{cluster.prefix}nobody", cluster.names[0])


def test_a_machine_moves_with_all_it_has_and_runs_there(cluster: Cluster) -> None:
    first, second, _ = cluster.names
    spec = cluster.machine(host=first, start=True, labels={"instance": "i-1", "epoch": "7"})
    cluster.engine.push(spec.name, "/etc/souk-test", b"data")
    cluster.engine.stop(spec.name, force=True)
    before = cluster.observed(spec)
    for _ in range(2):
        cluster.engine.move(spec.name, second)
    after = cluster.observed(spec)
    assert (after.host, after.status) == (second, MachineStatus.STOPPED)
    assert (after.limits, after.address, after.labels) == (before.limits, before.address, before.labels)
    assert after.image == before.image
    cluster.engine.start(spec.name)
    assert cluster.observed(spec).status == MachineStatus.RUNNING
    assert cluster.engine.pull(spec.name, "/etc/souk-test") == b"data"


def test_a_machine_that_runs_is_not_moved(cluster: Cluster) -> None:
    first, second, _ = cluster.names
    spec = cluster.machine(host=first, start=True)
    with pytest.raises(contract.Refused):
        cluster.engine.move(spec.name, second)
    seen = cluster.observed(spec)
    assert (seen.host, seen.status) == (first, MachineStatus.RUNNING)


def test_a_copy_stands_where_the_other_one_does(cluster: Cluster) -> None:
    for name in cluster.names:
        source, copy = cluster.machine(host=name), cluster.spec()
        cluster.engine.copy(source.name, copy)
        assert cluster.observed(copy).host == name


def test_when_a_hosts_power_is_cut_its_machines_are_out_of_reach_and_come_back_with_it(cluster: Cluster) -> None:
    engine, (first, second, third) = cluster.engine, cluster.names
    gone, there = cluster.machine(host=third), cluster.machine(host=first)
    cluster.cut(third)
    online = {host.name: host.online for host in engine.hosts()}
    assert online == {first: True, second: True, third: False}
    seen = cluster.observed(gone)
    assert (seen.status, seen.host) == (MachineStatus.ERROR, third)
    assert {m.name: m.status for m in engine.machines()}[gone.name] == MachineStatus.ERROR
    for act in _acts(cluster, gone.name, first):
        with pytest.raises(contract.HostOffline):
            act()
    with pytest.raises(contract.HostOffline):
        engine.create(cluster.spec(host=third))
    with pytest.raises(contract.HostOffline):
        engine.move(there.name, third)
    engine.move(there.name, second)
    engine.start(there.name)
    assert cluster.observed(there).status == MachineStatus.RUNNING
    assert cluster.observed(cluster.machine(host=second)).host == second
    cluster.restore(third)
    assert all(host.online for host in engine.hosts())
    engine.start(gone.name)
    assert cluster.observed(gone).status == MachineStatus.RUNNING


def _acts(cluster: Cluster, name: str, elsewhere: str) -> list[Callable[[], object]]:
    engine = cluster.engine
    return [
        lambda: engine.start(name),
        lambda: engine.stop(name, force=True),
        lambda: engine.move(name, elsewhere),
        lambda: engine.label(name, {"a": "b"}),
        lambda: engine.resize(name, replace(LIMITS, vcpus=2)),
        lambda: engine.execute(name, ["true"]),
        lambda: engine.push(name, "/etc/x", b""),
        lambda: engine.delete(name),
    ]
