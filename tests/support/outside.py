"""The world outside of a host: a network namespace behind a pair of cards, to which public addresses are routed."""

from __future__ import annotations

import ipaddress
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_LINKS = ipaddress.IPv4Network("198.51.100.0/24")
_POOLS = ipaddress.IPv4Network("203.0.113.0/24")
"""Both are set aside for documentation (RFC 5737): nobody has them."""

_LISTEN = """
import socket, sys
server = socket.create_server(("", int(sys.argv[1])))
server.settimeout(60)
print("ready", flush=True)
while True:
    client, peer = server.accept()
    client.sendall(peer[0].encode())
    client.close()
"""

_PING = """
import socket, struct, sys
def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
raw.settimeout(2)
head = struct.pack("!BBHHH", 8, 0, 0, 4711, 1)
raw.sendto(struct.pack("!BBHHH", 8, 0, checksum(head), 4711, 1), (sys.argv[1], 0))
answer, peer = raw.recvfrom(100)
sys.exit(0 if answer[20] == 0 and peer[0] == sys.argv[1] else 1)
"""


@dataclass(frozen=True)
class Outside:
    """A client's place in the world: its address, and the network of public addresses that is routed to the host."""

    name: str
    address: str
    pool: ipaddress.IPv4Network
    host: str

    def run(self, *command: str, timeout: float = 30, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command out there."""
        words = ["ip", "netns", "exec", self.name, *command]
        return subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False, input=stdin)

    def begin(self, *command: str) -> subprocess.Popen[str]:
        """Have a command run out there; its input and output are pipes."""
        words = ["ip", "netns", "exec", self.name, *command]
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tcp(self, address: str, port: int) -> bool:
        """Whether a port answers to a connection from out there."""
        test = f"import socket; socket.create_connection(({address!r}, {port}), 2)"
        return self.run(sys.executable, "-c", test).returncode == 0

    def ping(self, address: str) -> bool:
        """Whether an address answers to a ping from out there."""
        return self.run(sys.executable, "-c", _PING, address).returncode == 0

    @contextmanager
    def listening(self, port: int) -> Iterator[None]:
        """A server out there that tells each client the address that it sees."""
        server = self.begin(sys.executable, "-c", _LISTEN, str(port))
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield
        finally:
            server.kill()
            server.communicate()


def _name(number: int) -> str:
    return f"skout{number}"


def _free() -> int:
    """The number of a world that nobody else on this host has; its network namespace is made by that."""
    numbers = list(range(32))
    random.shuffle(numbers)
    for number in numbers:
        if subprocess.run(["ip", "netns", "add", _name(number)], check=False, capture_output=True).returncode == 0:
            return number
    raise RuntimeError("every world is taken")


@contextmanager
def outside() -> Iterator[Outside]:
    """A world of the test's own. It is gone afterwards, with the routes to it."""
    number = _free()
    link = list(_LINKS.subnets(new_prefix=29))[number]
    pool = list(_POOLS.subnets(new_prefix=29))[number]
    host, address = str(link[1]), str(link[2])
    name, near, far = _name(number), f"skout{number}h", f"skout{number}w"
    inside = ["ip", "netns", "exec", name]
    try:
        for words in (
            ["ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", name],
            ["ip", "address", "add", f"{host}/29", "dev", near],
            ["ip", "link", "set", near, "up"],
            [*inside, "ip", "address", "add", f"{address}/29", "dev", far],
            [*inside, "ip", "link", "set", far, "up"],
            [*inside, "ip", "link", "set", "lo", "up"],
            [*inside, "ip", "route", "add", "default", "via", host],
        ):
            subprocess.run(words, check=True, capture_output=True)
        yield Outside(name, address, pool, host)
    finally:
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "del", near], check=False, capture_output=True)
