"""No amount of money has more than two decimals: BR-DEC-01 to BR-DEC-23. Prices may."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from souk.billing.documents.rules.reading import Element, Reading, enroll, every, text

Amounts = Callable[[Reading], Iterable[Element]]


def _of_totals(name: str) -> Amounts:
    return lambda reading: every(reading.totals, name)


def _inside(groups: Amounts, name: str) -> Amounts:
    return lambda reading: [found for group in groups(reading) for found in every(group, name)]


def _tax_in(code: str) -> Amounts:
    def amounts(reading: Reading) -> Iterable[Element]:
        currency = text(reading.root, code)
        found = reading.all("cac:TaxTotal/cbc:TaxAmount")
        return [amount for amount in found if currency and amount.get("currencyID") == currency]

    return amounts


_AMOUNTS: tuple[tuple[str, str, Amounts], ...] = (
    ("BR-DEC-01", "an allowance (BT-92)", _inside(lambda r: r.allowances, "cbc:Amount")),
    ("BR-DEC-05", "a charge (BT-99)", _inside(lambda r: r.charges, "cbc:Amount")),
    ("BR-DEC-09", "the sum of the lines (BT-106)", _of_totals("cbc:LineExtensionAmount")),
    ("BR-DEC-10", "the sum of the allowances (BT-107)", _of_totals("cbc:AllowanceTotalAmount")),
    ("BR-DEC-11", "the sum of the charges (BT-108)", _of_totals("cbc:ChargeTotalAmount")),
    ("BR-DEC-12", "the total without tax (BT-109)", _of_totals("cbc:TaxExclusiveAmount")),
    ("BR-DEC-13", "the total tax (BT-110)", _tax_in("cbc:DocumentCurrencyCode")),
    ("BR-DEC-14", "the total with tax (BT-112)", _of_totals("cbc:TaxInclusiveAmount")),
    ("BR-DEC-15", "the tax in the accounting currency (BT-111)", _tax_in("cbc:TaxCurrencyCode")),
    ("BR-DEC-16", "the amount already paid (BT-113)", _of_totals("cbc:PrepaidAmount")),
    ("BR-DEC-17", "the rounding amount (BT-114)", _of_totals("cbc:PayableRoundingAmount")),
    ("BR-DEC-18", "the amount due (BT-115)", _of_totals("cbc:PayableAmount")),
    ("BR-DEC-19", "a base of tax (BT-116)", _inside(lambda r: r.subtotals, "cbc:TaxableAmount")),
    ("BR-DEC-20", "a tax subtotal (BT-117)", _inside(lambda r: r.subtotals, "cbc:TaxAmount")),
    ("BR-DEC-23", "a line's net amount (BT-131)", _inside(lambda r: r.lines, "cbc:LineExtensionAmount")),
)  # fmt: skip


def _limit(identifier: str, what: str, amounts: Amounts) -> None:
    def too_precise(reading: Reading) -> Iterable[Element]:
        return (found for found in amounts(reading) if len((found.text or "").strip().partition(".")[2]) > 2)

    enroll(identifier, f"{identifier}: must not give {what} more than two decimals.", too_precise)


for _entry in _AMOUNTS:
    _limit(*_entry)
