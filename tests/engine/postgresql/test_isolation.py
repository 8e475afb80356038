"""A customer who is root in a machine of their own reaches nobody else. Each refusal stands beside what does work."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import Service, order

from souk.engines.incus import IncusEngine, spec
from souk.engines.incus.cards import Cards
from souk.settings import namespace

pytestmark = pytest.mark.engine

_TCP = """
import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in host else socket.AF_INET
address = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)[0][4]
with socket.socket(family) as client:
    client.settimeout(1.5)
    try:
        client.connect(address)
        print("open")
    except OSError:
        print("closed")
"""

_DNS = """
import socket, sys
query = b"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\x01"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(1.5)
    try:
        client.sendto(query, (sys.argv[1], 53))
        client.recv(512)
        print("answered")
    except OSError:
        print("silent")
"""

# Frames for experiments (IEEE 802, 9.2.3), to everybody and to nobody, from each of the hardware addresses given, and
# how many were sent. What is no sound IPv4 would be thrown away sooner than here, where br_netfilter is loaded.
_FORGE = """
import socket, sys
sent = 0
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
    raw.bind(("eth0", 0))
    for _ in range(5):
        for source in sys.argv[1:]:
            for target in ("ff" * 6, "020000000001"):
                sent += 1
                raw.send(bytes.fromhex(target + source.replace(":", "") + "88b5") + bytes(46))
print(sent)
"""

# The name server reads a new name a moment after it is written.
_RESOLVE = """
import socket, sys, time
for _ in range(40):
    try:
        print(socket.gethostbyname(sys.argv[1]))
        break
    except OSError:
        time.sleep(0.1)
"""


@dataclass
class Neighbours:
    """A hostile machine beside another customer's service."""

    hostile: Service
    victim: Service
    gateway: str

    def tcp(self, host: str, port: int) -> str:
        """Whether the hostile machine can open a connection: open or closed."""
        return self.hostile.python(_TCP, host, str(port)).stdout.strip()

    def dns(self) -> str:
        """Whether the gateway's name server answers the hostile machine: answered or silent."""
        return self.hostile.python(_DNS, self.gateway).stdout.strip()

    def run(self, command: str) -> None:
        """Run a shell command as root in the hostile machine; it must work."""
        done = self.hostile.execute(["sh", "-c", command])
        assert done.exit_code == 0, done.stderr


@pytest.fixture(scope="module")
def neighbours(incus: IncusEngine, image: str, service: Service) -> Iterator[Neighbours]:
    """A hostile machine that tests only look out from."""
    rig = Rig(incus, namespace.current())
    try:
        yield _neighbours(rig, image, service)
    finally:
        rig.clear()


@pytest.fixture
def spoilt(rig: Rig, image: str, service: Service) -> Neighbours:
    """A hostile machine whose network the test may change."""
    return _neighbours(rig, image, service)


def _neighbours(rig: Rig, image: str, victim: Service) -> Neighbours:
    hostile = order(rig, image, 9)
    hostile.configure()
    return Neighbours(hostile, victim, rig.place.gateway)


@pytest.fixture
def host_port() -> Iterator[int]:
    """A TCP port on which the host listens on every address."""
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        yield server.getsockname()[1]


def test_dhcp_and_dns_work(neighbours: Neighbours) -> None:
    address = neighbours.hostile.execute(["ip", "-4", "-o", "address", "show", "eth0"]).stdout
    assert f"inet {neighbours.hostile.wanted.address}/24" in address
    assert "dynamic" in address
    assert f"nameserver {neighbours.gateway}" in neighbours.hostile.execute(["cat", "/etc/resolv.conf"]).stdout
    assert neighbours.dns() == "answered"


def test_an_endpoints_name_resolves_to_its_address(rig: Rig, neighbours: Neighbours) -> None:
    name = f"{rig.prefix}name.{rig.place.domain}"
    file = rig.place.dns_hosts / f"{rig.prefix}name"
    file.write_text(f"{neighbours.victim.wanted.address} {name}\n", encoding="ascii")
    try:
        assert neighbours.hostile.python(_RESOLVE, name).stdout.strip() == neighbours.victim.wanted.address
    finally:
        file.unlink()


def test_another_customers_database_is_out_of_reach(neighbours: Neighbours) -> None:
    assert neighbours.tcp(neighbours.hostile.wanted.address, 5432) == "open"
    assert neighbours.tcp(neighbours.victim.wanted.address, 5432) == "closed"


def test_another_customers_database_is_out_of_reach_through_the_gateway(spoilt: Neighbours) -> None:
    spoilt.run(f"ip route add {spoilt.victim.wanted.address}/32 via {spoilt.gateway}")
    assert spoilt.tcp(spoilt.victim.wanted.address, 5432) == "closed"


def test_neighbours_do_not_hear_each_other_at_all(neighbours: Neighbours) -> None:
    neighbours.tcp(neighbours.victim.wanted.address, 5432)
    table = neighbours.hostile.execute(["ip", "neighbour", "show", neighbours.victim.wanted.address]).stdout
    assert "lladdr" not in table


