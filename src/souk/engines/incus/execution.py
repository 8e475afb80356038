"""Running a command in a machine over WebSockets: standard input leaves no trace in Incus's operations or logs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from souk.engines.contract import EngineError, Execution
from souk.engines.incus.transport import Transport

_STDIN, _STDOUT, _STDERR, _CONTROL = "0", "1", "2", "control"
_CHUNK = 64 * 1024
_MISSING = "command not found"
_MISSING_EXIT = 127
_NO_EXIT = -1
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8"}


def execute(transport: Transport, name: str, command: Sequence[str], stdin: bytes, timeout: float) -> Execution:
    """Run `command` in machine `name`. See the contract's `execute`."""
    deadline = time.monotonic() + timeout
    try:
        operation = transport.begin("POST", f"/1.0/instances/{name}/exec", body=_request(command))
        assert operation is not None, "Incus answers exec with an operation"
        secrets = (operation.metadata or {}).get("fds", {})
        with ExitStack() as open_sockets:
            sockets = _open(transport, operation.id, secrets, open_sockets)
            try:
                _feed(sockets[_STDIN], stdin)
                stdout = _drain(sockets[_STDOUT], deadline)
                stderr = _drain(sockets[_STDERR], deadline)
            except TimeoutError:
                sockets[_CONTROL].send('{"command": "signal", "signal": 9}')
                raise EngineError(f"{command[0]} took more than {timeout:.0f} s and was killed") from None
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


def _open(
    transport: Transport, operation: str, secrets: Mapping[str, str], stack: ExitStack
) -> dict[str, ClientConnection]:
    """Connect every stream; the command starts when all are."""
    return {
        stream: stack.enter_context(
            transport.websocket(f"/1.0/operations/{operation}/websocket?" + urlencode({"secret": secrets[stream]}))
        )
        for stream in (_CONTROL, _STDIN, _STDOUT, _STDERR)
    }


def _feed(socket: ClientConnection, content: bytes) -> None:
    """Send standard input, then its end (an empty text message). A command may end without reading it all."""
    try:
        for start in range(0, len(content), _CHUNK):
            socket.send(content[start : start + _CHUNK])
        socket.send("")
    except ConnectionClosed:
        return


def _drain(socket: ClientConnection, deadline: float) -> str:
    """Read a stream to its end, which is a text message or the connection's."""
    chunks: list[bytes] = []
    try:
        while isinstance(message := socket.recv(timeout=max(0.0, deadline - time.monotonic())), bytes):
            chunks.append(message)
    except ConnectionClosed:
        pass
    return b"".join(chunks).decode(errors="replace")
