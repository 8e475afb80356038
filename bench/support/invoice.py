"""An invoice to write: a month of a few services, with as many lines as asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from souk.billing.documents.composing import subtotals, totals
from souk.billing.documents.content import (
    Document,
    DocumentKind,
    Line,
    Payment,
    PaymentMeans,
    Period,
    Tax,
    TaxCategory,
)
from souk.billing.documents.parties import Address, BankAccount, Party
from souk.kernel.money import Money

_CURRENCY = "MAD"
_MONTH = Period(date(2026, 10, 1), date(2026, 10, 31))
_TAX = Tax(TaxCategory.STANDARD, Decimal(20))
_SELLER = Party(
    legal_name="Opérateur de démonstration",
    legal_form="SA",
    capital=Money.of("10000000", _CURRENCY),
    address=Address(("Technopole, avenue des Centres de données",), "Témara", "12000"),
    ice="001525713000097",
    tax_id="1525713",
    trade_register="100001",
    trade_register_city="Témara",
    business_tax="25100001",
    cnss="1000001",
    email="facturation@operateur.example",
)
_BUYER = Party(
    legal_name="Atelier Zellige SARL",
    legal_form="SARL",
    address=Address(("12, rue des Potiers",), "Rabat", "10000"),
    ice="002039481000040",
    tax_id="45678901",
    trade_register="123456",
    trade_register_city="Rabat",
    email="compta@zellige.example",
)
_ACCOUNT = BankAccount(rib="007780000123456789012396", bank="Banque de démonstration", holder=_SELLER.legal_name)


def document(number: int, lines: int = 10) -> Document:
    """The `number`-th invoice, of `lines` lines; no two are the same."""
    kept = tuple(_line(position, number) for position in range(1, lines + 1))
    taxes = subtotals(kept, _CURRENCY)
    name = f"F-2026-{number:06d}"
    return Document(
        kind=DocumentKind.INVOICE,
        number=name,
        issued=date(2026, 11, 1),
        due=date(2026, 12, 31),
        currency=_CURRENCY,
        seller=_SELLER,
        buyer=replace(_BUYER, trade_register=str(100_000 + number)),
        lines=kept,
        taxes=taxes,
        totals=totals(kept, taxes, _CURRENCY),
        payment=Payment(PaymentMeans.TRANSFER, name, _ACCOUNT),
        period=_MONTH,
        notes=("Merci de votre confiance.",),
    )


def _line(position: int, number: int) -> Line:
    quantity, price = Decimal(position + number % 700), Decimal("1.10")
    return Line(
        id=str(position),
        description=f"PostgreSQL géré, plan s, base-{position}",
        details="1 vCPU, 1 Gio, disque de 10 Gio",
        quantity=quantity,
        unit="HUR",
        unit_price=price,
        net=Money.of(quantity * price, _CURRENCY),
        tax=_TAX,
        period=_MONTH,
    )
