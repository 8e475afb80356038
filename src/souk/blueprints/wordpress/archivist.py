"""Backups: restic in the machine keeps the site's files and its database, as they were at one instant."""

from __future__ import annotations

from collections.abc import Collection

from souk.blueprints.restic.archivist import Restic
from souk.blueprints.wordpress import people
from souk.provisioning.contract import Guest, Wanted


class FilesAndDatabase(Restic):
    """WordPress itself is not among it: it comes with the image. What was restored is compared before it is read into
    the database, since WordPress writes there as soon as it runs.
    """

    replaces_system = True

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Of those whom the platform let in, let in nobody else. Whom the customer let in stays.

        Raises:
            ConfigurationFailed.
        """
        people.ask(guest, wanted, {"names": sorted(usernames)})
