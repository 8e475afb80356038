"""Operations of the API: bindings. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Bindings(Transport):
    """Bindings."""

    def list_bindings(self, service: str) -> list[models.BindingRow]:
        """The credentials of a service, without passwords."""
        found: list[models.BindingRow] = self._call("GET", path("services", service, "bindings"))
        return found

    def create_binding(self, service: str, body: models.BindingIn) -> models.Requested:
        """Make credentials for one more consumer. `revealCredentials` shows them once they work."""
        found: models.Requested = self._call("POST", path("services", service, "bindings"), body=body)
        return found

    def change_binding(self, service: str, name: str, body: models.EntitlementIn) -> models.Requested:
        """Let credentials be good for another role or another database; whoever uses them is cut off once."""
        found: models.Requested = self._call("PATCH", path("services", service, "bindings", name), body=body)
        return found

    def revoke_binding(self, service: str, name: str) -> models.Requested:
        """Make credentials work no more and end their connections."""
        found: models.Requested = self._call("DELETE", path("services", service, "bindings", name))
        return found

    def reset_binding(self, service: str, name: str) -> models.Requested:
        """Give the user another password at once, under the same name; whoever uses it is cut off."""
        found: models.Requested = self._call("POST", path("services", service, "bindings", name, "reset"))
        return found

    def rotate_binding(self, service: str, name: str, body: models.RotationIn) -> models.Requested:
        """Replace credentials; the former ones work on for the overlap."""
        found: models.Requested = self._call("POST", path("services", service, "bindings", name, "rotate"), body=body)
        return found
