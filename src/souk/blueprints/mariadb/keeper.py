"""Databases: made and deleted in a running server, all of them the same owners'."""

from __future__ import annotations

from souk.blueprints import guests
from souk.blueprints.databases import Named
from souk.blueprints.mariadb import parameters
from souk.provisioning.contract import Guest, Wanted

_DATABASE = "/usr/lib/souk/database"
_WITHIN = 120.0


class Databases(Named):
    """Each sorts its text as was chosen for the service when it was made."""

    pattern = parameters.DATABASE_NAME
    most = parameters.MOST_DATABASES

    def create(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """Have the database.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        guests.run(guest, _DATABASE, {"do": "make", "name": name, "timeout": _WITHIN - 10}, timeout=_WITHIN)

    def drop(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """End the connections that use the database, and delete it.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        guests.run(guest, _DATABASE, {"do": "drop", "name": name, "timeout": _WITHIN - 10}, timeout=_WITHIN)
