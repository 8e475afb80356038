"""Operations of the API: services. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from souk.client import models
from souk.client.transport import Download, Transport, path


class Services(Transport):
    """Services."""

    def list_services(
        self,
        *,
        organization: str | None = None,
        project: str | None = None,
        with_deleted: bool | None = None,
        limit: int = 100,
    ) -> Iterator[models.ServiceRow]:
        """My organizations' services, newest first."""
        return self._rows(
            path("services"), limit, {"organization": organization, "project": project, "with_deleted": with_deleted}
        )

    def get_service(self, service: str) -> models.ServiceRow:
        """One service."""
        found: models.ServiceRow = self._call("GET", path("services", service))
        return found

    def change_service(self, service: str, body: models.ServiceIn) -> models.ServiceRow:
        """Rename a service, protect it from deletion, or give its protection up."""
        found: models.ServiceRow = self._call("PATCH", path("services", service), body=body)
        return found

    def delete_service(self, service: str, *, erase: bool | None = None) -> models.Requested:
        """Delete a service. It can be recovered until `erase_at`; with `erase=true` its data is erased at once."""
        found: models.Requested = self._call("DELETE", path("services", service), query={"erase": erase})
        return found

    def change_parameters(self, service: str, body: models.ParametersIn) -> models.Requested:
        """Change some parameters of a service while it runs."""
        found: models.Requested = self._call("PATCH", path("services", service, "parameters"), body=body)
        return found

    def change_plan(self, service: str, body: models.PlanIn, *, key: str | None = None) -> models.SizeChanges:
        """Change plan and disk in one step. Another plan is ordered at today's price, which holds from when the service
        has its new size; more or less disk beyond the present plan costs what it did when the service was sold. A plan
        with several machines can follow one with a single machine, and the other way round: connections break once, for
        some seconds, the host's name stays and the address behind it changes."""
        found: models.SizeChanges = self._call("POST", path("services", service, "plan"), body=body, key=key)
        return found

    def set_growth(self, service: str, body: models.GrowthIn) -> models.ServiceRow:
        """Let the disk grow by itself when it is 85 per cent full, up to a ceiling, or no longer."""
        found: models.ServiceRow = self._call("PUT", path("services", service, "growth"), body=body)
        return found

    def recover_service(self, service: str) -> models.Requested:
        """Bring a deleted service back, with its data, before it is erased."""
        found: models.Requested = self._call("POST", path("services", service, "recover"))
        return found

    def stop_service(self, service: str) -> models.Requested:
        """Stop a service; its data stays."""
        found: models.Requested = self._call("POST", path("services", service, "stop"))
        return found

    def start_service(self, service: str) -> models.Requested:
        """Start a stopped service."""
        found: models.Requested = self._call("POST", path("services", service, "start"))
        return found

    def restart_service(self, service: str) -> models.Requested:
        """Restart a service."""
        found: models.Requested = self._call("POST", path("services", service, "restart"))
        return found

    def list_service_members(self, service: str) -> list[models.CrewRow]:
        """The machines of a highly available service, and what each was last seen to do; none for one on one
        machine."""
        found: list[models.CrewRow] = self._call("GET", path("services", service, "members"))
        return found

    def get_service_spread(self, service: str) -> models.SpreadOut:
        """How far the machines of a highly available service are apart: in power domains of their own
        (`power_domains`), on hosts of their own (`hosts`), or not (`together`); empty for one machine, or while that is
        not known."""
        found: models.SpreadOut = self._call("GET", path("services", service, "spread"))
        return found

    def switch_over(self, service: str) -> models.Requested:
        """Let another machine of a highly available service lead: clients reconnect once, nothing is lost."""
        found: models.Requested = self._call("POST", path("services", service, "switchover"))
        return found

    def get_release(self, service: str) -> models.ReleaseRow:
        """What a service's software says it is, from which image it runs, and whether there is something newer."""
        found: models.ReleaseRow = self._call("GET", path("services", service, "release"))
        return found

    def get_bill_of_materials(self, service: str) -> dict[str, Any]:
        """What is in the machines that a service runs on: every Debian package with its version, and every file from
        elsewhere with its SHA-256, as CycloneDX 1.6."""
        found: dict[str, Any] = self._call("GET", path("services", service, "bill-of-materials"))
        return found

    def get_update(self, service: str) -> list[models.Change] | None:
        """Which packages an update would change, if there is one; null where that is not known."""
        found: list[models.Change] | None = self._call("GET", path("services", service, "update"))
        return found

    def update_service(self, service: str, body: models.UpdateIn | None = None) -> models.Requested:
        """Let a service go over to the newest image of its kind, with all of its data. Its name stays, its address
        becomes another one, and connections are cut for some seconds. There is no way back."""
        found: models.Requested = self._call("POST", path("services", service, "update"), body=body)
        return found

    def get_usage(self, service: str, *, since: str | None = None, until: str | None = None) -> models.UsageOut:
        """What a service used, by default in the last 30 days, and what it has cost since the last invoice."""
        found: models.UsageOut = self._call(
            "GET", path("services", service, "usage"), query={"since": since, "until": until}
        )
        return found

    def get_subscription(self, service: str) -> models.SubscriptionOut:
        """The subscription that pays for a service."""
        found: models.SubscriptionOut = self._call("GET", path("services", service, "subscription"))
        return found

    def list_operations(self, service: str) -> list[models.OperationOut]:
        """What was done to a service, newest first."""
        found: list[models.OperationOut] = self._call("GET", path("services", service, "operations"))
        return found

    def get_operation(self, operation: str) -> models.OperationOut:
        """One operation with its log."""
        found: models.OperationOut = self._call("GET", path("operations", operation))
        return found

    def cancel_operation(self, operation: str) -> None:
        """Take back an operation that has not begun, or a change of the number of machines that has not come to the
        service yet."""
        self._call("POST", path("operations", operation, "cancel"))

    def get_connection(self, service: str, *, binding: str | None = None) -> models.ConnectionOut:
        """How to connect with one of a service's bindings. The password is another request: `revealCredentials`."""
        found: models.ConnectionOut = self._call(
            "GET", path("services", service, "connection"), query={"binding": binding}
        )
        return found

    def get_first_boot(self, service: str) -> models.FirstBootRow:
        """How far is what was to be done at a machine's first boot, and the last lines that it said."""
        found: models.FirstBootRow = self._call("GET", path("services", service, "first-boot"))
        return found

    def get_authority(self, service: str) -> Download:
        """The certificate (PEM) of the site's authority, which signed the service's own, for clients to trust."""
        return self._file(path("services", service, "ca.pem"))

    def reveal_credentials(self, service: str, *, binding: str | None = None) -> models.CredentialsOut:
        """Show how to connect, password included. Every look is recorded."""
        found: models.CredentialsOut = self._call(
            "POST", path("services", service, "credentials"), query={"binding": binding}
        )
        return found
