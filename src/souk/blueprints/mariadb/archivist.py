"""Backups: the databases as SQL, as of one instant, which restic keeps in a repository."""

from __future__ import annotations

from collections.abc import Collection

from souk.blueprints import guests
from souk.blueprints.mariadb.binder import GRANT, WITHIN
from souk.blueprints.restic.archivist import Restic
from souk.provisioning.contract import Guest, Wanted


class Dumps(Restic):
    """Users are not among it: in whose name something runs comes back without a password, the platform lets in who
    may sign in today.
    """

    replaces_system = False

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Let in nobody else.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        guests.run(guest, GRANT, {"only": sorted(usernames), "timeout": WITHIN - 10}, timeout=WITHIN)
