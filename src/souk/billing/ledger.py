"""Double entry: every document and payment is a balanced transaction, and the database refuses any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Sum

from souk.billing.models import LedgerEntry, LedgerTransaction
from souk.kernel import clock
from souk.kernel.money import Money

RECEIVABLE = "customers.receivable"
REVENUE = "revenue.services"
TAX_COLLECTED = "tax.tva_collected"
CASH_ACCOUNTS = {"transfer": "bank", "cheque": "cheques_to_cash", "cash": "cash"}


@dataclass(frozen=True)
class Posting:
    """A debit (positive) or credit (negative) of an account, for an organization where the account is per customer."""

    account: str
    amount: Money
    organization: UUID | None = None


def post(issuer: UUID, day: date, source: tuple[str, UUID], postings: Sequence[Posting]) -> None:
    """Record a balanced transaction, once per source; postings of zero are left out."""
    transaction = LedgerTransaction.objects.create(
        issuer_id=issuer,
        occurred_on=day,
        source_kind=source[0],
        source_id=source[1],
        recorded_at=clock.now(),
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            transaction=transaction,
            organization_id=posting.organization,
            account=posting.account,
            amount_minor=posting.amount.minor,
            currency=posting.amount.currency,
        )
        for posting in postings
        if posting.amount
    )


def balance(account: str, currency: str, organization: UUID | None = None) -> Money:
    """An account's balance, debits less credits."""
    rows = LedgerEntry.objects.filter(account=account, currency=currency)
    if organization is not None:
        rows = rows.filter(organization_id=organization)
    return Money(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0, currency)
