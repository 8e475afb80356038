"""Operations of the API: networks. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Networks(Transport):
    """Networks."""

    def list_networks(self, *, organization: str | None = None, project: str | None = None) -> list[models.NetworkRow]:
        """My organizations' private networks with the services in them, the oldest first."""
        found: list[models.NetworkRow] = self._call(
            "GET", path("networks"), query={"organization": organization, "project": project}
        )
        return found

    def create_network(self, body: models.NetworkIn) -> models.NetworkRow:
        """Make a private network. It costs nothing, and traffic in it is not charged."""
        found: models.NetworkRow = self._call("POST", path("networks"), body=body)
        return found

    def get_network(self, network_id: str) -> models.NetworkRow:
        """One private network."""
        found: models.NetworkRow = self._call("GET", path("networks", network_id))
        return found

    def change_network(self, network_id: str, body: models.NetworkChange) -> models.NetworkRow:
        """Call a private network by another name."""
        found: models.NetworkRow = self._call("PATCH", path("networks", network_id), body=body)
        return found

    def delete_network(self, network_id: str) -> None:
        """Delete a private network that no service is in."""
        self._call("DELETE", path("networks", network_id))

    def get_service_network(self, service: str) -> models.AttachmentRow:
        """The private network that a service is in, and its address there."""
        found: models.AttachmentRow = self._call("GET", path("services", service, "network"))
        return found

    def attach_service(self, service: str, body: models.AttachmentIn) -> models.Requested:
        """Put a service into a private network too, while it runs. No connection ends by that."""
        found: models.Requested = self._call("PUT", path("services", service, "network"), body=body)
        return found

    def detach_service(self, service: str) -> models.Requested:
        """Take a service out of its private network: connections in there end."""
        found: models.Requested = self._call("DELETE", path("services", service, "network"))
        return found

    def list_addresses(self, *, organization: str | None = None, project: str | None = None) -> list[models.AddressRow]:
        """My organizations' public addresses, and to which services they lead, the oldest first."""
        found: list[models.AddressRow] = self._call(
            "GET", path("addresses"), query={"organization": organization, "project": project}
        )
        return found

    def get_address(self, address: str) -> models.AddressRow:
        """One public address."""
        found: models.AddressRow = self._call("GET", path("addresses", address))
        return found

    def release_address(self, address: str) -> None:
        """Give back a public address that leads to no service."""
        self._call("DELETE", path("addresses", address))

    def get_service_address(self, service: str) -> models.ReachRow:
        """The public address at which a service is reached from outside of the platform; state none without one."""
        found: models.ReachRow = self._call("GET", path("services", service, "address"))
        return found

    def give_address(self, service: str, body: models.GivenIn) -> models.Requested:
        """Give a service a public address while it runs, at the price that it was sold at. No connection ends by
        that."""
        found: models.Requested = self._call("PUT", path("services", service, "address"), body=body)
        return found

    def take_address(self, service: str, *, keep: bool | None = None) -> models.Requested:
        """Take a service's public address away: connections by it end. With `keep`, the project goes on having it, on
        this service's bill as before."""
        found: models.Requested = self._call("DELETE", path("services", service, "address"), query={"keep": keep})
        return found

    def get_firewall(self, service: str) -> models.FirewallRow:
        """The rules of what passes between a machine and the world. A change's `If-Match` refers to their `ETag`."""
        found: models.FirewallRow = self._call("GET", path("services", service, "firewall"))
        return found

    def set_firewall(self, service: str, body: models.FirewallIn, *, if_match: str | None = None) -> models.Requested:
        """Replace the rules as a whole, while the machine runs; with `If-Match`, only if nobody else did meanwhile.
        Connections that none lets through any more end."""
        found: models.Requested = self._call(
            "PUT", path("services", service, "firewall"), body=body, headers={"If-Match": if_match}
        )
        return found

    def undo_firewall(self, service: str, *, if_match: str | None = None) -> models.Requested:
        """Have the rules hold again that did before the last change of them; with `If-Match`, only if that is the one
        which led to these."""
        found: models.Requested = self._call(
            "POST", path("services", service, "firewall", "undo"), headers={"If-Match": if_match}
        )
        return found
