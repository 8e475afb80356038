"""Running on several machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from souk.provisioning.contract.ensembles import MemberState
from souk.provisioning.contract.serving import Guest, Wanted


class HighAvailability(Protocol):
    """What a blueprint adds whose services can run on several machines. Every call is safe to repeat.

    `configure` brings each member to what is wanted; the one that leads gets what concerns the data. Asked of a machine
    that serves alone, it makes that the first member, with the data it has.
    """

    def front(self, guest: Guest, wanted: Wanted) -> None:
        """Have the machine in front lead clients to the member that leads, by itself, whoever that is.

        Raises:
            ConfigurationFailed.
        """

    def state(self, guest: Guest, wanted: Wanted) -> Sequence[MemberState]:
        """The members as one of them sees them.

        Raises:
            ConfigurationFailed: it sees nothing.
        """

    def restart(self, guest: Guest, wanted: Wanted) -> None:
        """Restart the service on one member, for settings that need it, and wait until it is back.

        Raises:
            ConfigurationFailed.
        """

    def switch_over(self, guest: Guest, wanted: Wanted, to: str) -> None:
        """Let another member lead, by plan: nothing that was acknowledged is lost. `guest` is any living member.

        Raises:
            ConfigurationFailed: it can't lead now; who led goes on to.
        """

    def admit(self, guest: Guest, wanted: Wanted, leaves: str = "") -> None:
        """Have a member let those in whom `wanted` lets in where it does, and end the connections of `leaves`.

        What one may do lies in the data, which followers have from the leader; who may connect where, each member keeps
        by itself.

        Raises:
            ConfigurationFailed.
        """

    def part(self, guest: Guest, wanted: Wanted) -> None:
        """Have the member that leads stop serving, cleanly, and be a member no more: it does not serve again by itself,
        but as a machine alone once it is configured so. Whoever calls this has seen that no other member runs.

        Raises:
            ConfigurationFailed: it does not lead, and goes on as it did.
        """

    def forget(self, guest: Guest, wanted: Wanted) -> None:
        """Have a machine that serves alone after that keep nothing for the others, nor let them in.

        Raises:
            ConfigurationFailed.
        """

    def depose(self, guest: Guest, wanted: Wanted, dead: str) -> bool:
        """Tell the living, of which `guest` is one, that a member that led is dead for certain; whether it led.

        Its own time to be heard of is cut short, and the others choose at once. Never call this of a machine that may
        still run.

        Raises:
            ConfigurationFailed.
        """
