"""Another machine takes over: it is handed zones and keys at once, which takes less than a second."""

from __future__ import annotations

import json
from typing import Any

from souk.blueprints import guests
from souk.provisioning.contract import ConfigurationFailed, Guest, Wanted, Way

_PROGRAM = "/usr/lib/souk/succession"
_MINUTE = 60.0


class HandedOver:
    """Nothing is copied before: what there is is small, and of the platform's own telling but for the keys."""

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """What the server says its version is.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        told = _run(guest, "release").get("version")
        if not told:
            raise ConfigurationFailed("the name server does not tell its version")
        return str(told)

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """What there is, twice.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return 2 * int(_run(guest, "data")["bytes"])

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """There is nothing to be fetched."""

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """See that the machine is free.

        Raises:
            ConfigurationFailed: it is in use.
        """
        del wanted, way
        _run(guest, "follow")

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """There is nothing to wait for."""

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """Stop serving. What is told holds keys: it is kept nowhere.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return json.dumps(_run(guest, "hand_over"))

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Hold all of it.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _run(guest, "receive", end=json.loads(end))

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Serve again.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _run(guest, "stay")


def _run(guest: Guest, do: str, **document: Any) -> dict[str, Any]:
    return guests.run(guest, _PROGRAM, {"do": do, **document, "timeout": _MINUTE}, timeout=_MINUTE + 10)
