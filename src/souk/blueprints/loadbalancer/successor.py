"""Another machine takes over: there is no data to fetch, only what proves the customer's own names."""

from __future__ import annotations

from souk.blueprints.handing_over import ToldAtOnce, asked
from souk.provisioning.contract import Guest, Wanted, Way


class Following(ToldAtOnce):
    """The one that follows is made ready beside the one that serves, and begins when that has ended, with
    the same certificates for the customer's own names.
    """

    server = "HAProxy"

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
        asked(guest, "follow")

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """There is nothing to fetch."""
        del leader, follower, wanted
