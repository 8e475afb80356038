"""What reads invoices, payments and costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Coalesce

from souk.billing import errors
from souk.billing.models import Allocation, Invoice, InvoiceLine, Payment
from souk.billing.rating import unrated
from souk.kernel import clock
from souk.kernel.documents import StoredDocument, fetch
from souk.kernel.errors import NotFound
from souk.kernel.money import Money, total
from souk.kernel.scope import Scope, acting
from souk.ordering.queries import subscriptions_of
from souk.provisioning.queries import service
from souk.sites.queries import site


@dataclass(frozen=True)
class InvoiceRow:
    """An issued invoice or credit note; amounts in minor units."""

    id: UUID
    kind: str
    number: str
    organization_id: UUID
    issuer_id: UUID
    currency: str
    issue_date: date
    due_date: date
    period_since: datetime | None
    period_until: datetime | None
    seller: dict[str, Any]
    buyer: dict[str, Any]
    net_minor: int
    tax_minor: int
    gross_minor: int
    taxes: list[dict[str, Any]]
    specimen: bool
    reason: str
    credited_id: UUID | None
    credited_number: str | None
    has_pdf: bool
    has_xml: bool
    allocated_minor: int

    @property
    def outstanding_minor(self) -> int:
        """What is still to be paid; nothing for a credit note."""
        return self.gross_minor - self.allocated_minor if self.kind == "invoice" else 0

    @property
    def is_paid(self) -> bool:
        """Whether nothing is left to pay."""
        return self.kind == "invoice" and self.outstanding_minor <= 0


@dataclass(frozen=True)
class InvoiceLineRow:
    """A line of an issued document."""

    id: UUID
    position: int
    description: str
    details: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net_minor: int
    tax_category: str
    tax_rate: Decimal


@dataclass(frozen=True)
class AllocationRow:
    """A part of a payment or of a credit note that settles a part of an invoice."""

    amount_minor: int
    allocated_at: datetime
    payment_method: str | None
    payment_reference: str | None
    received_on: date | None
    credit_note_id: UUID | None
    credit_note_number: str | None


@dataclass(frozen=True)
class PaymentRow:
    """Money that came in."""

    id: UUID
    method: str
    reference: str
    received_on: date
    amount_minor: int
    currency: str
    allocated_minor: int


_FIELDS = (
    *list(InvoiceRow.__dataclass_fields__)[:19],
    "credited__number",
    "pdf_id",
    "xml_id",
    "allocated",
)


def _row(values: tuple[Any, ...]) -> InvoiceRow:
    pdf, xml, allocated = values[-3:]
    return InvoiceRow(*(*values[:-3], pdf is not None, xml is not None, allocated))


def invoices(
    scope: Scope, *, organization: UUID | None = None, after: UUID | None = None, limit: int = 50
) -> list[InvoiceRow]:
    """Invoices and credit notes, newest first, one statement."""
    with acting(scope):
        rows = Invoice.objects.order_by("-id").annotate(allocated=Coalesce(Sum("allocations__amount_minor"), 0))
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        if after is not None:
            rows = rows.filter(id__lt=after)
        return [_row(row) for row in rows.values_list(*_FIELDS)[:limit]]


def invoice(scope: Scope, identifier: UUID) -> InvoiceRow:
    """One invoice or credit note.

    Raises:
        InvoiceMissing.
    """
    with acting(scope):
        row = (
            Invoice.objects.filter(id=identifier)
            .annotate(allocated=Coalesce(Sum("allocations__amount_minor"), 0))
            .values_list(*_FIELDS)
            .first()
        )
    if row is None:
        raise errors.InvoiceMissing
    return _row(row)


def invoice_lines(scope: Scope, identifier: UUID) -> list[InvoiceLineRow]:
    """The lines of an invoice, in order."""
    with acting(scope):
        rows = InvoiceLine.objects.filter(invoice_id=identifier).order_by("position")
        return [InvoiceLineRow(*row) for row in rows.values_list(*InvoiceLineRow.__dataclass_fields__)]


def allocations(scope: Scope, identifier: UUID) -> list[AllocationRow]:
    """What settles an invoice, in the order it came."""
    with acting(scope):
        rows = Allocation.objects.filter(invoice_id=identifier).order_by("id")
        return [
            AllocationRow(*row)
            for row in rows.values_list(
                "amount_minor",
                "allocated_at",
                "payment__method",
                "payment__reference",
                "payment__received_on",
                "credit_note_id",
                "credit_note__number",
            )
        ]


def credit_notes(scope: Scope, identifier: UUID) -> list[InvoiceRow]:
    """The credit notes that correct an invoice, oldest first."""
    with acting(scope):
        rows = Invoice.objects.filter(credited_id=identifier).order_by("id")
        rows = rows.annotate(allocated=Coalesce(Sum("allocations__amount_minor"), 0))
        return [_row(row) for row in rows.values_list(*_FIELDS)]


def outstanding(scope: Scope, *, organization: UUID | None = None) -> list[Money]:
    """What is still to be paid of all invoices, one amount for each currency; nothing where nothing is owed."""
    with acting(scope):
        asked, settled = Invoice.objects.filter(kind="invoice"), Allocation.objects.all()
        if organization is not None:
            asked, settled = asked.filter(organization_id=organization), settled.filter(organization_id=organization)
        paid = dict(settled.values_list("invoice__currency").annotate(Sum("amount_minor")))
        sums = asked.values_list("currency").annotate(Sum("gross_minor")).order_by("currency")
        return [Money(gross - paid.get(currency, 0), currency) for currency, gross in sums]


def line_currency(scope: Scope, line: UUID) -> str:
    """The currency of the invoice a line is on.

    Raises:
        InvoiceMissing.
    """
    with acting(scope):
        currency = InvoiceLine.objects.filter(id=line).values_list("invoice__currency", flat=True).first()
    if currency is None:
        raise errors.InvoiceMissing
    return currency


def invoice_file(scope: Scope, identifier: UUID, kind: str) -> StoredDocument:
    """The PDF or the XML of an invoice.

    Raises:
        InvoiceMissing, DocumentNotReady.
    """
    with acting(scope):
        row = Invoice.objects.filter(id=identifier).values_list("pdf_id", "xml_id").first()
        if row is None:
            raise errors.InvoiceMissing
        document = row[0] if kind == "pdf" else row[1]
        if document is None:
            raise errors.DocumentNotReady
        return fetch(scope, document)


def payments(scope: Scope, *, organization: UUID | None = None) -> list[PaymentRow]:
    """Payments, newest first."""
    with acting(scope):
        rows = Payment.objects.order_by("-id").annotate(allocated=Coalesce(Sum("allocations__amount_minor"), 0))
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        return [PaymentRow(*row) for row in rows.values_list(*list(PaymentRow.__dataclass_fields__)[:6], "allocated")]


def cost_so_far(scope: Scope, instance: UUID) -> Money:
    """What a service has cost since its last invoice, without tax."""
    with acting(scope):
        zone, now = site_zone(scope, instance), clock.now()
        found = subscriptions_of(scope, instance)
        if not found:
            raise NotFound
        costs = [unrated(scope, row, min(now, row.ended_at or now), zone) for row in found]
        return total(costs, costs[0].currency)


def site_zone(scope: Scope, instance: UUID) -> str:
    """The fiscal time zone of the site a service runs on."""
    from souk.provisioning.models import ServiceInstance

    with acting(scope):
        service(scope, instance)
        return site(ServiceInstance.objects.values_list("site_id", flat=True).get(id=instance)).fiscal_zone
