"""Running a command in a machine over WebSockets: standard input leaves no trace in Incus's operations or logs."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode

from souk.engines.contract import MOST_SAID, EngineError, Execution
from souk.engines.incus.transport import Transport
from souk.engines.incus.websocket import WebSocket, wait

_STDIN, _STDOUT, _STDERR, _CONTROL = "0", "1", "2", "control"
_CHUNK = 64 * 1024
_MISSING = "command not found"
_MISSING_EXIT = 127
_NO_EXIT = -1
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}


class _TooMuch(Exception):
    """A command said more than anybody wants to know."""


def execute(transport: Transport, name: str, command: Sequence[str], stdin: bytes, timeout: float) -> Execution:
    """Run `command` in machine `name`. See the contract's `execute`."""
    deadline = time.monotonic() + timeout
    try:
        operation = transport.begin("POST", f"/1.0/instances/{name}/exec", body=_request(command))
        assert operation is not None, "Incus answers exec with an operation"
        secrets = (operation.metadata or {}).get("fds", {})
        with ExitStack() as stack:
            sockets = _open(transport, operation.id, secrets, stack)
            try:
                with _fed(sockets[_STDIN], stdin):
                    stdout, stderr = _drain((sockets[_STDOUT], sockets[_STDERR]), deadline)
            except (TimeoutError, _TooMuch) as error:
                sockets[_CONTROL].send('{"command": "signal", "signal": 9}')
                much = isinstance(error, _TooMuch)
                why = f"said more than {MOST_SAID} bytes" if much else f"took more than {timeout:.0f} s"
                raise EngineError(f"{command[0]} {why} and was killed") from None
            ended = transport.wait(operation.id, max(1.0, deadline - time.monotonic()))
    except EngineError as error:
        if _MISSING in str(error).lower():
            return Execution(_MISSING_EXIT, "", str(error))
        raise
    return Execution(int((ended.metadata or {}).get("return", _NO_EXIT)), stdout, stderr)


def _request(command: Sequence[str]) -> dict[str, object]:
    return {
        "command": list(command),
        "environment": _ENVIRONMENT,
        "wait-for-websocket": True,
        "interactive": False,
    }


def _open(transport: Transport, operation: str, secrets: Mapping[str, str], stack: ExitStack) -> dict[str, WebSocket]:
    """Connect every stream; the command starts when all are."""
    path = f"/1.0/operations/{operation}/websocket?"
    return {
        stream: stack.enter_context(transport.websocket(path + urlencode({"secret": secrets[stream]})))
        for stream in (_CONTROL, _STDIN, _STDOUT, _STDERR)
    }


@contextmanager
def _fed(socket: WebSocket, content: bytes) -> Iterator[None]:
    """Send standard input and its end: little at once, much from a thread while output is read meanwhile."""
    if len(content) <= _CHUNK:
        _feed(socket, content)
        yield
        return
    feeder = threading.Thread(target=_feed, args=(socket, content), daemon=True)
    feeder.start()
    try:
        yield
    finally:
        # Whoever still sends to a command that has ended, or is given up, stops when its connection does.
        socket.hang_up()
        feeder.join()


def _feed(socket: WebSocket, content: bytes) -> None:
    """Standard input, then its end (an empty text message). A command may end without reading it all."""
    with contextlib.suppress(OSError):
        for start in range(0, len(content), _CHUNK):
            socket.send(content[start : start + _CHUNK])
        socket.send("")


def _drain(streams: Sequence[WebSocket], deadline: float) -> list[str]:
    """Read all streams to their ends, which are a text message or the connection's.

    Raises:
        TimeoutError, _TooMuch.
    """
    left = MOST_SAID
    chunks: dict[WebSocket, list[bytes]] = {stream: [] for stream in streams}
    unfinished = list(streams)
    while unfinished:
        for stream in wait(unfinished, deadline - time.monotonic()):
            # Never wait for one stream alone: the command may be stuck until another one is read.
            for message in stream.take():
                if isinstance(message, bytes):
                    left -= len(message)
                    if left < 0:
                        raise _TooMuch
                    chunks[stream].append(message)
                else:
                    unfinished.remove(stream)
                    break
    return [b"".join(chunks[stream]).decode(errors="replace") for stream in streams]
