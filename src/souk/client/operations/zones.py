"""Operations of the API: zones. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from souk.client import models
from souk.client.transport import Transport, path


class Zones(Transport):
    """Zones."""

    def list_zones(self, service: str) -> models.ZonesRow:
        """A service's zones, with what to enter where each domain is registered."""
        found: models.ZonesRow = self._call("GET", path("services", service, "zones"))
        return found

    def add_zone(self, service: str, body: models.ZoneIn) -> models.ZoneRow:
        """Have the service answer for a zone. It is served at once; delegate it when it is as you want it."""
        found: models.ZoneRow = self._call("POST", path("services", service, "zones"), body=body)
        return found

    def get_zone(self, service: str, zone: str) -> models.ZoneRow:
        """One zone."""
        found: models.ZoneRow = self._call("GET", path("services", service, "zones", zone))
        return found

    def sign_zone(self, service: str, zone: str, body: models.SigningIn) -> models.ZoneRow:
        """Choose whether a zone is signed. Before it is not any more, delete its DS records where it is registered."""
        found: models.ZoneRow = self._call("PATCH", path("services", service, "zones", zone), body=body)
        return found

    def remove_zone(self, service: str, zone: str) -> None:
        """Answer for a zone no more; its records are deleted."""
        self._call("DELETE", path("services", service, "zones", zone))

    def check_zone(self, service: str, zone: str) -> models.ZoneRow:
        """Look now to whom a zone is delegated; that is done by itself as well."""
        found: models.ZoneRow = self._call("POST", path("services", service, "zones", zone, "check"))
        return found

    def list_records(self, service: str, zone: str, *, search: str | None = None) -> list[models.RecordsRow]:
        """What is in a zone; `search` looks in names, types and values."""
        found: list[models.RecordsRow] = self._call(
            "GET", path("services", service, "zones", zone, "records"), query={"search": search}
        )
        return found

    def set_records(
        self, service: str, zone: str, name: str, type: str, body: models.RecordsIn, *, if_match: str | None = None
    ) -> models.RecordsRow:
        """Have these records, and no others of their type, at a name (`@` is the zone). The `mark` of what there was
        goes into `If-Match`: changed meanwhile, it is refused."""
        found: models.RecordsRow = self._call(
            "PUT",
            path("services", service, "zones", zone, "records", name, type),
            body=body,
            headers={"If-Match": if_match},
        )
        return found

    def remove_records(self, service: str, zone: str, name: str, type: str, *, if_match: str | None = None) -> None:
        """Have no records of a type at a name."""
        self._call(
            "DELETE", path("services", service, "zones", zone, "records", name, type), headers={"If-Match": if_match}
        )

    def export_zone(self, service: str, zone: str, *, written: bool | None = None) -> models.ZoneFileOut:
        """The zone as a zone file (RFC 1035); only what people have `written`, not what follows services, if wanted."""
        found: models.ZoneFileOut = self._call(
            "GET", path("services", service, "zones", zone, "file"), query={"written": written}
        )
        return found

    def compare_zone(self, service: str, zone: str, body: models.ZoneFileIn) -> models.DifferenceOut:
        """What an import would change; nothing is changed."""
        found: models.DifferenceOut = self._call("POST", path("services", service, "zones", zone, "compare"), body=body)
        return found

    def import_zone(
        self, service: str, zone: str, body: models.ZoneFileIn, *, if_match: str | None = None
    ) -> models.DifferenceOut:
        """Have the zone be what a zone file says; returns what that changed. The `mark` of the difference that was seen
        goes into `If-Match`."""
        found: models.DifferenceOut = self._call(
            "POST", path("services", service, "zones", zone, "import"), body=body, headers={"If-Match": if_match}
        )
        return found

    def list_homes(self, service: str) -> list[models.HomeRow]:
        """The zones of the same project, in which a service may have a name by itself."""
        found: list[models.HomeRow] = self._call("GET", path("services", service, "homes"))
        return found

    def name_service(self, service: str, body: models.ServiceNameIn) -> None:
        """Give a service a name in one of the project's zones; its record follows the public address."""
        self._call("POST", path("services", service, "homes", "names"), body=body)

    def unname_service(self, service: str, name: str) -> None:
        """Lead a name to a service no more."""
        self._call("DELETE", path("services", service, "homes", "names", name))
