"""Machines and the world: what comes in, what goes out, and that root inside has no say in it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.engine.conftest import Rig
from tests.engine.machine.conftest import Box, order
from tests.support.outside import Outside, outside

from souk.engines.exposure import Exposure, IPProtocol, Passage
from souk.engines.incus import IncusEngine
from souk.settings import namespace

pytestmark = pytest.mark.engine

SSH, PING = Passage(IPProtocol.TCP, 22, 22), Passage(IPProtocol.ICMP)
EVERYTHING = Passage(IPProtocol.ANY)

_SERVE = """
import socket, threading
def talk(client):
    while (said := client.recv(100)):
        client.sendall(said)
def tcp(port):
    server = socket.create_server(("", port))
    while True:
        threading.Thread(target=talk, args=(server.accept()[0],), daemon=True).start()
def udp(port):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("", port))
    while True:
        said, peer = server.recvfrom(100)
        server.sendto(said, peer)
for run, port in ((tcp, 8000), (tcp, 8001), (udp, 8000)):
    threading.Thread(target=run, args=(port,)).start()
"""

_UDP = """
import socket
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(2)
client.sendto(b"salut", ("{address}", 8000))
print(client.recv(100).decode())
"""

_TALK = """
import socket, sys
client = socket.create_connection(("{address}", 8000), 2)
client.settimeout(2)
for line in sys.stdin:
    try:
        client.sendall(line.encode())
        print(client.recv(100).decode(), end="", flush=True)
    except OSError:
        print("nothing", flush=True)
"""

_SEEN = "timeout 4 bash -c 'exec 3<>/dev/tcp/{host}/{port}; cat <&3' || echo nothing"


@dataclass(frozen=True)
class Street:
    """Two customers' machines with public addresses, each serving on ports 8000 and 8001, and the world."""

    engine: IncusEngine
    world: Outside
    one: Box
    two: Box

    @property
    def public(self) -> tuple[str, str]:
        return str(self.world.pool[1]), str(self.world.pool[2])

    def expose(self, box: Box, *inward: Passage, outward: tuple[Passage, ...] = (EVERYTHING,)) -> None:
        public = self.public[0] if box is self.one else self.public[1]
        self.engine.expose(Exposure(box.wanted.address, public, inward, outward))


