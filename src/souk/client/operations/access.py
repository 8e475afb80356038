"""Operations of the API: access. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Access(Transport):
    """Access."""

    def get_access(self, service: str) -> models.AccessRow:
        """The networks that may reach a service; null: everyone may. Their `ETag` is what a change's `If-Match` refers
        to: it does not hold while others are to take effect."""
        found: models.AccessRow = self._call("GET", path("services", service, "access"))
        return found

    def set_access(self, service: str, body: models.AccessIn, *, if_match: str | None = None) -> models.Requested:
        """Replace the list as a whole; with `If-Match`, only if nobody else did meanwhile. Connections from elsewhere
        end."""
        found: models.Requested = self._call(
            "PUT", path("services", service, "access"), body=body, headers={"If-Match": if_match}
        )
        return found
