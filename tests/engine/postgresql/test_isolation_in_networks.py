"""Root in a machine of one customer's private network tries to reach another's, and the platform: nothing gets through.

Beside each kind of attempt stands one like it that must arrive, so that a mistake in the attempts would be seen.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.engine.conftest import Rig
from tests.engine.postgresql.conftest import Service, order
from tests.support import frames

from souk.engines.contract import Card
from souk.engines.incus import IncusEngine
from souk.provisioning.reconciler.plugging import use
from souk.provisioning.reconciler.records import Attached
from souk.settings import namespace

pytestmark = pytest.mark.engine

_ENOUGH, _LISTENING = "/tmp/enough", "/tmp/listening"
METADATA = "169.254.169.254"

# What arrives on any card of a machine until it is told that it is enough, by the tokens in it.
_SNIFF = """
import os, re, socket, sys, time
seen, end = set(), time.monotonic() + 120
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as raw:
    raw.settimeout(0.2)
    open(sys.argv[1], "w").close()
    while time.monotonic() < end:
        if os.path.exists(sys.argv[2]):
            end = min(end, time.monotonic() + 2)
            os.unlink(sys.argv[2])
        try:
            frame, where = raw.recvfrom(2048)
        except OSError:
            continue
        if where[2] != 4:
            seen.update(re.findall(rb"souk:[a-z0-9-]+:", frame))
print(" ".join(sorted(token.decode() for token in seen)))
"""

_SEND = """
import json, socket, sys, time
cards = {}
for card, text in json.load(sys.stdin) * 3:
    if card not in cards:
        cards[card] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        cards[card].bind((card, 0))
    cards[card].send(bytes.fromhex(text))
    time.sleep(0.002)
"""

# Connections of one card only, all at once: open, closed, answered or silent for each.
_TRY = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
QUERY = b"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\x01"
def attempt(each):
    card, kind, host, port = each
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, card.encode())
        client.settimeout(2)
        try:
            client.connect((host, port))
            if kind == "udp":
                client.send(QUERY)
                client.recv(512)
        except OSError:
            return False
    return True
with ThreadPoolExecutor(200) as pool:
    print(json.dumps(list(pool.map(attempt, json.load(sys.stdin)))))
"""

_SOCKETS = """
import os, socket
found = [path for path in ("/dev/incus", "/dev/incus/sock", "/dev/lxd", "/dev/lxd/sock", "/var/lib/incus",
                           "/var/lib/incus/unix.socket", "/run/incus", "/var/snap/lxd") if os.path.exists(path)]
for line in open("/proc/net/unix").read().splitlines()[1:]:
    name = line.split()[-1]
    if "incus" in name or "lxd" in name or "lxc" in name:
        found.append(name)
for name in ("/dev/incus/sock", "/dev/lxd/sock", "/var/lib/incus/unix.socket", "\\0incus", "\\0lxd"):
    with socket.socket(socket.AF_UNIX) as client:
        if client.connect_ex(name) == 0:
            found.append(name)
print(" ".join(found))
"""


@dataclass
class Tenant:
    """A machine and where it is: its cards' hardware addresses, and its address in its private network."""

    service: Service
    card: Card

    def mac(self, card: str) -> str:
        """The hardware address of one of its cards."""
        return self.service.execute(["cat", f"/sys/class/net/{card}/address"]).stdout.strip()

    @property
    def public(self) -> str:
        """Its address on the bridge that all machines have."""
        return self.service.wanted.address

    def hears(self) -> list[str]:
        """The tokens of the frames that arrive on any of its cards, until it is told that it is enough."""
        return self.service.python(_SNIFF, _LISTENING, _ENOUGH, timeout=180).stdout.split()

    def run(self, command: str) -> None:
        """Run a shell command as root; it must work."""
        done = self.service.execute(["sh", "-c", command])
        assert done.exit_code == 0, done.stderr


@dataclass
class Town:
    """Two customers, each with a private network. `hostile` and `neighbour` are in the same one, `victim` in another;
    `member` is the victim's address in a network that only its service has for itself.
    """

    hostile: Tenant
    neighbour: Tenant
    victim: Tenant
    member: str
    gateway: str
    hosts: list[str]