def test_the_hosts_own_ports_are_out_of_reach(neighbours: Neighbours, host_port: int) -> None:
    addresses = _host_addresses()
    assert neighbours.gateway in addresses
    for address in addresses:
        with socket.create_connection((address, host_port), timeout=2):
            pass
        assert neighbours.tcp(address, host_port) == "closed", address


def test_the_bridge_has_no_ipv6_by_which_to_reach_the_host(rig: Rig) -> None:
    rows = [line.split() for line in Path("/proc/net/if_inet6").read_text(encoding="ascii").splitlines()]
    assert [row for row in rows if row[5] == rig.place.bridge] == []


def test_the_engines_socket_and_guest_api_are_not_there(neighbours: Neighbours) -> None:
    for path in ("/dev/incus", "/dev/incus/sock", "/var/lib/incus", "/run/incus"):
        assert neighbours.hostile.execute(["test", "-e", path]).exit_code == 1


def test_a_borrowed_address_gets_no_answer(spoilt: Neighbours) -> None:
    assert spoilt.dns() == "answered"
    spoilt.run("systemctl stop systemd-networkd.socket systemd-networkd; ip address flush dev eth0")
    spoilt.run(f"ip address add {spoilt.victim.wanted.address}/24 dev eth0")
    assert spoilt.dns() == "silent"
    with spoilt.victim.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_borrowed_hardware_address_gets_no_answer(spoilt: Neighbours) -> None:
    assert spoilt.dns() == "answered"
    spoilt.run(
        "systemctl stop systemd-networkd.socket systemd-networkd; ip link set dev eth0 address 00:16:3e:00:00:01"
    )
    spoilt.run(f"ip address replace {spoilt.hostile.wanted.address}/24 dev eth0")
    assert spoilt.dns() == "silent"


def test_the_bridge_learns_nothing_from_a_frame_with_somebody_elses_hardware_address(neighbours: Neighbours) -> None:
    hostile, victim = neighbours.hostile, neighbours.victim
    own, theirs, nobodys = _mac(hostile), _mac(victim), "02:00:00:00:00:99"
    with victim.connect() as connection:
        connection.execute("SELECT 1")
        assert _learned(theirs) == {_end(victim)}
        for _ in range(20):
            done = hostile.python(_FORGE, own, theirs, nobodys)
            assert (done.exit_code, done.stdout.strip()) == (0, "30"), done.stderr
            assert _learned(theirs) <= {_end(victim)}
            assert _learned(nobodys) == set()
        assert _learned(own) == {_end(hostile)}
        connection.execute("SELECT 1")


def test_a_machine_that_the_firewall_had_forgotten_is_known_again_after_a_listing(
    rig: Rig, spoilt: Neighbours, incus: IncusEngine
) -> None:
    hostile, nobodys = spoilt.hostile, "02:00:00:00:00:98"
    (known,) = spec.known(rig.place, hostile.spec.name, spec.MAIN)
    Cards(rig.place.cards).forget([known])
    hostile.python(_FORGE, nobodys)
    assert _learned(nobodys) == {_end(hostile)}
    assert spoilt.dns() == "answered"
    incus.machines()
    assert known in Cards(rig.place.cards).listed()
    subprocess.run(["bridge", "fdb", "del", nobodys, "dev", _end(hostile), "master"], check=True)
    hostile.python(_FORGE, nobodys)
    assert _learned(nobodys) == set()
    assert spoilt.dns() == "answered"


def test_cards_are_forgotten_with_their_machine(rig: Rig, image: str, incus: IncusEngine) -> None:
    gone = order(rig, image, 9)
    cards = set(spec.known(rig.place, gone.spec.name))
    assert len(Cards(rig.place.cards).listed() & cards) == 1
    incus.delete(gone.spec.name)
    assert Cards(rig.place.cards).listed() & cards == set()


def test_root_in_a_machine_is_nobody_on_the_host_and_no_other_machines_user(neighbours: Neighbours) -> None:
    maps = [
        service.execute(["cat", "/proc/self/uid_map"]).stdout.split()
        for service in (neighbours.hostile, neighbours.victim)
    ]
    starts = [int(line[1]) for line in maps]
    assert all(start > 0 for start in starts)
    assert abs(starts[0] - starts[1]) >= int(maps[0][2])


def _mac(service: Service) -> str:
    return service.execute(["cat", "/sys/class/net/eth0/address"]).stdout.strip()


def _end(service: Service) -> str:
    """What the host calls its card on the bridge."""
    ((end, _address),) = spec.known(namespace.current(), service.spec.name, spec.MAIN)
    return end


def _learned(address: str) -> set[str]:
    """The cards at which bridges of this host have learned that a hardware address is."""
    shown = subprocess.run(["bridge", "-json", "fdb", "show"], capture_output=True, text=True, check=True).stdout
    found = json.loads(shown)
    return {each["ifname"] for each in found if each["mac"] == address and each.get("state") != "permanent"}


def _host_addresses() -> list[str]:
    """The host's IPv4 addresses but loopback's, and those towards worlds of other tests, which come and go."""
    shown = subprocess.run(["ip", "-4", "-o", "address"], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in shown.splitlines()]
    found = [row[3].partition("/")[0] for row in rows if not row[1].startswith("skout")]
    return [address for address in found if not address.startswith("127.")]
