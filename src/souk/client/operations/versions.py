"""Operations of the API: versions. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Versions(Transport):
    """Versions."""

    def get_versions(self, service: str) -> models.VersionsOut:
        """A service's version, those that could follow, and what came of trying them out."""
        found: models.VersionsOut = self._call("GET", path("services", service, "versions"))
        return found

    def rehearse_upgrade(self, service: str, body: models.TargetIn) -> models.Requested:
        """Try an upgrade out on a copy of the data. Nothing of the service changes."""
        found: models.Requested = self._call("POST", path("services", service, "rehearsals"), body=body)
        return found

    def upgrade_service(self, service: str, body: models.UpgradeIn) -> models.Requested:
        """Let the service go on with another major version, after a rehearsal of it succeeded in the last seven
        days."""
        found: models.Requested = self._call("POST", path("services", service, "upgrade"), body=body)
        return found

    def get_window(self, service: str) -> models.WindowOut:
        """When a service is maintained."""
        found: models.WindowOut = self._call("GET", path("services", service, "window"))
        return found

    def set_window(self, service: str, body: models.WindowIn) -> models.WindowOut:
        """Choose when a service is maintained, or leave it to the platform."""
        found: models.WindowOut = self._call("PUT", path("services", service, "window"), body=body)
        return found

    def operator_versions(self) -> list[models.VersionCount]:
        """How many services have which major version; the one that ends first leads."""
        found: list[models.VersionCount] = self._call("GET", path("operator", "versions"))
        return found
