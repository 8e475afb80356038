"""Another machine that follows the present one until it takes over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from souk.provisioning.contract.serving import Guest, Wanted


@dataclass(frozen=True)
class Way:
    """How the one that follows reaches the one that leads: their IPv4 in a private network, and a password for it,
    good for this once.
    """

    leader: str
    follower: str
    password: str = field(repr=False)


class Succession(Protocol):
    """What a blueprint adds whose services can go over to another machine without losing anything acknowledged.

    The order is `lead`, `follow`, `configure` (of what is wanted to follow), `draw_near`, `hand_over`, `receive`; then
    `configure` of the other, which is not wanted to follow any more, has it lead. Until then `stay` undoes it all, and
    so does `configure` of the one that led. Every call is safe to repeat in this order.
    """

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """The version of the software that serves there, as it says itself, such as `17.6`.

        Raises:
            ConfigurationFailed.
        """

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """How many bytes of a plan's disk a copy of what is there now needs on a machine of the wanted size, with what
        it must be able to write beside it.

        Raises:
            ConfigurationFailed.
        """

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Let another machine follow this one, which serves on.

        Raises:
            ConfigurationFailed.
        """

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Copy the data of the one that leads to a machine that was never configured, begun with `SOUK_ROLE=copy`.

        Raises:
            ConfigurationFailed.
        """

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """Wait until so little is missing that a hand-over takes seconds.

        Raises:
            ConfigurationFailed: it does not come to that.
        """

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """Stop serving cleanly, and tell where the history ends: nothing is acknowledged after that, and the machine
        does not serve again by itself, even if it is started anew.

        Raises:
            ConfigurationFailed.
        """

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Wait until the one that follows has all of the history up to its end.

        Raises:
            ConfigurationFailed: it does not get it.
        """

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Serve on alone after all, and forget that another one followed.

        Raises:
            ConfigurationFailed.
        """
