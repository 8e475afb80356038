"""Incus's stream of lifecycle events."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from souk.engines.contract import Event
from souk.engines.incus.websocket import WebSocket
from souk.engines.incus.wire import EventMessage

_MACHINE = "/1.0/instances/"


def follow(socket: WebSocket) -> Iterator[Event]:
    """Machines' events until the connection ends, which it does when the iterator is closed."""
    with socket:
        while True:
            message = socket.receive()
            if message is None:
                return
            happened = msgspec.json.decode(message, type=EventMessage).metadata
            path = happened.source.partition("?")[0]
            if path.startswith(_MACHINE):
                yield Event(machine=path.removeprefix(_MACHINE).partition("/")[0], action=happened.action)
