"""Events as Incus sends them: whole or in parts, and some that are none."""

from __future__ import annotations

import json
from typing import Any

from souk.engines.contract import Event
from souk.engines.incus.events import follow


class Messages:
    """A connection that brings these messages, then ends."""

    def __init__(self, *messages: bytes | str) -> None:
        self._messages: list[bytes | str | None] = [*messages, None]

    def receive(self) -> bytes | str | None:
        return self._messages.pop(0)

    def __enter__(self) -> Messages:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def _told(machine: str, **more: Any) -> str:
    return json.dumps({"metadata": {"action": "instance-stopped", "source": f"/1.0/instances/{machine}?x=1", **more}})


def _followed(*messages: bytes | str) -> list[Event]:
    return list(follow(Messages(*messages)))


def test_a_long_event_comes_in_parts_and_is_one() -> None:
    long = _told("pg-1", context={"command": "x" * 9000})
    parts = (long[:4096], long[4096:8192].encode(), long[8192:].encode())
    assert _followed(*parts, _told("pg-2")) == [Event("pg-1", "instance-stopped"), Event("pg-2", "instance-stopped")]


def test_what_is_no_event_is_passed_over() -> None:
    assert _followed('{"metadata": 3}', _told("pg-1")) == [Event("pg-1", "instance-stopped")]
