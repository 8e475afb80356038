"""What must add up: BR-CO-10 to BR-CO-18. Our own rounding leaves no tolerance to ask for."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from souk.billing.documents.rules.reading import Element, Reading, cents, every, number, rule, text, total

_NONE = Decimal(0)


@rule("BR-CO-10")
def lines_add_up(reading: Reading) -> Iterable[Element]:
    """BR-CO-10: must state as sum of the lines (BT-106) what they add up to (BT-131)."""
    return _differs(reading, "cbc:LineExtensionAmount", total(reading.lines, "cbc:LineExtensionAmount"))


@rule("BR-CO-11")
def allowances_add_up(reading: Reading) -> Iterable[Element]:
    """BR-CO-11: must state as sum of the allowances (BT-107) what they add up to (BT-92)."""
    return _optional_sum(reading, "cbc:AllowanceTotalAmount", reading.allowances)


@rule("BR-CO-12")
def charges_add_up(reading: Reading) -> Iterable[Element]:
    """BR-CO-12: must state as sum of the charges (BT-108) what they add up to (BT-99)."""
    return _optional_sum(reading, "cbc:ChargeTotalAmount", reading.charges)


@rule("BR-CO-13")
def total_without_tax_adds_up(reading: Reading) -> Iterable[Element]:
    """BR-CO-13: total without tax (BT-109) = lines (BT-106) - allowances (BT-107) + charges (BT-108)."""
    expected = (
        _stated(reading, "cbc:LineExtensionAmount")
        - _stated(reading, "cbc:AllowanceTotalAmount")
        + _stated(reading, "cbc:ChargeTotalAmount")
    )
    return _differs(reading, "cbc:TaxExclusiveAmount", expected)


@rule("BR-CO-14")
def tax_adds_up(reading: Reading) -> Iterable[Element]:
    """BR-CO-14: must state as total tax (BT-110) the sum of the subtotals' tax (BT-117)."""
    for group in reading.all("cac:TaxTotal"):
        subtotals = every(group, "cac:TaxSubtotal")
        if subtotals and number(group, "cbc:TaxAmount") != cents(total(subtotals, "cbc:TaxAmount")):
            yield group


@rule("BR-CO-15")
def total_with_tax_adds_up(reading: Reading) -> Iterable[Element]:
    """BR-CO-15: total with tax (BT-112) = total without tax (BT-109) + tax in the same currency (BT-110)."""
    currency = text(reading.root, "cbc:DocumentCurrencyCode")
    amounts = reading.all("cac:TaxTotal/cbc:TaxAmount")
    taxes = [number(amount) or _NONE for amount in amounts if amount.get("currencyID") == currency]
    if len(taxes) != 1:
        return [reading.root] if currency else []
    return _differs(reading, "cbc:TaxInclusiveAmount", _stated(reading, "cbc:TaxExclusiveAmount") + taxes[0])


@rule("BR-CO-16")
def amount_due_adds_up(reading: Reading) -> Iterable[Element]:
    """BR-CO-16: amount due (BT-115) = total with tax (BT-112) - already paid (BT-113) + rounding (BT-114)."""
    expected = (
        _stated(reading, "cbc:TaxInclusiveAmount")
        - _stated(reading, "cbc:PrepaidAmount")
        + _stated(reading, "cbc:PayableRoundingAmount")
    )
    return _differs(reading, "cbc:PayableAmount", expected)


@rule("BR-CO-17")
def tax_is_base_times_rate(reading: Reading) -> Iterable[Element]:
    """BR-CO-17: each subtotal's tax (BT-117) = its base (BT-116) x its rate (BT-119), rounded once."""
    for subtotal in reading.subtotals:
        base, rate = number(subtotal, "cbc:TaxableAmount"), number(subtotal, "cac:TaxCategory/cbc:Percent")
        tax = number(subtotal, "cbc:TaxAmount")
        if base is None or tax != cents(base * (rate or _NONE) / 100):
            yield subtotal


@rule("BR-CO-18")
def there_is_a_tax_breakdown(reading: Reading) -> Iterable[Element]:
    """BR-CO-18: must break its tax down by category and rate (BG-23) at least once."""
    return [] if reading.subtotals else [reading.root]


def _stated(reading: Reading, path: str) -> Decimal:
    return number(reading.totals, path) or _NONE


def _differs(reading: Reading, path: str, expected: Decimal) -> Iterable[Element]:
    if reading.totals is not None and number(reading.totals, path) != cents(expected):
        yield reading.totals


def _optional_sum(reading: Reading, path: str, items: list[Element]) -> Iterable[Element]:
    if not items and number(reading.totals, path) is None:
        return []
    return _differs(reading, path, total(items, "cbc:Amount"))