@pytest.fixture(scope="module")
def town(incus: IncusEngine, image: str, service: Service) -> Iterator[Town]:
    rig = Rig(incus, namespace.current())
    made = [f"sk-{rig.prefix}{letter}" for letter in "abm"]
    try:
        for name in made:
            incus.ensure_network(name)
        services = [order(rig, image, 1), order(rig, image, 2), order(rig, image, 3)]
        for each in services:
            each.configure()
        cards = [Card(made[0], "10.199.1.10"), Card(made[0], "10.199.1.11"), Card(made[1], "10.199.2.10")]
        for each, card in zip(services, cards, strict=True):
            incus.attach(each.spec.name, card)
            use(incus, each.spec.name, Attached(card, 24))
        tenants = [Tenant(*each) for each in zip(services, cards, strict=True)]
        incus.join(services[2].spec.name, made[2])
        tenants[2].run(
            "until ip link show eth1; do sleep 0.1; done; ip link set eth1 up; ip address add 169.254.77.1/24 dev eth1"
        )
        hostile, neighbour, victim = tenants
        yield Town(hostile, neighbour, victim, "169.254.77.1", rig.place.gateway, _host_addresses())
    finally:
        rig.clear()
        for name in made:
            incus.delete_network(name)


@pytest.fixture
def host_port() -> Iterator[int]:
    """A TCP and UDP port at which the host listens on every address."""
    with socket.create_server(("", 0)) as server:
        yield server.getsockname()[1]


def test_neighbours_in_a_network_reach_each_other(town: Town) -> None:
    address = town.neighbour.card.address
    assert _tried(town, [("eth2", "tcp", address, 5432), ("eth2", "tcp", address, 6432)])[0]
    assert "inet 10.199.1.10/24" in town.hostile.service.execute(["ip", "-4", "address", "show", "eth2"]).stdout


def test_no_connection_leads_to_another_customer_the_host_or_its_metadata(town: Town, host_port: int) -> None:
    forbidden = [METADATA, town.victim.public, town.victim.card.address, town.member, *town.hosts]
    # As if each of them were on the same wire, by either card.
    for number, card in enumerate(("eth0", "eth2")):
        for address in forbidden:
            if (card, address) != ("eth0", town.gateway):
                town.hostile.run(f"ip route replace {address}/32 dev {card} metric {50 + number}")
    ports = (22, 53, 80, 443, 2379, 5432, 6432, 8333, 8443, host_port)
    attempts = [("eth2", kind, address, port) for address in forbidden for kind, port in _each(ports)]
    attempts += [
        ("eth0", kind, address, port)
        for address in forbidden
        for kind, port in _each(ports)
        if (address, port) != (town.gateway, 53)
    ]
    for address in town.hosts:
        with socket.create_connection((address, host_port), timeout=2):
            pass
    controls = [("eth0", "udp", town.gateway, 53), ("eth2", "tcp", town.neighbour.card.address, 5432)]
    answers = _tried(town, [*controls, *attempts])
    assert answers[:2] == [True, True]
    reached = [attempt for attempt, answer in zip(attempts, answers[2:], strict=True) if answer]
    sys.stdout.write(f"\n{len(attempts)} connections and questions tried, {len(reached)} reached anything\n")
    assert reached == []


