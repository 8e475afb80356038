"""What clients who mean harm, or are many, get of a load balancer."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator

import pytest
from tests.engine.loadbalancer.conftest import Balanced, ask, pool
from tests.support.looping import until

from souk.blueprints.loadbalancer import BLUEPRINT

pytestmark = pytest.mark.engine
MANY = 1000


@contextlib.contextmanager
def open_connections(of: Balanced, count: int, port: int) -> Iterator[list[socket.socket]]:
    """So many connections at a time."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection((of.wanted.address, port), 5)) for _ in range(count)]


def say(of: Balanced, text: bytes, port: int = 8081) -> bytes:
    """What is answered to these very bytes."""
    with socket.create_connection((of.wanted.address, port), 5) as client:
        client.sendall(text)
        client.settimeout(3)
        parts = []
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while part := client.recv(65536):
                parts.append(part)
    return b"".join(parts)


@pytest.fixture(scope="module", autouse=True)
def bounded(balanced: Balanced) -> Iterator[None]:
    """It listens at 8081 without TLS, passes TCP on at 9000, and TLS by its name at 9443."""
    listeners = [
        {"port": 443, "protocol": "https", "pool": "web", "routes": ["nulle.example.ma vide"]},
        {"port": 8081, "protocol": "http", "pool": "web", "body_megabytes": 1},
        {"port": 8082, "protocol": "http", "pool": "web", "rate": 20, "client_connections": 30},
        {"port": 9000, "protocol": "tcp", "pool": "raw"},
        {"port": 9443, "protocol": "passthrough", "routes": ["un.example.ma sealed"]},
    ]
    raw = {"name": "raw", "protocol": "tcp", "members": [{"service": "un", "port": 8080}]}
    sealed = {"name": "sealed", "protocol": "tcp", "members": [{"service": "un", "port": 8443}]}
    web = pool("un", "deux", check_fall=10)
    balanced.configure(listeners=listeners, pools=[web, {"name": "vide"}, raw, sealed])
    yield
    usual = BLUEPRINT.schema()["properties"]["listeners"]["default"]
    balanced.configure(listeners=usual, pools=[pool("un", "deux")])


def test_a_thousand_clients_are_served_at_a_time(balanced: Balanced) -> None:
    with open_connections(balanced, MANY, 8081) as connections:
        for each in connections:
            each.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert all(each.recv(15).startswith(b"HTTP/1.1 200") for each in connections)


def test_who_sends_byte_by_byte_is_not_waited_for_and_nobody_else_waits(balanced: Balanced) -> None:
    with open_connections(balanced, 200, 8081) as connections:
        begun = time.monotonic()
        for each in connections:
            each.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert balanced.get("/", port=8081).status_code == 200
        connections[0].settimeout(15)
        connections[0].sendall(b"a")
        assert connections[0].recv(100).startswith(b"HTTP/1.1 408")
        assert time.monotonic() - begun < 14


def test_a_request_that_two_servers_could_read_in_two_ways_is_refused(balanced: Balanced) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\n"
    smuggled = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    for lengths in (
        b"Content-Length: 6\r\nContent-Length: 5\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\nContent-Length: 6\r\n\r\n",
        b"Content-Length : 6\r\n\r\n",
        b"Content-Length: +6\r\n\r\n",
    ):
        assert say(balanced, head + lengths + smuggled).startswith(b"HTTP/1.1 4"), lengths
    assert say(balanced, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert say(balanced, b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert b"smuggled" not in say(
        balanced, head + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n" + smuggled
    )


def test_what_is_too_large_or_too_often_is_refused_and_a_name_to_nowhere_gets_a_plain_page(balanced: Balanced) -> None:
    with balanced.client() as client:
        assert ask(client, balanced, port=8081, method="POST", content=b"x" * 1000).json()["body"] == 1000
        large = ask(client, balanced, port=8081, method="POST", content=b"x" * (1024**2 + 1))
        assert (large.status_code, "dépasse" in large.text) == (413, True)
        assert ask(client, balanced, host="nulle.example.ma").status_code == 503
    assert b" 411 " in say(balanced, b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    told = [say(balanced, request, 8082)[9:12] for _ in range(30)]
    assert told.count(b"200") == 20
    assert told.count(b"429") == 10
    with contextlib.ExitStack() as kept:
        refused = 0
        for _ in range(40):
            try:
                one = kept.enter_context(socket.create_connection((balanced.wanted.address, 8082), 5))
                one.settimeout(0.2)
                refused += one.recv(1) == b""
            except TimeoutError:
                continue
            except ConnectionResetError:
                refused += 1
        assert refused == 10


def test_tcp_is_passed_on_and_tls_by_the_name_that_is_asked_for(balanced: Balanced) -> None:
    assert until(lambda: b"wt" in say(balanced, b"GET / HTTP/1.0\r\n\r\n", 9000))
    trusting = ssl.create_default_context(cadata=balanced.certificate.authority)
    trusting.check_hostname = False

    def subject(name: str) -> object:
        plain = socket.create_connection((balanced.wanted.address, 9443), 5)
        with trusting.wrap_socket(plain, server_hostname=name) as client:
            return client.getpeercert()

    named = str(subject("un.example.ma"))
    assert balanced.behind["un"].hostname in named
    with pytest.raises((ssl.SSLError, ConnectionError)):
        subject("autre.example.ma")
