"""What the operator's engineers do: bill, record payments, correct, look across organizations."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status

from souk.billing import invoicing, settling
from souk.billing.queries import PaymentRow, invoice, line_currency, payments
from souk.doors.rest import telling
from souk.doors.rest.auth import operator
from souk.doors.rest.operations import Requested
from souk.doors.rest.pages import Limit, Page, page
from souk.doors.rest.parties import Created
from souk.kernel import clock
from souk.kernel.audit import Verification, erase_personal, verify
from souk.kernel.money import Money
from souk.kernel.trail import TrailRow, search
from souk.parties import queries as parties
from souk.provisioning import commands
from souk.provisioning import queries as provisioning
from souk.provisioning.contents import ImageRow, images
from souk.provisioning.pools import PoolRow, pools
from souk.sites import queries as ground_queries
from souk.sites.queries import CapacityRow, HostRow, SiteRow

router = Router(tags=["Operator"])


class BillIn(Schema):
    """Whom to bill and until when (now, if not said)."""

    organization: UUID
    until: datetime | None = None


class PaymentIn(Schema):
    """Money that came in: transfer, cheque or cash; `amount` as a decimal string in major units."""

    organization: UUID
    issuer: UUID
    method: str
    reference: str
    received_on: date
    amount: Decimal
    currency: str = "MAD"


class AllocationIn(Schema):
    """What part of a payment settles an invoice."""

    invoice: UUID
    amount: Decimal


class CreditIn(Schema):
    """What part of a line is given back, without tax, and why."""

    amount: Decimal
    reason: str


class PoolIn(Schema):
    """How many machines wait ready, at least and at most."""

    least: int
    most: int


class Erased(Schema):
    """How many events lost their personal content."""

    events: int


class SuspensionIn(Schema):
    """Why a service is suspended, and what its customer is told beside that."""

    reason: Literal["unpaid", "abuse", "other"]
    note: str = ""


class ForgettingIn(Schema):
    """What the customer is told, beside that the service has ended."""

    note: str = ""


class GroundOut(Schema):
    """Sites with their hosts and what they may still promise."""

    sites: list[SiteRow]
    hosts: list[HostRow]
    capacities: dict[str, CapacityRow]


@router.get("/organizations", response=list[parties.OrganizationRow], operation_id="operatorOrganizations")
def organizations(request: HttpRequest) -> list[parties.OrganizationRow]:
    """Every organization."""
    return parties.organizations(operator(request))


@router.get("/services", response=Page[provisioning.ServiceRow], operation_id="operatorServices")
def services(request: HttpRequest, after: UUID | None = None, limit: Limit = 50) -> dict[str, Any]:
    """Every organization's services, newest first."""
    rows = provisioning.services(operator(request), after=after, limit=limit + 1)
    return page([telling.service(row) for row in rows], limit)


@router.post("/services/{service}/suspend", response={202: Requested}, operation_id="suspendService")
def suspend(request: HttpRequest, service: UUID, body: SuspensionIn) -> Status[dict[str, Any]]:
    """Stop a customer's service, and keep it so: its data and backups stay. Its customer sees reason and note."""
    asked = commands.suspend_instance(operator(request), service, commands.Suspension(body.reason), body.note)
    return Status(202, {"operation": asked})


