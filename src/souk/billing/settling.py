"""Payments and what they settle: recorded, allocated, never more than there is on either side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum

from souk.billing import errors
from souk.billing.ledger import CASH_ACCOUNTS, RECEIVABLE, Posting, post
from souk.billing.models import Allocation, DocumentKind, Invoice, Payment, PaymentMethod
from souk.kernel import clock, events, idempotency
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.locks import lock
from souk.kernel.money import Money
from souk.kernel.scope import Scope, acting
from souk.ui.format import money


@dataclass(frozen=True)
class PaymentDetails:
    """Money that came in; `reference` is the bank's or the cheque's."""

    organization: UUID
    issuer: UUID
    method: str
    reference: str
    received_on: date
    amount: Money


def record_payment(scope: Scope, details: PaymentDetails, *, key: str | None = None) -> UUID:
    """Record a payment and book it; allocate it afterwards.

    Raises:
        InvalidPaymentMethod, AmountNotPositive, PaymentReferenceTaken, IdempotencyKeyReused.
    """
    if details.method not in PaymentMethod.values:
        raise errors.InvalidPaymentMethod(method=details.method, choices=", ".join(PaymentMethod.values))
    if details.amount.minor <= 0:
        raise errors.AmountNotPositive
    with acting(scope):
        payment = new_id()
        if (known := idempotency.claim(key, details, payment)) != payment:
            return known
        try:
            with transaction.atomic():
                Payment.objects.create(
                    id=payment,
                    organization_id=details.organization,
                    issuer_id=details.issuer,
                    method=details.method,
                    reference=details.reference,
                    received_on=details.received_on,
                    amount_minor=details.amount.minor,
                    currency=details.amount.currency,
                    recorded_at=clock.now(),
                )
        except IntegrityError as error:
            raise errors.PaymentReferenceTaken(reference=details.reference) from error
        post(
            details.issuer,
            details.received_on,
            ("payment", payment),
            [
                Posting(CASH_ACCOUNTS[details.method], details.amount),
                Posting(RECEIVABLE, -details.amount, details.organization),
            ],
        )
        events.record(
            "payment.recorded",
            ("payment", payment),
            organization=details.organization,
            data={"amount": str(details.amount.amount), "method": details.method},
        )
        return payment


def allocate(scope: Scope, payment: UUID, invoice: UUID, amount: Money) -> UUID:
    """Settle a part of an invoice with a part of a payment.

    Raises:
        NotFound, AmountNotPositive, OtherOrganization, AllocationExceedsPayment, AllocationExceedsInvoice.
    """
    if amount.minor <= 0:
        raise errors.AmountNotPositive
    with acting(scope):
        for identifier in sorted((invoice, payment)):
            lock("settling", identifier)
        owed = Invoice.objects.filter(id=invoice, kind=DocumentKind.INVOICE).first()
        paid = Payment.objects.filter(id=payment).first()
        if owed is None or paid is None:
            raise NotFound
        if owed.organization_id != paid.organization_id or owed.currency != paid.currency:
            raise errors.OtherOrganization
        spare = Money(paid.amount_minor - _allocated(payment_id=payment), paid.currency)
        if spare < amount:
            raise errors.AllocationExceedsPayment(left=money(spare), asked=money(amount))
        left = outstanding(owed)
        if left < amount:
            raise errors.AllocationExceedsInvoice(left=money(left), asked=money(amount))
        row = Allocation.objects.create(
            organization_id=owed.organization_id,
            invoice=owed,
            payment=paid,
            amount_minor=amount.minor,
            allocated_at=clock.now(),
        )
        events.record(
            "payment.allocated",
            ("invoice", invoice),
            organization=owed.organization_id,
            data={"payment": str(payment), "amount": str(amount.amount)},
        )
        return row.id


def settle_with_credit(note: Invoice, invoice: Invoice) -> None:
    """Set a fresh credit note against what its invoice still asks for; the rest stays to the customer's credit."""
    amount = min(outstanding(invoice), Money(note.gross_minor, note.currency))
    if amount.minor > 0:
        Allocation.objects.create(
            organization_id=invoice.organization_id,
            invoice=invoice,
            credit_note=note,
            amount_minor=amount.minor,
            allocated_at=clock.now(),
        )


def outstanding(invoice: Invoice) -> Money:
    """What an invoice still asks for."""
    return Money(invoice.gross_minor - _allocated(invoice_id=invoice.id), invoice.currency)


def _allocated(**which: UUID) -> int:
    return Allocation.objects.filter(**which).aggregate(sum=Sum("amount_minor"))["sum"] or 0
