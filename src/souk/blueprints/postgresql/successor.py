"""Another machine takes over: it copies the data, streams what is written after that, and leads once all is there."""

from __future__ import annotations

import os
import time
from typing import Any

from souk.blueprints.postgresql import programs, scram, sizing
from souk.provisioning.contract import ConfigurationFailed, Guest, Wanted, Way

_PROGRAM = "/usr/lib/souk/succession"
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_MARGIN = 10.0
_PAUSE = 0.2

NEAR = 4 * 1024**2
"""Bytes of history that are replayed within a fraction of a second."""

CAUGHT_UP_WITHIN = _HOUR
RECEIVED_WITHIN = 20.0


class Streaming:
    """PostgreSQL's own replication, over a private network, encrypted; each side proves that it knows the password."""

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """What the server says its version is.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return str(_brought(guest, "release", within=30.0)["version"])

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """The data, the history of the size's longest checkpoint, and a tenth of the disk: for history that waits for
        its repository, and so that the service is not full on its first day.

        Raises:
            ConfigurationFailed.
        """
        data = int(_brought(guest, "data", within=10 * _MINUTE)["bytes"])
        return data + sizing.most_history(wanted.size) + wanted.size.disk // 10

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Admit the one that follows, from the private network, under a role of its own. History that it has not
        fetched is kept for it, but not until the disk is full.

        Raises:
            ConfigurationFailed.
        """
        verifier = scram.scram_verifier(way.password, os.urandom(scram.SALT_BYTES))
        most = f"{sizing.most_waiting(wanted.size) // sizing.MIB}MB"
        _brought(guest, "lead", leader=way.leader, verifier=verifier, most_waiting=most)

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Copy the data directory; `configure` then starts a server that replays what comes.

        Raises:
            ConfigurationFailed: the one that leads can't be reached, or this machine is in use.
        """
        del wanted
        document = {"do": "follow", "leader": way.leader, "follower": way.follower, "password": way.password}
        programs.run(guest, _PROGRAM, document, within=12 * _HOUR)

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """Replay up to `NEAR`, then write down on both what a stop would have to write.

        Raises:
            ConfigurationFailed: it falls behind.
        """
        del wanted
        self._catch_up(leader, follower)
        _brought(leader, "checkpoint", within=10 * _MINUTE)
        self._catch_up(leader, follower)
        _brought(follower, "checkpoint", within=10 * _MINUTE)

    def _catch_up(self, leader: Guest, follower: Guest) -> None:
        deadline = time.monotonic() + CAUGHT_UP_WITHIN
        while _brought(leader, "position")["bytes"] - _brought(follower, "position")["bytes"] > NEAR:
            if time.monotonic() > deadline:
                raise ConfigurationFailed("what follows falls behind")
            time.sleep(_PAUSE)

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """Where the history ends, as PostgreSQL writes a place in it.

        Raises:
            ConfigurationFailed: PostgreSQL did not end cleanly.
        """
        del wanted
        return str(_brought(guest, "hand_over", within=2 * _MINUTE)["end"])

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Wait until the last record was replayed.

        Raises:
            ConfigurationFailed: it was not, within `RECEIVED_WITHIN` seconds.
        """
        del wanted
        _brought(guest, "receive", within=RECEIVED_WITHIN + _MARGIN, end=end)

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Start again if it had stopped; the role, the place in the history and the admission go.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _brought(guest, "stay", within=2 * _MINUTE)


def _brought(guest: Guest, do: str, *, within: float = _MINUTE, **document: Any) -> dict[str, Any]:
    return programs.bring(guest, _PROGRAM, {"do": do, **document}, within=within)
