"""Another machine takes over: it is handed zones and keys at once, which takes less than a second."""

from __future__ import annotations

from souk.blueprints.handing_over import ToldAtOnce, asked
from souk.provisioning.contract import Guest, Wanted, Way


class HandedOver(ToldAtOnce):
    """Nothing is copied before: what there is is small, and of the platform's own telling but for the keys."""

    server = "the name server"

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """What there is, twice.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return 2 * int(asked(guest, "data")["bytes"])

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """There is nothing to be fetched."""

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """See that the machine is free.

        Raises:
            ConfigurationFailed: it is in use.
        """
        del wanted, way
        asked(guest, "follow")

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """There is nothing to wait for."""
