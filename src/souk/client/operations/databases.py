"""Operations of the API: databases. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Databases(Transport):
    """Databases."""

    def list_databases(self, service: str) -> list[models.DatabaseRow]:
        """The databases of a service, each with the credentials that sign in to it."""
        found: list[models.DatabaseRow] = self._call("GET", path("services", service, "databases"))
        return found

    def create_database(self, service: str, body: models.DatabaseIn) -> models.Requested:
        """Make one more database."""
        found: models.Requested = self._call("POST", path("services", service, "databases"), body=body)
        return found

    def delete_database(self, service: str, name: str) -> models.Requested:
        """Delete a database with all that is in it, and end whatever uses it. Backups made before still hold it."""
        found: models.Requested = self._call("DELETE", path("services", service, "databases", name))
        return found
