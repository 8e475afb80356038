"""A WebSocket used by one thread at a time, on the sans-I/O half of `websockets`.

The library's own blocking client reads on a thread of its own; Python's TLS sockets do not bear being read and
written by two threads at once, and such a connection can hang for ever.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from souk.engines.contract import EngineUnavailable

_READ = 64 * 1024
_HANDSHAKE_WITHIN = 10.0
_FRAME_WITHIN = 10.0
_DATA = (Opcode.BINARY, Opcode.TEXT, Opcode.CONT)


class WebSocket:
    """An open connection. Use it as a context manager. Messages come as they are framed, whole or in parts."""

    def __init__(self, connected: socket.socket, path: str) -> None:
        """Shake hands over a connected socket.

        Raises:
            EngineUnavailable: the server doesn't take it.
        """
        self._socket = connected
        self._protocol = ClientProtocol(parse_uri(f"ws://incus{path}"), max_size=None)
        self._received: deque[bytes | str] = deque()
        self._ended = False
        try:
            self._protocol.send_request(self._protocol.connect())
            self._flush()
            deadline = time.monotonic() + _HANDSHAKE_WITHIN
            while self._protocol.state is not OPEN:
                self._read(deadline)
                if self._protocol.handshake_exc or self._ended:
                    raise EngineUnavailable(f"WebSocket refused: {self._protocol.handshake_exc}")
        except OSError as error:
            connected.close()
            raise EngineUnavailable(f"WebSocket: {type(error).__name__} {error}") from error
        except EngineUnavailable:
            connected.close()
            raise

    def send(self, message: bytes | str) -> None:
        """Send a binary or a text message.

        Raises:
            OSError: the other side has gone.
        """
        if isinstance(message, bytes):
            self._protocol.send_binary(message)
        else:
            self._protocol.send_text(message.encode())
        self._flush()

    def receive(self, timeout: float | None = None) -> bytes | str | None:
        """The next message, waiting for it `timeout` seconds (None: for ever); None when the connection has ended.

        Raises:
            TimeoutError: nothing came.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._received:
            if self._ended:
                return None
            self._read(deadline)
        return self._received.popleft()

    def take(self) -> list[bytes | str | None]:
        """What one look at the network brings, maybe nothing (a ping, half a frame); None last when it has ended."""
        if not self._received and not self._ended:
            with contextlib.suppress(TimeoutError):
                self._read(time.monotonic())
        messages: list[bytes | str | None] = [*self._received]
        self._received.clear()
        return [*messages, None] if self._ended else messages

    @property
    def ready(self) -> bool:
        """Whether `receive` has something to work on without waiting for the network."""
        pending = isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0
        return pending or bool(self._received) or self._ended

    def fileno(self) -> int:
        """The socket's descriptor, to wait on."""
        return self._socket.fileno()

    def hang_up(self) -> None:
        """End the connection at once, from any thread; whoever sends or receives on it stops."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Say goodbye and hang up, without waiting for the answer."""
        with contextlib.suppress(OSError):
            if self._protocol.state is OPEN:
                self._protocol.send_close()
                self._flush()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, deadline: float | None) -> None:
        """Take what the network has next; remember messages, answer pings."""
        left = None if deadline is None else max(0.001, deadline - time.monotonic())
        self._socket.settimeout(left)
        try:
            data = self._socket.recv(_READ)
        except ConnectionError:
            data = b""
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
            self._ended = True
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
        with contextlib.suppress(ConnectionError):
            self._flush()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self._ended = True
        elif frame.opcode is Opcode.TEXT:
            self._received.append(bytes(frame.data).decode())
        elif frame.opcode in _DATA:
            self._received.append(bytes(frame.data))

    def _flush(self) -> None:
        self._socket.settimeout(_FRAME_WITHIN)
        for data in self._protocol.data_to_send():
            if data:
                self._socket.sendall(data)


def wait(sockets: Sequence[WebSocket], timeout: float) -> list[WebSocket]:
    """Those of several connections that have something to receive, waiting up to `timeout` seconds.

    Raises:
        TimeoutError: none has.
    """
    ready = [one for one in sockets if one.ready]
    if not ready:
        ready, _, _ = select.select(sockets, [], [], max(0.0, timeout))
    if not ready:
        raise TimeoutError
    return ready
