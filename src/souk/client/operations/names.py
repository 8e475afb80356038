"""Operations of the API: names. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Names(Transport):
    """Names."""

    def list_names(self, service: str) -> list[models.OwnNameRow]:
        """A service's names of its customer's own, and the TXT record that proves each."""
        found: list[models.OwnNameRow] = self._call("GET", path("services", service, "names"))
        return found

    def add_name(self, service: str, body: models.NameIn) -> models.OwnNameRow:
        """Begin with a name. Publish its `text` at its `record`, then check it. A name of a web service is also proved,
        by itself, once it leads to the service's public address."""
        found: models.OwnNameRow = self._call("POST", path("services", service, "names"), body=body)
        return found

    def check_name(self, service: str, name: str) -> models.Requested:
        """Look for the record in DNS; found, the certificate gets the name."""
        found: models.Requested = self._call("POST", path("services", service, "names", name, "check"))
        return found

    def remove_name(self, service: str, name: str) -> models.Requested:
        """Take a name off the certificate."""
        found: models.Requested = self._call("DELETE", path("services", service, "names", name))
        return found

    def show_web_names(self, service: str) -> models.WebNamesRow:
        """How a web service answers to its names, and to which address they must lead."""
        found: models.WebNamesRow = self._call("GET", path("services", service, "web-names"))
        return found

    def arrange_names(self, service: str, body: models.WebNamesIn) -> models.Requested:
        """Choose how a web service answers to its names."""
        found: models.Requested = self._call("PUT", path("services", service, "web-names"), body=body)
        return found