def test_no_forged_frame_arrives_anywhere(town: Town) -> None:
    hostile, neighbour, victim = town.hostile, town.neighbour, town.victim
    forged, honest = _frames(town)
    heard: dict[str, list[str]] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as host:
        host.bind(("", 5999))
        host.settimeout(0.2)
        listening = [
            threading.Thread(target=lambda who=who, name=name: heard.update({name: who.hears()}))
            for name, who in (("neighbour", neighbour), ("victim", victim))
        ]
        for each in listening:
            each.start()
        for who in (neighbour, victim):
            who.run(f"until test -e {_LISTENING}; do sleep 0.1; done")
        # The honest ones last: they would arrive nowhere if a bridge had learned anything from those before.
        told = [(card, frame.hex()) for card, _token, frame in [*forged, *honest]]
        done = hostile.service.execute(["/usr/bin/python3", "-c", _SEND], stdin=json.dumps(told).encode())
        assert done.exit_code == 0, done.stderr
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as itself:
            itself.sendto(b"souk:itself:", (town.gateway, 5999))
        at_host = _received(host)
        for who in (neighbour, victim):
            who.run(f"touch {_ENOUGH}")
        for each in listening:
            each.join()
    sys.stdout.write(f"\n{len(forged)} forged or stray frames sent, {len(honest)} honest ones beside them\n")
    tokens = {token.decode() for _card, token, _frame in forged}
    # What the hostile machine sends as itself to nobody in particular, its neighbour hears.
    liars = {token for token in tokens if "stray" not in token}
    assert {token.decode() for _card, token, _frame in honest} <= set(heard["neighbour"])
    assert at_host - tokens == {"souk:itself:"}
    assert sorted(set(heard["neighbour"]) & liars) == []
    assert sorted(set(heard["victim"]) & tokens) == []
    assert sorted(at_host & tokens) == []


def test_another_address_or_hardware_address_of_its_own_reaches_not_even_the_neighbour(town: Town) -> None:
    address, own = town.neighbour.card.address, town.hostile.mac("eth2")
    reach = [("eth2", "tcp", address, 5432)]
    assert _tried(town, reach) == [True]
    try:
        town.hostile.run("ip address flush dev eth2; ip address add 10.199.1.99/24 dev eth2")
        assert _tried(town, reach) == [False]
        town.hostile.run("ip address flush dev eth2; ip address add 10.199.1.10/24 dev eth2")
        assert _tried(town, reach) == [True]
        town.hostile.run("ip link set eth2 address 00:16:3e:00:00:02")
        assert _tried(town, reach) == [False]
    finally:
        town.hostile.run(f"ip link set eth2 address {own}")
        town.hostile.run("ip address flush dev eth2; ip address add 10.199.1.10/24 dev eth2")
    assert _tried(town, reach) == [True]


def test_a_victims_addresses_of_every_network_taken_as_its_own_lead_nowhere(town: Town) -> None:
    victim = town.victim
    taken = ["10.199.2.99/24", "169.254.77.99/24"]
    targets = [("eth2", "tcp", victim.card.address, 5432), ("eth2", "tcp", town.member, 5432)]
    try:
        for address in taken:
            town.hostile.run(f"ip address add {address} dev eth2")
        assert _tried(town, targets) == [False, False]
    finally:
        for address in taken:
            town.hostile.run(f"ip address del {address} dev eth2")


def test_there_is_neither_a_server_that_gives_addresses_out_nor_ipv6(town: Town) -> None:
    program = """
import os, socket, struct
found = []
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as raw:
    raw.bind(("eth2", 0))
    raw.settimeout(3)
    own = bytes.fromhex(open("/sys/class/net/eth2/address").read().strip().replace(":", ""))
    body = struct.pack("!BBBBIHH", 1, 1, 6, 0, 7, 0, 0x8000) + bytes(16) + own.ljust(16, b"\\0") + bytes(192)
    body += b"\\x63\\x82\\x53\\x63\\x35\\x01\\x01\\xff"
    udp = struct.pack("!HHHH", 68, 67, 8 + len(body), 0) + body
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + bytes(4) + b"\\xff" * 4
    total = sum(struct.unpack("!10H", head)); total = (total & 0xffff) + (total >> 16)
    head = head[:10] + struct.pack("!H", ~total & 0xffff) + head[12:]
    raw.send(b"\\xff" * 6 + own + b"\\x08\\x00" + head + udp)
    try:
        while True:
            frame, where = raw.recvfrom(2048)
            if where[2] != 4 and frame[12:14] == b"\\x08\\x00" and frame[23] == 17 and frame[34:36] == b"\\x00\\x43":
                found.append("dhcp")
    except OSError:
        pass
os.system("ip -6 address add fe80::bad/64 dev eth2 nodad 2>/dev/null")
done = os.popen("ping -6 -c 2 -W 1 -I eth2 ff02::1 2>/dev/null").read()
found += [line for line in done.splitlines() if "bytes from" in line and "fe80::bad" not in line]
os.system("ip -6 address del fe80::bad/64 dev eth2 2>/dev/null")
print(found)
"""
    assert town.hostile.service.python(program).stdout.strip() == "[]"


