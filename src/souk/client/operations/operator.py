"""Operations of the API: operator. Written by `souk-manage client`; change the API instead."""

from __future__ import annotations

from collections.abc import Iterator

from souk.client import models
from souk.client.transport import Transport, path


class Operator(Transport):
    """Operator."""

    def operator_organizations(self) -> list[models.OrganizationRow]:
        """Every organization."""
        found: list[models.OrganizationRow] = self._call("GET", path("operator", "organizations"))
        return found

    def operator_services(self, *, limit: int = 100) -> Iterator[models.ServiceRow]:
        """Every organization's services, newest first."""
        return self._rows(path("operator", "services"), limit, {})

    def suspend_service(self, service: str, body: models.SuspensionIn) -> models.Requested:
        """Stop a customer's service, and keep it so: its data and backups stay. Its customer sees reason and note."""
        found: models.Requested = self._call("POST", path("operator", "services", service, "suspend"), body=body)
        return found

    def resume_service(self, service: str) -> models.Requested:
        """Let a suspended service be as it was before."""
        found: models.Requested = self._call("POST", path("operator", "services", service, "resume"))
        return found

    def forget_service(self, service: str, body: models.ForgettingIn) -> models.Requested:
        """Have done with a service whose vendor is gone: charging ends, its customer is told, and the vendor is asked
        for nothing more. What it may still have of the service is out of reach. There is no way back."""
        found: models.Requested = self._call("POST", path("operator", "services", service, "forget"), body=body)
        return found

    def operator_machines(self) -> list[models.MachineRow]:
        """Every machine that should exist."""
        found: list[models.MachineRow] = self._call("GET", path("operator", "machines"))
        return found

    def operator_images(self) -> list[models.ImageRow]:
        """What new machines are made from, what changed in it, and how many services still run on something older."""
        found: list[models.ImageRow] = self._call("GET", path("operator", "images"))
        return found

    def operator_pools(self) -> list[models.PoolRow]:
        """How many machines of which size wait ready for orders."""
        found: list[models.PoolRow] = self._call("GET", path("operator", "pools"))
        return found

    def change_pool(self, pool: str, body: models.PoolIn) -> None:
        """Have at least and at most so many machines wait."""
        self._call("PATCH", path("operator", "pools", pool), body=body)

    def operator_sites(self) -> models.GroundOut:
        """Sites, hosts and capacity."""
        found: models.GroundOut = self._call("GET", path("operator", "sites"))
        return found

    def bill(self, body: models.BillIn, *, key: str | None = None) -> models.Created:
        """Rate and invoice what an organization used."""
        found: models.Created = self._call("POST", path("operator", "billing-runs"), body=body, key=key)
        return found

    def record_payment(self, body: models.PaymentIn, *, key: str | None = None) -> models.Created:
        """Record money that came in."""
        found: models.Created = self._call("POST", path("operator", "payments"), body=body, key=key)
        return found

    def list_payments(self, *, organization: str | None = None) -> list[models.PaymentRow]:
        """Payments, newest first."""
        found: list[models.PaymentRow] = self._call(
            "GET", path("operator", "payments"), query={"organization": organization}
        )
        return found

    def allocate_payment(self, payment: str, body: models.AllocationIn) -> models.Created:
        """Settle a part of an invoice with a part of a payment."""
        found: models.Created = self._call("POST", path("operator", "payments", payment, "allocations"), body=body)
        return found

    def credit_line(self, line: str, body: models.CreditIn, *, key: str | None = None) -> models.Created:
        """Correct a part of an invoice line by a credit note."""
        found: models.Created = self._call(
            "POST", path("operator", "invoice-lines", line, "credit-notes"), body=body, key=key
        )
        return found

    def erase_personal_data(self, person: str) -> models.Erased:
        """Forget what the audit trail says of a person by name or address (law 09-08); its seals still hold."""
        found: models.Erased = self._call("DELETE", path("operator", "people", person, "personal-data"))
        return found

    def verify_audit(self) -> models.Verification:
        """Recompute the chain of seals: which seal, if any, does not hold."""
        found: models.Verification = self._call("GET", path("operator", "audit", "verification"))
        return found

    def search_audit(
        self,
        *,
        action: str | None = None,
        organization: str | None = None,
        subject: str | None = None,
        limit: int = 100,
    ) -> Iterator[models.TrailRow]:
        """Search the audit trail, newest first."""
        return self._rows(
            path("operator", "audit"), limit, {"action": action, "organization": organization, "subject": subject}
        )

    def operator_host(self, host: str) -> models.HostOut:
        """A host, and what stands on it."""
        found: models.HostOut = self._call("GET", path("operator", "hosts", host))
        return found

    def change_host(self, host: str, body: models.HostIn) -> None:
        """Open a host to new machines or close it, and say where it is and what feeds it."""
        self._call("PATCH", path("operator", "hosts", host), body=body)

    def evacuate_host(self, host: str) -> models.EvacuationOut:
        """Close a host to new machines, and have every service leave it, one after another."""
        found: models.EvacuationOut = self._call("POST", path("operator", "hosts", host, "evacuate"))
        return found

    def move_machine(self, machine: str, body: models.MoveIn) -> models.Requested:
        """Have a machine stand on another host. Its service is away meanwhile, unless it has several machines."""
        found: models.Requested = self._call("POST", path("operator", "machines", machine, "move"), body=body)
        return found

    def list_ranges(self) -> list[models.RangeRow]:
        """The ranges that public addresses are given out of, and how many of them are in use."""
        found: list[models.RangeRow] = self._call("GET", path("operator", "ranges"))
        return found

    def add_range(self, body: models.RangeIn) -> list[models.RangeRow]:
        """Have a site give out the public addresses of one more range. Answers with all of the site's."""
        found: list[models.RangeRow] = self._call("POST", path("operator", "ranges"), body=body)
        return found

    def withdraw_range(self, range_id: str) -> None:
        """Have a site give out the addresses of a range no more; nobody may have one of them."""
        self._call("DELETE", path("operator", "ranges", range_id))