@router.post("/services/{service}/resume", response={202: Requested}, operation_id="resumeService")
def resume(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Let a suspended service be as it was before."""
    return Status(202, {"operation": commands.resume_instance(operator(request), service)})


@router.post("/services/{service}/forget", response={202: Requested}, operation_id="forgetService")
def forget(request: HttpRequest, service: UUID, body: ForgettingIn) -> Status[dict[str, Any]]:
    """Have done with a service whose vendor is gone: charging ends, its customer is told, and the vendor is asked for
    nothing more. What it may still have of the service is out of reach. There is no way back.
    """
    return Status(202, {"operation": commands.forget_instance(operator(request), service, body.note)})


@router.get("/machines", response=list[provisioning.MachineRow], operation_id="operatorMachines")
def machines(request: HttpRequest) -> list[provisioning.MachineRow]:
    """Every machine that should exist."""
    return provisioning.machines(operator(request))


@router.get("/images", response=list[ImageRow], operation_id="operatorImages")
def image_list(request: HttpRequest) -> list[ImageRow]:
    """What new machines are made from, what changed in it, and how many services still run on something older."""
    return images(operator(request))


@router.get("/pools", response=list[PoolRow], operation_id="operatorPools")
def list_pools(request: HttpRequest) -> list[PoolRow]:
    """How many machines of which size wait ready for orders."""
    return pools(operator(request))


@router.patch("/pools/{pool}", response={204: None}, operation_id="changePool")
def change_pool(request: HttpRequest, pool: UUID, body: PoolIn) -> Status[None]:
    """Have at least and at most so many machines wait."""
    commands.change_pool(operator(request), pool, body.least, body.most)
    return Status(204, None)


@router.get("/sites", response=GroundOut, operation_id="operatorSites")
def ground(request: HttpRequest) -> dict[str, Any]:
    """Sites, hosts and capacity."""
    operator(request)
    rows = ground_queries.sites()
    return {
        "sites": rows,
        "hosts": ground_queries.hosts(),
        "capacities": {str(row.id): ground_queries.capacity(row.id) for row in rows},
    }


@router.post("/billing-runs", response={201: Created}, operation_id="bill")
def bill(request: HttpRequest, body: BillIn, idempotency_key: Header[str | None] = None) -> Status[dict[str, Any]]:
    """Rate and invoice what an organization used."""
    scope = operator(request)
    return Status(201, {"id": invoicing.bill(scope, body.organization, body.until or clock.now(), key=idempotency_key)})


@router.post("/payments", response={201: Created}, operation_id="recordPayment")
def record_payment(
    request: HttpRequest, body: PaymentIn, idempotency_key: Header[str | None] = None
) -> Status[dict[str, Any]]:
    """Record money that came in."""
    details = settling.PaymentDetails(
        organization=body.organization,
        issuer=body.issuer,
        method=body.method,
        reference=body.reference,
        received_on=body.received_on,
        amount=Money.of(body.amount, body.currency),
    )
    return Status(201, {"id": settling.record_payment(operator(request), details, key=idempotency_key)})


@router.get("/payments", response=list[PaymentRow], operation_id="listPayments")
def list_payments(request: HttpRequest, organization: UUID | None = None) -> list[PaymentRow]:
    """Payments, newest first."""
    return payments(operator(request), organization=organization)


@router.post("/payments/{payment}/allocations", response={201: Created}, operation_id="allocatePayment")
def allocate(request: HttpRequest, payment: UUID, body: AllocationIn) -> Status[dict[str, Any]]:
    """Settle a part of an invoice with a part of a payment."""
    scope = operator(request)
    currency = invoice(scope, body.invoice).currency
    return Status(201, {"id": settling.allocate(scope, payment, body.invoice, Money.of(body.amount, currency))})


@router.post("/invoice-lines/{line}/credit-notes", response={201: Created}, operation_id="creditLine")
def credit(
    request: HttpRequest, line: UUID, body: CreditIn, idempotency_key: Header[str | None] = None
) -> Status[dict[str, Any]]:
    """Correct a part of an invoice line by a credit note."""
    amount = Money.of(body.amount, line_currency(operator(request), line))
    return Status(201, {"id": invoicing.credit_line(operator(request), line, amount, body.reason, key=idempotency_key)})


@router.delete("/people/{person}/personal-data", response=Erased, operation_id="erasePersonalData")
def erase(request: HttpRequest, person: UUID) -> Erased:
    """Forget what the audit trail says of a person by name or address (law 09-08); its seals still hold."""
    return Erased(events=erase_personal(operator(request), "person", person))


@router.get("/audit/verification", response=Verification, operation_id="verifyAudit")
def verify_audit(request: HttpRequest) -> Verification:
    """Recompute the chain of seals: which seal, if any, does not hold."""
    operator(request)
    return verify()


@router.get("/audit", response=Page[TrailRow], operation_id="searchAudit")
def audit(
    request: HttpRequest,
    action: str = "",
    organization: UUID | None = None,
    subject: UUID | None = None,
    after: UUID | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Search the audit trail, newest first."""
    rows = search(
        operator(request),
        action=action,
        organization=organization,
        subject=subject,
        after=after,
        limit=limit + 1,
    )
    return page(rows, limit)
