"""Operations of the API: snapshots. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Snapshots(Transport):
    """Snapshots."""

    def list_snapshots(self, service: str) -> models.SnapshotsRow:
        """What is kept, newest first, and how many the plan keeps."""
        found: models.SnapshotsRow = self._call("GET", path("services", service, "snapshots"))
        return found

    def take_snapshot(self, service: str, body: models.SnapshotIn) -> models.Requested:
        """Keep the disk as it is, as a power cut would leave it. The service goes on meanwhile."""
        found: models.Requested = self._call("POST", path("services", service, "snapshots"), body=body)
        return found

    def roll_back(self, service: str, snapshot: str) -> models.Requested:
        """Have the service's disk be what it was: it stops for some seconds, and what was written since is gone."""
        found: models.Requested = self._call("POST", path("services", service, "snapshots", snapshot, "restore"))
        return found

    def delete_snapshot(self, service: str, snapshot: str) -> models.Requested:
        """Delete a snapshot; the service and its other snapshots stay as they are."""
        found: models.Requested = self._call("DELETE", path("services", service, "snapshots", snapshot))
        return found
