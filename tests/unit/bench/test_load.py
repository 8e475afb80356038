"""The load client counts what it is for, and refuses what it is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from typing import Any

import pytest

from support.load import Refused, drive, request


class Echo(BaseHTTPRequestHandler):
    """Answers with the body it got, in two parts; /teapot with 418; /gone with nothing."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, bytes]]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"x" * 100_000
        type(self).asked.append((self.path, body))
        if self.path == "/gone":
            self.close_connection = True
            return
        self.send_response(418 if self.path == "/teapot" else 200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:10])
        self.wfile.flush()
        self.wfile.write(body[10:])

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Echo.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def test_every_request_is_sent_once_and_every_answer_is_counted(server: ThreadingHTTPServer) -> None:
    sent = [request("POST", "/", f"body {number}".encode()) for number in range(50)]
    outcome = drive(server.server_port, sent, connections=4)
    assert sorted(body for _, body in Echo.asked) == sorted(f"body {number}".encode() for number in range(50))
    assert len(outcome.latencies) == 50
    assert outcome.received == sum(len(body) for _, body in Echo.asked)
    assert outcome.rate == pytest.approx(50 / outcome.seconds)


def test_a_long_answer_is_waited_for_to_its_end(server: ThreadingHTTPServer) -> None:
    assert drive(server.server_port, repeat(request("GET", "/"), 5), connections=2).received == 500_000


@pytest.mark.parametrize("path", ["/teapot", "/gone"])
def test_any_other_answer_ends_the_measurement(server: ThreadingHTTPServer, path: str) -> None:
    with pytest.raises(Refused):
        drive(server.server_port, [request("GET", "/"), request("GET", path)], connections=1)


def test_more_connections_than_requests_are_no_trouble(server: ThreadingHTTPServer) -> None:
    assert len(drive(server.server_port, [request("GET", "/")], connections=8).latencies) == 1
