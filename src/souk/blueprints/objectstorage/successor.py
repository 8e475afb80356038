"""Another machine takes over: it copies the server's files while that goes on, and what was written meanwhile."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from souk.blueprints import guests
from souk.provisioning.contract import ConfigurationFailed, Guest, Wanted, Way

_FILES = Path(__file__).parent / "image/files"
_PROGRAM, _LENDING = "/usr/lib/souk/succession", "/usr/lib/souk/lending.py"
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_MARGIN = 10.0

NEAR = 16 * 1024**2
"""Bytes that are copied within a fraction of a second."""

CAUGHT_UP_WITHIN = _HOUR
RECEIVED_WITHIN = 30.0


class Copying:
    """The server's list, volumes and keys, over a private network, encrypted. Volumes only grow as long as one follows:
    each time only their ends are copied.
    """

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """What the server says its version is, if it says one.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return str(_brought(guest, "release", within=30.0).get("version", ""))

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """What the server's files take up, and a tenth of the disk, so that the service is not full on its first day.

        Raises:
            ConfigurationFailed.
        """
        return int(_brought(guest, "data", within=10 * _MINUTE)["bytes"]) + wanted.size.disk // 10

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Let the one that follows copy, in the private network, and give free nothing meanwhile.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        lending = guests.text(_FILES / _LENDING.lstrip("/"))
        _brought(guest, "lead", leader=way.leader, password=way.password, lending=lending)

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Copy all that there is.

        Raises:
            ConfigurationFailed: the one that leads can't be reached, or this machine is in use.
        """
        del wanted
        way_told = {"leader": way.leader, "follower": way.follower, "password": way.password}
        _run(guest, {"do": "follow", **way_told}, within=12 * _HOUR)

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """Copy what was written meanwhile, until that was less than `NEAR`.

        Raises:
            ConfigurationFailed: it falls behind.
        """
        del leader, wanted
        deadline = time.monotonic() + CAUGHT_UP_WITHIN
        while _run(follower, {"do": "catch_up"}, within=_HOUR)["bytes"] > NEAR:
            if time.monotonic() > deadline:
                raise ConfigurationFailed("what follows falls behind")

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """A checksum over the files that there are when the server has ended.

        Raises:
            ConfigurationFailed: it did not end, or began anew while it was copied.
        """
        del wanted
        return str(_brought(guest, "hand_over", within=_MINUTE)["end"])

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Copy what was written last.

        Raises:
            ConfigurationFailed: it is not what the one that led had.
        """
        del wanted
        _run(guest, {"do": "receive", "end": end}, within=RECEIVED_WITHIN + _MARGIN)

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Start again if it had stopped; nobody copies any more.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _brought(guest, "stay", within=_MINUTE)


def _run(guest: Guest, document: dict[str, Any], *, within: float) -> dict[str, Any]:
    return guests.run(guest, _PROGRAM, {**document, "timeout": within - _MARGIN}, timeout=within)


def _brought(guest: Guest, do: str, *, within: float = _MINUTE, **document: Any) -> dict[str, Any]:
    return guests.bring(guest, _FILES / _PROGRAM.lstrip("/"), {"do": do, **document}, within=within)
