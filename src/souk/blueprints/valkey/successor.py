"""Another machine takes over: it replicates the first, and serves once it has everything."""

from __future__ import annotations

import json
from typing import Any

from souk.blueprints import guests
from souk.provisioning.contract import Guest, Wanted, Way

_PROGRAM = "/usr/lib/souk/succession"
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_MARGIN = 10.0


class Replicating:
    """Valkey's own replication over a private network, encrypted; the one that follows signs in for this once."""

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """What the server says its version is.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return str(_asked(guest, "release")["version"])

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """A snapshot of all that is in memory, another one while it is written anew, and a tenth of the disk.

        Raises:
            ConfigurationFailed.
        """
        return 2 * int(_asked(guest, "data")["bytes"]) + wanted.size.disk // 10

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Let the follower replicate, from the private network.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _asked(guest, "lead", leader=way.leader, password=way.password)

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Tell a new machine whom to replicate; `configure` then has it begin.

        Raises:
            ConfigurationFailed: this machine is in use.
        """
        del wanted
        _asked(guest, "follow", leader=way.leader, follower=way.follower, password=way.password)

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """Wait until little is missing.

        Raises:
            ConfigurationFailed: it falls behind.
        """
        del wanted
        position = _asked(leader, "position")["bytes"]
        _asked(follower, "near", within=_HOUR, position=position)

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """Let nobody in any more. What is told holds what passwords are compared with: it is kept nowhere.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return json.dumps(_asked(guest, "hand_over"))

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Wait for the last of the writes, and let in whom the other one let in.

        Raises:
            ConfigurationFailed: they do not come.
        """
        del wanted
        _asked(guest, "receive", end=json.loads(end))

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Let everybody in again, and no follower.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _asked(guest, "stay", within=2 * _MINUTE)


def _asked(guest: Guest, do: str, *, within: float = _MINUTE, **document: Any) -> dict[str, Any]:
    return guests.run(guest, _PROGRAM, {"do": do, **document, "timeout": within - _MARGIN}, timeout=within)