def test_the_engines_sockets_are_not_to_be_found(town: Town) -> None:
    done = town.hostile.service.python(_SOCKETS)
    assert (done.exit_code, done.stdout.strip()) == (0, "")


def test_what_is_sent_in_a_private_network_is_not_counted_as_sent_to_clients(town: Town, incus: IncusEngine) -> None:
    neighbour = town.neighbour
    before = incus.usage_of(neighbour.service.spec.name)
    neighbour.run("cat > /tmp/serve.py <<'E'\n" + _SERVE + "E\npython3 /tmp/serve.py & sleep 0.5")
    fetched = town.hostile.service.python(_FETCH, neighbour.card.address).stdout.strip()
    after = incus.usage_of(neighbour.service.spec.name)
    assert fetched == str(20 * 1024 * 1024)
    assert before is not None
    assert after is not None
    if before.egress is None or after.egress is None:
        pytest.skip("nobody counts what machines send here")
    assert after.egress - before.egress < 100_000
    # The same way out to the host's side is counted.
    with socket.create_connection((neighbour.public, 5998), timeout=5) as client:
        assert len(_all(client)) == 20 * 1024 * 1024
    last = incus.usage_of(neighbour.service.spec.name)
    assert last is not None
    assert last.egress is not None
    assert last.egress - after.egress > 20 * 1024 * 1024


_SERVE = """
import socket
with socket.create_server(("", 5998)) as server:
    for _ in range(2):
        client, _where = server.accept()
        with client:
            client.sendall(bytes(20 * 1024 * 1024))
"""

_FETCH = """
import socket, sys
total = 0
with socket.create_connection((sys.argv[1], 5998), timeout=10) as client:
    while part := client.recv(65536):
        total += len(part)
print(total)
"""


def _all(client: socket.socket) -> bytes:
    found = bytearray()
    while part := client.recv(65536):
        found += part
    return bytes(found)


def _each(ports: tuple[int, ...]) -> list[tuple[str, int]]:
    return [*(("tcp", port) for port in ports), ("udp", 53)]


def _tried(town: Town, attempts: list[tuple[str, str, str, int]]) -> list[bool]:
    done = town.hostile.service.execute(
        ["/usr/bin/python3", "-c", _TRY], stdin=json.dumps(attempts).encode(), timeout=120
    )
    assert done.exit_code == 0, done.stderr
    answers: list[bool] = json.loads(done.stdout)
    return answers


