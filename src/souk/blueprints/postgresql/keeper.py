"""Databases: made and deleted in a running server, all of them the same owner's."""

from __future__ import annotations

from souk.blueprints.databases import Named
from souk.blueprints.postgresql import parameters, programs
from souk.blueprints.postgresql.binder import OWNER
from souk.provisioning.contract import Guest, Wanted

_DATABASE = "/usr/lib/souk/database"
_WITHIN = 120.0


class Databases(Named):
    """Each has the extensions that were chosen for the service."""

    pattern = parameters.DATABASE_NAME
    most = parameters.MOST_DATABASES

    def create(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """Have the database, with the service's extensions.

        Raises:
            ConfigurationFailed.
        """
        extensions = list(wanted.parameters.get("extensions") or ())
        document = {"do": "make", "name": name, "owner": OWNER, "extensions": extensions}
        programs.run(guest, _DATABASE, document, within=_WITHIN)

    def drop(self, guest: Guest, wanted: Wanted, name: str) -> None:
        """End the connections to the database, and delete it.

        Raises:
            ConfigurationFailed.
        """
        del wanted
        programs.run(guest, _DATABASE, {"do": "drop", "name": name}, within=_WITHIN)
