"""Operations of the API: backups. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Backups(Transport):
    """Backups."""

    def list_backups(self, service: str) -> models.BackupsRow:
        """A service's backups, newest first, and the earliest instant it can be restored to."""
        found: models.BackupsRow = self._call("GET", path("services", service, "backups"))
        return found

    def create_backup(self, service: str, body: models.BackupIn) -> models.Requested:
        """Make a backup now, beside those that are made by themselves."""
        found: models.Requested = self._call("POST", path("services", service, "backups"), body=body)
        return found

    def prove_backups(self, service: str) -> models.Requested:
        """Try a restore out now, on a machine that is thrown away, beside the weekly ones."""
        found: models.Requested = self._call("POST", path("services", service, "backups", "proof"))
        return found

    def restore_service(self, service: str, body: models.RestoreIn, *, key: str | None = None) -> models.Ordered:
        """Order a new service that begins with this one's data, as it was at an instant. This one is left as it is."""
        found: models.Ordered = self._call("POST", path("services", service, "restore"), body=body, key=key)
        return found

    def restore_in_place(self, service: str, body: models.InPlaceIn) -> models.Requested:
        """Let the service go on with its data as it was at an instant. Its name stays, its address becomes another one;
        it can be undone for a day."""
        found: models.Requested = self._call("POST", path("services", service, "restore", "in-place"), body=body)
        return found

    def undo_restore(self, service: str) -> models.Requested:
        """Let the service go on with what it had before it was restored in place."""
        found: models.Requested = self._call("POST", path("services", service, "restore", "undo"))
        return found
