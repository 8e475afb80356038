"""An issued invoice as a document: from its rows to PDF and UBL, kept for good."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.utils.translation import gettext, override

from souk.billing.charging import GIBIBYTE_HOUR
from souk.billing.documents import pdf, ubl
from souk.billing.documents.composing import subtotals, totals
from souk.billing.documents.content import (
    Document,
    DocumentKind,
    Line,
    Payment,
    PaymentMeans,
    Period,
    Preceding,
    Tax,
    TaxCategory,
)
from souk.billing.documents.parties import Address, BankAccount, Party
from souk.billing.documents.rules import check, judge
from souk.billing.models import DocumentKind as Kind
from souk.billing.models import Invoice, InvoiceLine
from souk.billing.months import day_of
from souk.kernel import documents, events
from souk.kernel.money import Money
from souk.kernel.scope import System, acting
from souk.sites.queries import sites

log = structlog.get_logger("souk.billing")


class NotConformant(RuntimeError):
    """A document breaks the rules it is written to; it is not handed out."""


def write(invoice: UUID) -> None:
    """Write an invoice's PDF and UBL if they are not written yet.

    Raises:
        NotConformant: a rule of EN 16931 is broken.
    """
    with acting(System("billing")):
        row = Invoice.objects.select_for_update().get(id=invoice)
        if row.pdf_id is not None:
            return
        document = compose(row)
        xml = ubl.render(document)
        if violations := [*check(document), *judge(xml)]:
            raise NotConformant("; ".join(f"{found.rule} {found.sentence}" for found in violations))
        printed = pdf.render(document, row.language, xml=xml)
        row.xml_id = documents.store(row.organization_id, "invoice", f"{row.number}.xml", "application/xml", xml)
        row.pdf_id = documents.store(row.organization_id, "invoice", f"{row.number}.pdf", "application/pdf", printed)
        row.save(update_fields=["xml_id", "pdf_id"])
        events.record("invoice.written", ("invoice", row.id), organization=row.organization_id)


def compose(row: Invoice) -> Document:
    """The document that an invoice's rows describe."""
    zone = next(site.fiscal_zone for site in sites() if site.issuer_id == row.issuer_id)
    is_note = row.kind == Kind.CREDIT_NOTE
    with override(row.language):
        lines = tuple(_line(line, row.currency, zone) for line in row.lines.order_by("position"))
        taxes = subtotals(lines, row.currency)
        account = row.seller.get("account", {})
        payment = Payment(
            means=PaymentMeans.CLEARING if is_note else PaymentMeans.TRANSFER if account else PaymentMeans.CHEQUE,
            reference=row.number,
            terms=gettext("To be set against what is owed, or refunded on request.") if is_note else "",
            account=None if is_note or not account else BankAccount(**account),
        )
        return Document(
            kind=DocumentKind.CREDIT_NOTE if is_note else DocumentKind.INVOICE,
            number=row.number,
            issued=row.issue_date,
            due=None if is_note else row.due_date,
            currency=row.currency,
            seller=_party(row.seller, row.currency),
            buyer=_party(row.buyer, row.currency),
            lines=lines,
            taxes=taxes,
            totals=totals(lines, taxes, row.currency),
            payment=payment,
            period=_period(row.period_since, row.period_until, zone),
            preceding=Preceding(row.credited.number, row.credited.issue_date) if row.credited else None,
            notes=(row.reason,) if row.reason else (),
            specimen=row.specimen,
        )


def _line(line: InvoiceLine, currency: str, zone: str) -> Line:
    rated = line.rated_line
    return Line(
        id=str(line.position),
        description=line.description,
        details=line.details,
        quantity=line.quantity.normalize() + Decimal(0),
        unit="C62" if line.unit == GIBIBYTE_HOUR else line.unit,
        unit_label=gettext("GiB·h") if line.unit == GIBIBYTE_HOUR else "",
        unit_price=line.unit_price.normalize() + Decimal(0),
        net=Money(line.net_minor, currency),
        tax=Tax(TaxCategory(line.tax_category), line.tax_rate * 100),
        period=None if rated is None else _period(rated.since, rated.until, zone),
    )


def _period(since: datetime | None, until: datetime | None, zone: str) -> Period | None:
    if since is None or until is None:
        return None
    return Period(day_of(since, zone), day_of(max(since, until - timedelta(microseconds=1)), zone))


def _party(kept: dict[str, Any], currency: str) -> Party:
    capital = kept["capital_minor"]
    return Party(
        legal_name=kept["legal_name"],
        address=Address(
            lines=tuple(kept["address"].splitlines()) or ("—",),
            city=kept["city"] or "—",
            postcode=kept["postcode"],
            country=kept["country"],
        ),
        legal_form=kept["legal_form"],
        capital=None if capital is None else Money(capital, currency),
        ice=kept["ice"] or "",
        tax_id=kept["tax_id"],
        trade_register=kept["trade_register"],
        trade_register_city=kept["trade_register_city"],
        business_tax=kept["business_tax"],
        cnss=kept["cnss"],
        email=kept["email"],
        phone=kept["phone"],
    )
