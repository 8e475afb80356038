"""Documents to test with: an invoice as a cloud operator in Morocco sends it, and its variants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from souk.billing.documents.composing import subtotals, totals
from souk.billing.documents.content import (
    Adjustment,
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
from souk.kernel.money import Money

STANDARD = Tax(TaxCategory.STANDARD, Decimal("20"))
REDUCED = Tax(TaxCategory.STANDARD, Decimal("10"))
REASONS = {
    TaxCategory.EXEMPT: "Exonération avec droit à déduction, article 92 du CGI",
    TaxCategory.NOT_SUBJECT: "TVA non applicable, régime de l'auto-entrepreneur",
    TaxCategory.REVERSE_CHARGE: "Autoliquidation",
}
OCTOBER = Period(date(2026, 10, 1), date(2026, 10, 31))

SELLER = Party(
    legal_name="Nuage Atlantique SARL",
    trading_name="Nuage Atlantique",
    legal_form="SARL",
    capital=Money.of("1000000", "MAD"),
    address=Address(("Technopolis, bâtiment B9", "Avenue Mohammed VI"), "Salé", "11100"),
    ice="001525713000097",
    tax_id="15257130",
    trade_register="98431",
    trade_register_city="Rabat",
    business_tax="25713004",
    cnss="4471120",
    email="facturation@nuage-atlantique.example",
    phone="+212 5 37 00 00 00",
    website="nuage-atlantique.example",
)
BUYER = Party(
    legal_name="Coopérative Tafraout Amandes",
    legal_form="Coopérative",
    address=Address(("12, rue de la Palmeraie",), "Tafraout", "85450"),
    ice="002039481000040",
    tax_id="20394810",
    trade_register="1274",
    trade_register_city="Tiznit",
    email="compta@tafraout-amandes.example",
)
ACCOUNT = BankAccount(
    rib="007780000123456789012396",
    iban="MA64007780000123456789012396",
    bic="BCMAMAMC",
    bank="Banque de l'Atlantique, agence Hay Riad",
    holder="Nuage Atlantique SARL",
)


def line(
    number: int,
    description: str,
    quantity: str,
    unit: str,
    price: str,
    tax: Tax = STANDARD,
    currency: str = "MAD",
    **more: Any,
) -> Line:
    """A line whose net amount is its quantity times its price."""
    net = Money.of(Decimal(quantity) * Decimal(price), currency)
    made = Line(str(number), description, Decimal(quantity), unit, Decimal(price), net, tax)
    return replace(made, **more)


def lines() -> tuple[Line, ...]:
    """A database for the month, its egress, and a day of help."""
    return (
        line(1, "PostgreSQL géré, plan s", "1", "MON", "240", details="1 vCPU, 1 Gio, disque de 10 Gio",
             service_instance="compta-prod", period=OCTOBER),
        line(2, "PostgreSQL géré, plan m", "312.5", "HUR", "0.6944444444", details="2 vCPU, 4 Gio",
             service_instance="compta-essai", period=OCTOBER),
        line(3, "Trafic sortant", "184.27", "E34", "0.35", service_instance="compta-prod", period=OCTOBER),
        line(4, "Formation à la sauvegarde", "1", "DAY", "1500", tax=REDUCED),
    )  # fmt: skip


def document(
    items: Iterable[Line] | None = None,
    adjustments: tuple[Adjustment, ...] = (),
    prepaid: Money | None = None,
    currency: str = "MAD",
    **more: Any,
) -> Document:
    """A valid invoice of `items`, with its taxes and totals worked out."""
    kept = tuple(items) if items is not None else lines()
    taxes = subtotals(kept, currency, adjustments, REASONS)
    made = Document(
        kind=DocumentKind.INVOICE,
        number="FA-2026-000042",
        issued=date(2026, 11, 1),
        due=date(2026, 12, 31),
        currency=currency,
        seller=SELLER,
        buyer=BUYER,
        lines=kept,
        taxes=taxes,
        totals=totals(kept, taxes, currency, adjustments, prepaid),
        adjustments=adjustments,
        payment=Payment(PaymentMeans.TRANSFER, "FA-2026-000042", ACCOUNT),
        period=OCTOBER,
        buyer_reference="Service comptabilité",
        purchase_order="BC-2026-118",
        sales_order="CMD-000317",
        notes=("Merci de votre confiance.",),
        legal_mentions=(
            "Délai de paiement : 60 jours à compter de la date de facture (loi 69-21).",
            "Toute somme non réglée à l'échéance porte intérêt au taux légal.",
        ),
    )
    return replace(made, **more)


def credit_note() -> Document:
    """A credit note for the egress line of the invoice."""
    return document(
        (line(1, "Trafic sortant facturé à tort", "184.27", "E34", "0.35", period=OCTOBER),),
        kind=DocumentKind.CREDIT_NOTE,
        number="AV-2026-000003",
        preceding=Preceding("FA-2026-000042", date(2026, 11, 1)),
        payment=Payment(PaymentMeans.CLEARING, "FA-2026-000042", terms="À valoir sur votre prochaine facture"),
        due=None,
        notes=("Correction de la ligne 3.",),
    )


def adjusted() -> Document:
    """An invoice with an allowance and a charge on the whole document, partly paid in advance."""
    return document(
        adjustments=(
            Adjustment("Avoir de disponibilité", Money.of("64.49", "MAD"), STANDARD),
            Adjustment("Frais de mise en service", Money.of("100", "MAD"), STANDARD, is_charge=True),
        ),
        prepaid=Money.of("500", "MAD"),
    )


def untaxed(category: TaxCategory) -> Document:
    """An invoice on which no tax is due, for one of the reasons there are."""
    tax = Tax(category, Decimal(0))
    return document(
        (line(1, "Conseil", "2", "DAY", "1800", tax=tax),),
        adjustments=(
            Adjustment("Remise", Money.of("100", "MAD"), tax),
            Adjustment("Déplacement", Money.of("150", "MAD"), tax, is_charge=True),
        ),
    )
