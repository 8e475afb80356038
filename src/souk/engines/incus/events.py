"""Incus's stream of lifecycle events."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from souk.engines.contract import Event
from souk.engines.incus.websocket import WebSocket
from souk.engines.incus.wire import EventMessage

_MACHINE = "/1.0/instances/"
_LONGEST = 1024**2
"""Bytes of an event; what is longer is none."""


def follow(socket: WebSocket) -> Iterator[Event]:
    """Machines' events until the connection ends, which it does when the iterator is closed. A long one, such as of a
    command with much to say, comes in parts.
    """
    parts = b""
    with socket:
        while True:
            message = socket.receive()
            if message is None:
                return
            parts += message if isinstance(message, bytes) else message.encode()
            try:
                happened = msgspec.json.decode(parts, type=EventMessage).metadata
            except msgspec.DecodeError as error:
                if isinstance(error, msgspec.ValidationError) or len(parts) > _LONGEST:
                    parts = b""
                continue
            parts = b""
            path = happened.source.partition("?")[0]
            if path.startswith(_MACHINE):
                yield Event(machine=path.removeprefix(_MACHINE).partition("/")[0], action=happened.action)
