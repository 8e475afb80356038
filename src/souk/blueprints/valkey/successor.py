"""Another machine takes over: it replicates the first, and serves once it has everything."""

from __future__ import annotations

from souk.blueprints.handing_over import HOUR, MINUTE, ToldAtOnce, asked
from souk.provisioning.contract import Guest, Wanted, Way


class Replicating(ToldAtOnce):
    """Valkey's own replication over a private network, encrypted; the one that follows signs in for this once. Who ends
    lets nobody in any more; who receives waits for the last of the writes, and lets in whom the other one let in.
    """

    server = "Valkey"
    stays_within = 2 * MINUTE

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """A snapshot of all that is in memory, another one while it is written anew, and a tenth of the disk.

        Raises:
            ConfigurationFailed.
        """
        return 2 * int(asked(guest, "data")["bytes"]) + wanted.size.disk // 10

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Let the follower replicate, from the private network.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        asked(guest, "lead", leader=way.leader, password=way.password)

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Tell a new machine whom to replicate; `configure` then has it begin.

        Raises:
            ConfigurationFailed: this machine is in use.
        """
        del wanted
        asked(guest, "follow", leader=way.leader, follower=way.follower, password=way.password)

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """Wait until little is missing.

        Raises:
            ConfigurationFailed: it falls behind.
        """
        del wanted
        position = asked(leader, "position")["bytes"]
        asked(follower, "near", within=HOUR, position=position)