def _frames(town: Town) -> tuple[list[tuple[str, bytes, bytes]], list[tuple[str, bytes, bytes]]]:
    """Forged frames and honest ones, each with the card that sends it and its token."""
    hostile, neighbour, victim = town.hostile, town.neighbour, town.victim
    mine = (hostile.mac("eth2"), hostile.card.address)
    outside = (hostile.mac("eth0"), hostile.public)
    near = (neighbour.mac("eth2"), neighbour.card.address)
    far = {card: victim.mac(card) for card in ("eth0", "eth1", "eth2")}
    bridge, main = _bridge(hostile.card.network), _bridge(namespace.current().bridge)
    strange = "00:16:3e:00:00:03"
    listed: list[tuple[str, str, bytes]] = []

    def add(card: str, build: Callable[..., bytes], *given: Any, **more: Any) -> None:
        stray = card == "eth2" and build is frames.udp4 and given[0] == mine and given[1:] != (near,)
        token = f"souk:{'stray' if stray and len(given) == 2 else 'forged'}{len(listed)}:"
        listed.append((card, token, build(token.encode(), *given, **more)))

    # To the neighbour, as somebody else.
    for source in ("10.199.1.77", victim.card.address, town.gateway, METADATA, neighbour.card.address, "8.8.8.8"):
        add("eth2", frames.udp4, (mine[0], source), near)
        add("eth2", frames.udp4, (mine[0], source), (frames.ALL, "10.199.1.255"))
        add("eth2", frames.arp, mine[0], near[0], (mine[0], source), near[1], reply=True)
        add("eth2", frames.arp, mine[0], frames.ALL, (mine[0], source), source, reply=True)
        add("eth2", frames.arp, mine[0], frames.ALL, (mine[0], source), near[1], reply=False)
    for source_mac in (strange, near[0], far["eth2"], bridge, main):
        add("eth2", frames.udp4, (source_mac, mine[1]), near)
        add("eth2", frames.arp, source_mac, near[0], (source_mac, mine[1]), near[1], reply=True)
        add("eth2", frames.arp, mine[0], near[0], (source_mac, mine[1]), near[1], reply=True)
    add("eth2", frames.udp6, mine[0], near[0])
    add("eth2", frames.udp6, mine[0], "33:33:00:00:00:01")
    add("eth2", frames.advertisement, mine[0])
    add("eth2", frames.tagged, mine, near)
    add("eth2", frames.lldp, mine[0])
    add("eth2", frames.udp4, mine, near, (67, 68))
    add("eth2", frames.udp4, mine, (frames.ALL, "255.255.255.255"), (67, 68))
    add("eth2", frames.udp4, mine, (frames.ALL, "255.255.255.255"), (68, 67))
    # To another customer, straight, by the host, and as one of its own.
    places = [victim.public, victim.card.address, town.member]
    for place in places:
        for target_mac in (*far.values(), bridge, main, frames.ALL):
            for source in (mine[1], "10.199.2.77", "169.254.77.7", town.gateway):
                add("eth2", frames.udp4, (mine[0], source), (target_mac, place))
            for source in (outside[1], "10.199.2.77", "169.254.77.7", town.gateway, victim.public):
                add("eth0", frames.udp4, (outside[0], source), (target_mac, place))
    for card, who in (("eth0", outside), ("eth2", mine)):
        for claimed in (town.gateway, victim.public, victim.card.address, town.member):
            add(card, frames.arp, who[0], frames.ALL, (who[0], claimed), claimed, reply=True)
            add(card, frames.arp, who[0], far["eth0"], (who[0], claimed), victim.public, reply=True)
        add(card, frames.udp6, who[0], far["eth0"])
        add(card, frames.udp6, who[0], "33:33:00:00:00:01")
        add(card, frames.advertisement, who[0])
    # To the host, on all of its addresses.
    for place in town.hosts:
        for target_mac in (bridge, main, frames.ALL):
            add("eth2", frames.udp4, mine, (target_mac, place))
            add("eth2", frames.udp4, (mine[0], town.gateway), (target_mac, place))
            add("eth0", frames.udp4, outside, (target_mac, place))
            add("eth0", frames.udp4, (outside[0], mine[1]), (target_mac, place))
    forged = [(card, token.encode(), frame) for card, token, frame in listed]
    honest = [
        ("eth2", b"souk:honest-udp:", frames.udp4(b"souk:honest-udp:", mine, near)),
        ("eth2", b"souk:honest-arp:", frames.arp(b"souk:honest-arp:", mine[0], near[0], mine, near[1], reply=False)),
    ]
    return forged, honest


def _received(host: socket.socket) -> set[str]:
    found: set[str] = set()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        try:
            found |= set(re.findall(r"souk:[a-z0-9-]+:", host.recv(2048).decode(errors="replace")))
        except OSError:
            continue
    return found


def _bridge(name: str) -> str:
    return Path(f"/sys/class/net/{name}/address").read_text(encoding="ascii").strip()


def _host_addresses() -> list[str]:
    """The host's IPv4 addresses but loopback's."""
    shown = subprocess.run(["ip", "-4", "-o", "address"], capture_output=True, text=True, check=True).stdout
    found = [line.split()[3].partition("/")[0] for line in shown.splitlines()]
    return [address for address in found if not address.startswith("127.")]
