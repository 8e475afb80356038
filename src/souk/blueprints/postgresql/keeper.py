"""Databases: made and deleted in a running server, all of them the same owner's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from souk.blueprints.postgresql import parameters, programs
from souk.blueprints.postgresql.binder import OWNER
from souk.provisioning.contract import Guest, Keeps, Wanted

_DATABASE = "/usr/lib/souk/database"
_WITHIN = 120.0


class Databases:
    """Each has the extensions that were chosen for the service."""

    keeps = Keeps.DATABASES
    most = parameters.MOST_DATABASES

    def allows(self, name: str) -> bool:
        """Whether a database may be called so: what PostgreSQL itself uses is not free."""
        return re.search(parameters.DATABASE_NAME, name) is not None

    def names(self, given: Mapping[str, Any]) -> Sequence[str]:
        """The databases, in the order in which they were asked for."""
        return parameters.databases(given)

    def naming(self, given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
        """The parameters of a service with these databases."""
        return {**given, "databases": list(names)}

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
