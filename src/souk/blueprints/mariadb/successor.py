"""Another machine takes over: it copies the data, does what is done after that, and leads once all is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from souk.blueprints import guests
from souk.blueprints.mariadb import sizing
from souk.blueprints.mariadb.passwords import verifier
from souk.provisioning.contract import Guest, Wanted, Way

_PROGRAM = "/usr/lib/souk/succession"
_HERE = Path(__file__).parent / "image/files" / _PROGRAM.lstrip("/")
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_MARGIN = 10.0

RECEIVED_WITHIN = 30.0


class Replication:
    """MariaDB's own replication, over a private network, encrypted; each side proves that it knows the password."""

    def release(self, guest: Guest, wanted: Wanted) -> str:
        """What the server says its version is.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        return str(_brought(guest, "release", within=30.0)["version"])

    def needed(self, guest: Guest, wanted: Wanted) -> int:
        """The data, the history and the log of the wanted size, and a tenth of the disk: so that the service is not
        full on its first day.

        Raises:
            ConfigurationFailed.
        """
        data = int(_brought(guest, "data")["bytes"])
        return data + sizing.most_history(wanted.size) + sizing.log_file(wanted.size) + wanted.size.disk // 10

    def lead(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Admit the one that follows, from its address in the private network, as a user of its own.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _brought(guest, "lead", leader=way.leader, follower=way.follower, verifier=verifier(way.password))

    def follow(self, guest: Guest, wanted: Wanted, way: Way) -> None:
        """Copy all databases and users; `configure` then starts a server that goes on from there.

        Raises:
            ConfigurationFailed: the one that leads can't be reached, or this machine is in use.
        """
        del wanted
        within = 12 * _HOUR
        told = {"do": "follow", "leader": way.leader, "follower": way.follower, "password": way.password}
        guests.run(guest, _PROGRAM, {**told, "timeout": within - _MARGIN}, timeout=within)

    def draw_near(self, leader: Guest, follower: Guest, wanted: Wanted) -> None:
        """Do what was written since, twice: what the second time finds takes moments.

        Raises:
            ConfigurationFailed: it falls behind.
        """
        del wanted
        for _ in range(2):
            _brought(follower, "receive", within=_HOUR, end=_brought(leader, "position")["at"])

    def hand_over(self, guest: Guest, wanted: Wanted) -> str:
        """Where the history ends, as MariaDB writes a place in it.

        Raises:
            ConfigurationFailed: MariaDB did not end.
        """
        del wanted
        return str(_brought(guest, "hand_over", within=2 * _MINUTE)["end"])

    def receive(self, guest: Guest, wanted: Wanted, end: str) -> None:
        """Wait until the last of it was done here.

        Raises:
            ConfigurationFailed: it was not, within `RECEIVED_WITHIN` seconds.
        """
        del wanted
        _brought(guest, "receive", within=RECEIVED_WITHIN + _MARGIN, end=end)

    def stay(self, guest: Guest, wanted: Wanted) -> None:
        """Start again if it had stopped; who followed is forgotten.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        _brought(guest, "stay", within=2 * _MINUTE)


def _brought(guest: Guest, do: str, *, within: float = _MINUTE, **document: Any) -> dict[str, Any]:
    return guests.bring(guest, _HERE, {"do": do, **document}, within=within)
