"""Operations of the API: releases. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Releases(Transport):
    """Releases."""

    def list_releases(self, service: str) -> models.PublicationRow:
        """The releases that are kept, newest first, and the staging copy. What was pushed is here within a minute."""
        found: models.PublicationRow = self._call("GET", path("services", service, "releases"))
        return found

    def take_release(self, service: str, number: str) -> models.Requested:
        """Have one of the releases be live, at one instant: this undoes a deployment, and undoes the undoing."""
        found: models.Requested = self._call("POST", path("services", service, "releases", number, "live"))
        return found

    def stage(self, service: str) -> models.Requested:
        """Copy what is live, with its data, to the staging copy. What that was before is gone."""
        found: models.Requested = self._call("POST", path("services", service, "staging"))
        return found

    def publish_staging(self, service: str) -> models.Requested:
        """Have the staging copy be live as a release of its own. The data that is live stays."""
        found: models.Requested = self._call("POST", path("services", service, "staging", "publish"))
        return found
