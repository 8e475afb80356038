"""Issuing invoices and credit notes: numbered without gaps, taxed on the sum, booked, and from then on unchangeable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from souk.billing import errors
from souk.billing.ledger import RECEIVABLE, REVENUE, TAX_COLLECTED, Posting, post
from souk.billing.models import DocumentKind, Invoice, InvoiceLine, RatedLine
from souk.billing.months import day_of
from souk.billing.parties import snapshot
from souk.billing.rating import rate
from souk.billing.settling import settle_with_credit
from souk.billing.wording import describe
from souk.kernel import clock, events, idempotency, rules
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.locks import lock
from souk.kernel.money import Money, total
from souk.kernel.numbering import next_number
from souk.kernel.scope import Scope, acting
from souk.ordering.queries import SubscriptionRow, subscriptions
from souk.sites.models import LegalIssuer
from souk.sites.queries import sites
from souk.ui.format import money

_SERIES_LETTER = {DocumentKind.INVOICE: "", DocumentKind.CREDIT_NOTE: "A"}


@dataclass(frozen=True)
class _Heading:
    """What a document says above its lines."""

    kind: DocumentKind
    organization: UUID
    issuer: LegalIssuer
    zone: str
    seller: dict[str, Any]
    buyer: dict[str, Any]
    language: str = "fr"
    credited: Invoice | None = None
    reason: str = ""


def bill(scope: Scope, organization: UUID, until: datetime, *, key: str | None = None) -> UUID:
    """Rate what an organization used until `until` and invoice all that was rated and not yet invoiced.

    Issues one invoice (of the issuer of the organization's first such line; others follow on the next call). Two calls
    at once queue: nothing is billed twice. A second call with the same idempotency `key` returns the first one's
    invoice.

    Raises:
        NothingToBill.
    """
    with acting(scope):
        lock("billing", organization)
        invoice = new_id()
        if (known := idempotency.claim(key, [organization], invoice)) != invoice:
            return known
        mine = {row.id: row for row in subscriptions(scope, organization=organization)}
        ground = {site.issuer_id: site for site in sites()}
        for row in mine.values():
            ended = row.ended_at or until
            rate(scope, row, min(until, ended), ground[row.issuer_id].fiscal_zone)
        waiting = list(
            RatedLine.objects.filter(organization_id=organization, invoice_lines__isnull=True).order_by("id")
        )
        if not waiting:
            raise errors.NothingToBill
        issuer_id = mine[waiting[0].subscription_id].issuer_id
        lines = [line for line in waiting if mine[line.subscription_id].issuer_id == issuer_id]
        issuer = LegalIssuer.objects.get(id=issuer_id)
        heading = _Heading(
            DocumentKind.INVOICE,
            organization,
            issuer,
            ground[issuer_id].fiscal_zone,
            snapshot(issuer.organization_id, with_account=True),
            snapshot(organization),
        )
        return _issue(invoice, heading, [_line(line, mine[line.subscription_id], heading) for line in lines]).id


def _line(rated: RatedLine, subscription: SubscriptionRow, heading: _Heading) -> InvoiceLine:
    description, details = describe(rated, subscription, heading.language)
    category, tax = _tax(heading)
    return InvoiceLine(
        organization_id=heading.organization,
        rated_line=rated,
        subscription_id=subscription.id,
        description=description[:300],
        details=details[:300],
        quantity=rated.quantity,
        unit=rated.unit,
        unit_price=rated.unit_price,
        net_minor=rated.amount_minor,
        tax_category=category,
        tax_rate=tax,
    )


def _tax(heading: _Heading) -> tuple[str, Decimal]:
    """The sourced standard rate of the seller's country on the day; a deviation needs an enabled rule of its own."""
    day = day_of(clock.now(), heading.zone)
    return "S", rules.require(heading.seller["country"], "tva.standard", day).rate


def credit_line(scope: Scope, line: UUID, amount: Money, reason: str, *, key: str | None = None) -> UUID:
    """Correct a part of an invoice line (`amount`, without tax) by a credit note; returns the note.

    Raises:
        NotFound, NotCreditable, AmountNotPositive, CreditExceedsLine.
    """
    with acting(scope):
        identifier = new_id()
        if (known := idempotency.claim(key, [line, amount, reason], identifier)) != identifier:
            return known
        row = InvoiceLine.objects.select_related("invoice").filter(id=line).first()
        if row is None:
            raise NotFound
        lock("settling", row.invoice_id)
        invoice = row.invoice
        if invoice.kind != DocumentKind.INVOICE:
            raise errors.NotCreditable
        if amount.minor <= 0:
            raise errors.AmountNotPositive
        credited = total(
            (Money(minor, invoice.currency) for minor in row.credit_lines.values_list("net_minor", flat=True)),
            invoice.currency,
        )
        left = Money(row.net_minor, invoice.currency) - credited
        if left < amount:
            raise errors.CreditExceedsLine(left=money(left), asked=money(amount))
        issuer = LegalIssuer.objects.get(id=invoice.issuer_id)
        zone = next(site.fiscal_zone for site in sites() if site.issuer_id == issuer.id)
        note = _issue(
            identifier,
            _Heading(
                DocumentKind.CREDIT_NOTE,
                invoice.organization_id,
                issuer,
                zone,
                invoice.seller,
                invoice.buyer,
                invoice.language,
                invoice,
                reason,
            ),
            [
                InvoiceLine(
                    organization_id=invoice.organization_id,
                    credited_line=row,
                    subscription_id=row.subscription_id,
                    description=row.description,
                    details=reason[:300],
                    quantity=Decimal(1),
                    unit="C62",
                    unit_price=amount.amount,
                    net_minor=amount.minor,
                    tax_category=row.tax_category,
                    tax_rate=row.tax_rate,
                )
            ],
        )
        settle_with_credit(note, invoice)
        return note.id


def _issue(identifier: UUID, heading: _Heading, lines: Sequence[InvoiceLine]) -> Invoice:
    now = clock.now()
    currency = heading.issuer.currency
    net = total((Money(line.net_minor, currency) for line in lines), currency)
    taxes = _taxes(lines, currency)
    tax = total((Money(row["tax_minor"], currency) for row in taxes), currency)
    day = day_of(now, heading.zone)
    days = int(str(rules.require(heading.seller["country"], "payment.default_days", day).value))
    periods = [line.rated_line for line in lines if line.rated_line is not None]
    number = next_number(heading.issuer.id, heading.kind, day.year)
    prefix = heading.issuer.invoice_prefix + _SERIES_LETTER[heading.kind]
    invoice = Invoice.objects.create(
        id=identifier,
        kind=heading.kind,
        organization_id=heading.organization,
        issuer_id=heading.issuer.id,
        series_year=day.year,
        series_number=number,
        number=f"{prefix}-{day.year}-{number:06d}",
        language=heading.language,
        currency=currency,
        issued_at=now,
        issue_date=day,
        due_date=day + timedelta(days=days),
        period_since=min((line.since for line in periods), default=None),
        period_until=max((line.until for line in periods), default=None),
        seller=heading.seller,
        buyer=heading.buyer,
        net_minor=net.minor,
        tax_minor=tax.minor,
        gross_minor=net.minor + tax.minor,
        taxes=taxes,
        specimen=not rules.signed_off(heading.seller["country"]),
        credited=heading.credited,
        reason=heading.reason[:300],
    )
    for position, line in enumerate(lines, 1):
        line.invoice, line.position = invoice, position
    InvoiceLine.objects.bulk_create(lines)
    _book(invoice)
    events.record(
        f"{heading.kind}.issued",
        ("invoice", invoice.id),
        organization=heading.organization,
        data={"number": invoice.number, "gross": str(Money(invoice.gross_minor, currency).amount)},
    )
    from souk.billing.jobs import write_documents

    write_documents.defer(invoice=str(invoice.id))
    return invoice


def _taxes(lines: Sequence[InvoiceLine], currency: str) -> list[dict[str, Any]]:
    sums: dict[tuple[str, Decimal], int] = {}
    for line in lines:
        key = (line.tax_category, Decimal(line.tax_rate))
        sums[key] = sums.get(key, 0) + line.net_minor
    return [
        {
            "category": category,
            "rate": str(rate_),
            "net_minor": net,
            "tax_minor": Money(net, currency).share(rate_).minor,
        }
        for (category, rate_), net in sorted(sums.items())
    ]


def _book(invoice: Invoice) -> None:
    sign = 1 if invoice.kind == DocumentKind.INVOICE else -1
    gross, net, tax = (
        Money(sign * minor, invoice.currency) for minor in (invoice.gross_minor, invoice.net_minor, invoice.tax_minor)
    )
    post(
        invoice.issuer_id,
        invoice.issue_date,
        (invoice.kind, invoice.id),
        [
            Posting(RECEIVABLE, gross, invoice.organization_id),
            Posting(REVENUE, -net),
            Posting(TAX_COLLECTED, -tax),
        ],
    )
