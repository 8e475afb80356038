"""A small HTTP client that keeps a few connections busy and takes little of the processor it shares.

Only for servers on this machine that answer with a Content-Length.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PATIENCE = 30.0


class Refused(RuntimeError):
    """The server answered with another status than the benchmark counts."""


@dataclass
class Outcome:
    """What came back: seconds in all, each answer's seconds, bytes of bodies."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    received: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def typical(self) -> float:
        """The median of the answers' seconds."""
        return median(self.latencies)


@dataclass
class _Line:
    socket: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    sent_at: float = 0.0


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """One request, ready to be sent again and again."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Language: fr"]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def drive(port: int, requests: Iterable[bytes], *, connections: int, status: int = 200) -> Outcome:
    """Send every request once over `connections` kept-alive connections, each having one under way.

    Raises:
        Refused: an answer has another status. TimeoutError: none came for half a minute.
    """
    queue = iter(requests)
    outcome = Outcome()
    with selectors.DefaultSelector() as selector:
        lines = [_Line(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
        try:
            started = time.perf_counter()
            for line in lines:
                line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if _send(line, queue):
                    selector.register(line.socket, selectors.EVENT_READ, line)
            while selector.get_map():
                ready = selector.select(_PATIENCE)
                if not ready:
                    raise TimeoutError("the server does not answer")
                for key, _ in ready:
                    if _receive(key.data, status, outcome) and not _send(key.data, queue):
                        selector.unregister(key.data.socket)
            outcome.seconds = time.perf_counter() - started
        finally:
            for line in lines:
                line.socket.close()
    return outcome


def _send(line: _Line, queue: Iterator[bytes]) -> bool:
    message = next(queue, None)
    if message is None:
        return False
    line.buffer.clear()
    line.sent_at = time.perf_counter()
    line.socket.sendall(message)
    return True


def _receive(line: _Line, status: int, outcome: Outcome) -> bool:
    """Take in what has come; True when the answer is complete."""
    chunk = line.socket.recv(262_144)
    if not chunk:
        raise Refused("the server closed the connection")
    line.buffer += chunk
    end = line.buffer.find(b"\r\n\r\n")
    if end < 0:
        return False
    found = _LENGTH.search(line.buffer, 0, end + 2)
    length = int(found[1]) if found else 0
    if len(line.buffer) < end + 4 + length:
        return False
    answered = int(line.buffer[9:12])
    if answered != status:
        raise Refused(f"status {answered}: {bytes(line.buffer[end + 4 : end + 304])!r}")
    outcome.latencies.append(time.perf_counter() - line.sent_at)
    outcome.received += length
    return True