@pytest.fixture(scope="module")
def street(incus: IncusEngine, machine_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    rig = Rig(incus, namespace.current())
    try:
        with outside() as world:
            incus.keep_ranges([str(world.pool)])
            boxes = [order(rig, machine_image, tmp_path_factory.mktemp("street"), number) for number in (7, 8)]
            for box in boxes:
                box.configure()
                command = ["systemd-run", "--unit=served", "python3", "-c", _SERVE]
                assert box.execute(command).exit_code == 0
            yield Street(incus, world, *boxes)
    finally:
        rig.clear()
        incus.keep_ranges([])


@pytest.fixture(autouse=True)
def exposed(street: Street) -> None:
    """Both machines begin with ssh and ping, and may begin anything."""
    for box in (street.one, street.two):
        street.expose(box, SSH, PING)


def _seen_by(box: Box, host: str, port: int) -> str:
    return box.ssh(_SEEN.format(host=host, port=port)).stdout.strip()


def _tcp(box: Box, host: str, port: int) -> bool:
    return box.ssh(f"timeout 3 bash -c '</dev/tcp/{host}/{port}'").exit_code == 0


def test_the_world_reaches_what_is_let_through_and_nothing_else(street: Street) -> None:
    public, _ = street.public
    assert (street.world.tcp(public, 22), street.world.ping(public)) == (True, True)
    assert (street.world.tcp(public, 8000), street.world.tcp(public, 8001)) == (False, False)
    street.expose(street.one, Passage(IPProtocol.TCP, 8000, 8000), Passage(IPProtocol.UDP, 8000, 8000))
    assert (street.world.tcp(public, 8000), street.world.tcp(public, 8001)) == (True, False)
    assert street.world.run(sys.executable, "-c", _UDP.format(address=public)).stdout == "salut\n"
    assert (street.world.tcp(public, 22), street.world.ping(public)) == (False, False)
    # Its own address is nobody's way in.
    assert not street.world.tcp(street.one.wanted.address, 8000)


def test_a_network_that_is_not_in_the_list_is_kept_out(street: Street) -> None:
    public, _ = street.public
    street.expose(street.one, Passage(IPProtocol.TCP, 8000, 8001, ("192.0.2.7/32", f"{street.world.address}/32")))
    assert (street.world.tcp(public, 8000), street.world.tcp(public, 8001)) == (True, True)
    street.expose(street.one, Passage(IPProtocol.TCP, 8000, 8001, ("192.0.2.7/32",)))
    assert not street.world.tcp(public, 8000)


def test_nobodys_public_address_and_the_hosts_own_ports_lead_nowhere(street: Street) -> None:
    with subprocess.Popen([sys.executable, "-m", "http.server", "47815"], stdout=subprocess.PIPE, stderr=-3) as server:
        try:
            assert _eventually(lambda: street.world.tcp(street.world.host, 47815))
            assert not street.world.tcp(street.public[0], 47815)
            assert not street.world.tcp(str(street.world.pool[3]), 47815)
            street.expose(street.one, EVERYTHING)
            assert not street.world.tcp(street.public[0], 47815)
        finally:
            server.kill()


def test_a_machine_is_seen_by_the_world_at_its_public_address(street: Street) -> None:
    with street.world.listening(443):
        assert _seen_by(street.one, street.world.address, 443) == street.public[0]
        assert _seen_by(street.two, street.world.address, 443) == street.public[1]


def test_a_connection_that_no_rule_lets_through_any_more_ends_and_others_go_on(street: Street) -> None:
    public, _ = street.public
    first, second = Passage(IPProtocol.TCP, 8000, 8000), Passage(IPProtocol.TCP, 8001, 8001)
    street.expose(street.one, first, second)
    talks = [
        street.world.begin(sys.executable, "-c", _TALK.format(address=public).replace("8000", port))
        for port in ("8000", "8001")
    ]
    try:
        assert [_says(each, "un") for each in talks] == ["un", "un"]
        street.expose(street.one, second)
        assert [_says(each, "deux") for each in talks] == ["nothing", "deux"]
    finally:
        for each in talks:
            each.kill()
            each.communicate()


def test_two_machines_and_the_host_reach_each_other_by_public_addresses_as_far_as_rules_let_through(
    street: Street,
) -> None:
    _, public = street.public
    assert (_tcp(street.one, public, 22), _tcp(street.one, public, 8000)) == (True, False)
    street.expose(street.two, Passage(IPProtocol.TCP, 8000, 8000, (f"{street.one.wanted.address}/32",)))
    assert (_tcp(street.one, public, 22), _tcp(street.one, public, 8000)) == (False, True)
    # Also one that has none, and one that asks for its own.
    street.engine.expose(Exposure(street.one.wanted.address, "", (), (EVERYTHING,)))
    assert _tcp(street.one, public, 8000)
    street.expose(street.two, Passage(IPProtocol.TCP, 8000, 8000))
    assert _tcp(street.two, public, 8000)
    street.expose(street.two, SSH)
    assert not _tcp(street.one, public, 8000)
    banner = subprocess.run(
        ["bash", "-c", f"head -c 4 </dev/tcp/{public}/22"], capture_output=True, timeout=9, check=True
    )
    assert banner.stdout == b"SSH-"


def test_what_a_machine_may_begin_is_bounded_and_mail_leaves_only_by_a_rule_that_names_it(street: Street) -> None:
    world = street.world
    mail = Passage(IPProtocol.TCP, 25, 25)
    with world.listening(25), world.listening(443), world.listening(8080):
        ports = (25, 443, 8080)
        assert [_seen_by(street.one, world.address, port) for port in ports] == ["nothing", *[street.public[0]] * 2]
        street.expose(street.one, SSH, outward=(mail, Passage(IPProtocol.TCP, 443, 443)))
        assert [_seen_by(street.one, world.address, port) for port in ports] == [*[street.public[0]] * 2, "nothing"]
        street.expose(street.one, SSH, outward=(Passage(IPProtocol.TCP, None, None, ("192.0.2.9/32",)),))
        assert [_seen_by(street.one, world.address, port) for port in ports] == ["nothing"] * 3
        # What it answers is not what it begins.
        assert world.tcp(street.public[0], 22)


def test_root_in_a_machine_opens_no_port_and_speaks_as_nobody_else(street: Street) -> None:
    mine, others = street.public
    assert street.one.execute(["sh", "-c", "nft flush ruleset; iptables -F; true"]).exit_code == 0
    assert not street.world.tcp(mine, 8000)
    street.one.execute(["ip", "address", "add", f"{others}/32", "dev", "eth0"])
    try:
        with street.world.listening(443):
            forged = f"""python3 -c '
import socket
client = socket.socket(); client.settimeout(3); client.bind(("{others}", 0))
client.connect(("{street.world.address}", 443)); print(client.recv(100))'"""
            assert street.one.execute(["sh", "-c", forged]).exit_code != 0
            assert _seen_by(street.one, street.world.address, 443) == mine
        assert street.world.tcp(others, 22)
    finally:
        street.one.execute(["ip", "address", "del", f"{others}/32", "dev", "eth0"])


def test_an_address_goes_from_one_machine_to_another_with_no_connection_of_before(street: Street) -> None:
    public, _ = street.public
    street.expose(street.one, Passage(IPProtocol.TCP, 8000, 8000))
    talk = street.world.begin(sys.executable, "-c", _TALK.format(address=public))
    try:
        assert _says(talk, "un") == "un"
        street.engine.expose(Exposure(street.two.wanted.address, public, (Passage(IPProtocol.TCP, 8000, 8000),), None))
        assert _says(talk, "deux") == "nothing"
        assert street.engine.exposures().get(street.one.wanted.address) == ""
        assert street.world.tcp(public, 8000)
    finally:
        talk.kill()
        talk.communicate()


def test_what_is_in_force_is_told_and_a_deleted_machine_leaves_nothing(
    street: Street, machine_image: str, rig: Rig, tmp_path: object
) -> None:
    wanted = Exposure(street.one.wanted.address, street.public[0], (SSH, PING), (EVERYTHING,))
    assert street.engine.exposures()[wanted.address] == wanted.token
    street.engine.expose(Exposure(wanted.address))
    assert wanted.address not in street.engine.exposures()


def _says(talk: subprocess.Popen[str], line: str) -> str:
    assert talk.stdin is not None
    assert talk.stdout is not None
    talk.stdin.write(f"{line}\n")
    talk.stdin.flush()
    return talk.stdout.readline().strip()


def _eventually(holds: object, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False
