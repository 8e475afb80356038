"""Databases: made and deleted in a running server, all of them the same owners'."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from souk.blueprints import guests
from souk.blueprints.mariadb import parameters
from souk.provisioning.contract import Guest, Keeps, Wanted

_DATABASE = "/usr/lib/souk/database"
_WITHIN = 120.0


class Databases:
    """Each sorts its text as was chosen for the service when it was made."""

    keeps = Keeps.DATABASES
    most = parameters.MOST_DATABASES

    def allows(self, name: str) -> bool:
        """Whether a database may be called so: what MariaDB itself uses is not free."""
        return re.search(parameters.DATABASE_NAME, name) is not None

    def names(self, given: Mapping[str, Any]) -> Sequence[str]:
        """The databases, in the order in which they were asked for."""
        return parameters.databases(given)

    def naming(self, given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """The parameters of a service with these databases."""
        return {**given, "databases": list(names)}

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
