"""Another machine takes over: there is no data to fetch, only what proves the customer's own names."""

from __future__ import annotations

import json
from typing import Any

from souk.blueprints import guests
from souk.provisioning.contract import ConfigurationFailed, Guest, Wanted, Way

_PROGRAM = "/usr/lib/souk/succession"
_WITHIN, _MARGIN = 60.0, 10.0


class Following:
    """The one that follows is made ready beside the one that serves, and begins when that has ended."""

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """What HAProxy says its version is.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        told = _asked(guest, "release").get("version")
        if not told:
            raise ConfigurationFailed("HAProxy does not tell its version")
        return str(told)

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """Nothing: there is no data."""
        del guest, wanted
        return 0

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """There is nothing to fetch."""
        del guest, wanted, way

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Wait.

        Raises:
            ConfigurationFailed: this machine is in use.
        """
        del wanted, way
        _asked(guest, "follow")

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """There is nothing to fetch."""
        del leader, follower, wanted

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """Stop serving. What is told holds keys of certificates: it is kept nowhere.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return json.dumps(_asked(guest, "hand_over"))

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Have the same certificates for the customer's own names.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _asked(guest, "receive", end=json.loads(end))

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Serve again.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _asked(guest, "stay")


def _asked(guest: Guest, do: str, **document: Any) -> dict[str, Any]:
    return guests.run(guest, _PROGRAM, {"do": do, **document, "timeout": _WITHIN - _MARGIN}, timeout=_WITHIN)
