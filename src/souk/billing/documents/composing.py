"""From lines to taxes and totals: tax per category and rate, worked out once on the sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from souk.billing.documents.content import Adjustment, Line, Tax, TaxCategory, TaxSubtotal, Totals
from souk.kernel.money import Money, total

#: Categories that must say why no tax is due (BR-E-10, BR-O-10, BR-AE-10).
NEEDS_REASON = frozenset({TaxCategory.EXEMPT, TaxCategory.NOT_SUBJECT, TaxCategory.REVERSE_CHARGE})


def subtotals(
    lines: Iterable[Line],
    currency: str,
    adjustments: Iterable[Adjustment] = (),
    reasons: Mapping[TaxCategory, str] | None = None,
) -> tuple[TaxSubtotal, ...]:
    """One subtotal per category and rate, highest rate first (EN 16931 BR-S-08, BR-S-09, BR-CO-17).

    `reasons` gives the sentence for each untaxed category used; a missing one raises `KeyError`.
    """
    bases: dict[Tax, Money] = {}
    for line in lines:
        bases[line.tax] = bases.get(line.tax, Money.zero(currency)) + line.net
    for item in adjustments:
        signed = item.amount if item.is_charge else -item.amount
        bases[item.tax] = bases.get(item.tax, Money.zero(currency)) + signed
    ordered = sorted(bases.items(), key=lambda entry: (-entry[0].rate, entry[0].category.value))
    return tuple(_subtotal(tax, base, reasons or {}) for tax, base in ordered)


def totals(
    lines: Iterable[Line],
    taxes: Iterable[TaxSubtotal],
    currency: str,
    adjustments: Iterable[Adjustment] = (),
    prepaid: Money | None = None,
) -> Totals:
    """The document's totals (EN 16931 BR-CO-10 to BR-CO-16)."""
    kept = tuple(adjustments)
    net = total((line.net for line in lines), currency)
    allowances = total((item.amount for item in kept if not item.is_charge), currency)
    charges = total((item.amount for item in kept if item.is_charge), currency)
    without_tax = net - allowances + charges
    tax = total((subtotal.amount for subtotal in taxes), currency)
    paid = prepaid or Money.zero(currency)
    with_tax = without_tax + tax
    return Totals(net, allowances, charges, without_tax, tax, with_tax, paid, with_tax - paid)


def _subtotal(tax: Tax, base: Money, reasons: Mapping[TaxCategory, str]) -> TaxSubtotal:
    reason = reasons[tax.category] if tax.category in NEEDS_REASON else ""
    return TaxSubtotal(tax, base, base.share(tax.rate / Decimal(100)), reason)
