"""Taxes and totals from lines."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.billing_documents import examples
from tests.unit.billing_documents.examples import REDUCED, STANDARD, line

from souk.billing.documents.composing import subtotals, totals
from souk.billing.documents.content import Adjustment, Tax, TaxCategory, Withholding
from souk.kernel.money import Money


def mad(amount: str) -> Money:
    return Money.of(amount, "MAD")


def test_tax_is_rounded_once_on_the_sum_and_not_per_line() -> None:
    lines = [line(number, "Micro", "1", "C62", "0.02") for number in range(1, 4)]
    (subtotal,) = subtotals(lines, "MAD")
    assert (subtotal.taxable, subtotal.amount) == (mad("0.06"), mad("0.01"))


def test_rates_are_kept_apart_highest_first() -> None:
    lines = [line(1, "Livre", "1", "C62", "10", REDUCED), line(2, "Base", "1", "C62", "10")]
    assert [found.tax for found in subtotals(lines, "MAD")] == [STANDARD, REDUCED]


def test_a_rate_written_with_decimals_is_the_same_rate() -> None:
    precise = Tax(TaxCategory.STANDARD, Decimal("20.00"))
    lines = [line(1, "A", "1", "C62", "10", precise), line(2, "B", "1", "C62", "10")]
    assert len(subtotals(lines, "MAD")) == 1


def test_an_exemption_needs_its_reason() -> None:
    exempt = line(1, "Conseil", "1", "DAY", "10", Tax(TaxCategory.EXEMPT, Decimal(0)))
    with pytest.raises(KeyError):
        subtotals([exempt], "MAD")


def test_allowances_lower_and_charges_raise_what_is_due() -> None:
    lines = (line(1, "Base", "1", "MON", "100"),)
    adjustments = (
        Adjustment("Remise", mad("10"), STANDARD),
        Adjustment("Frais", mad("5"), STANDARD, is_charge=True),
    )
    found = totals(lines, subtotals(lines, "MAD", adjustments), "MAD", adjustments, prepaid=mad("50"))
    assert (found.without_tax, found.tax, found.with_tax) == (mad("95"), mad("19"), mad("114"))
    assert found.payable == mad("64")


def test_what_the_buyer_withholds_lowers_the_transfer_and_not_the_debt() -> None:
    withheld = Withholding("TVA retenue à la source", mad("190.73"))
    document = examples.document(withholdings=(withheld,))
    assert (document.totals.payable, document.transfer) == (mad("2275.80"), mad("2085.07"))
