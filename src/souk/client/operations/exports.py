"""Operations of the API: exports. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from pathlib import Path

from souk.client import models
from souk.client.transport import Transport, path


class Exports(Transport):
    """Exports."""

    def list_exports(self, service: str) -> list[models.ExportRow]:
        """The files that can be downloaded, and those that are being written (without a size), newest first."""
        found: list[models.ExportRow] = self._call("GET", path("services", service, "exports"))
        return found

    def create_export(self, service: str, body: models.ExportIn) -> models.Requested:
        """Write a database, as it is at one instant, into a file in an open format. The service goes on meanwhile."""
        found: models.Requested = self._call("POST", path("services", service, "exports"), body=body)
        return found

    def download_export(self, service: str, export: str, target: Path, tag: str) -> None:
        """The file itself. `Range: bytes=N-` gets the rest of it after a download that was cut."""
        self._save(path("services", service, "exports", export, "file"), target, tag)

    def delete_export(self, service: str, export: str) -> None:
        """Delete a file before it expires."""
        self._call("DELETE", path("services", service, "exports", export))
