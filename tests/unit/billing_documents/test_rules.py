"""EN 16931's rules judge the XML, and each of them can fail."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.billing_documents import examples
from tests.unit.billing_documents.breaking import Case, broken, documents
from tests.unit.billing_documents.breaking_cases import CASES

from souk.billing.documents.content import Adjustment, Line, Payment, PaymentMeans, Tax, TaxCategory
from souk.billing.documents.rules import RULES, check, judge
from souk.kernel.money import Money


@pytest.mark.parametrize("name", documents())
def test_a_valid_document_breaks_no_rule(name: str) -> None:
    assert check(documents()[name]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_breaking_a_rule_is_noticed_and_nothing_else_is_blamed(case: Case) -> None:
    assert {violation.rule for violation in judge(broken(case))} == case.breaks


def test_every_rule_has_a_case_that_breaks_it() -> None:
    assert {case.rule for case in CASES} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_violation_can_be_read_by_a_person(rule: str) -> None:
    sentence, _ = RULES[rule]
    assert sentence.endswith(".")
    assert not sentence.startswith("BR-")


def test_a_violation_says_where() -> None:
    (violation,) = check(examples.document((examples.line(7, "Base", "1", "MON", "-5"),), due=None))
    assert violation.rule == "BR-27"
    assert violation.where.endswith("InvoiceLine")


def test_a_sum_that_is_a_cent_off_is_caught() -> None:
    document = examples.document()
    wrong = replace(document.totals, payable=document.totals.payable + Money(1, "MAD"))
    assert [found.rule for found in check(replace(document, totals=wrong))] == ["BR-CO-16"]


def test_three_decimals_of_a_dinar_are_refused() -> None:
    document = examples.document((examples.line(1, "Base", "1", "MON", "1.234", currency="TND"),), currency="TND")
    assert "BR-DEC-23" in {found.rule for found in check(document)}


def test_a_transfer_without_account_is_refused() -> None:
    document = examples.document(payment=Payment(PaymentMeans.TRANSFER))
    assert [found.rule for found in check(document)] == ["BR-61"]


def test_an_entity_in_the_file_is_not_resolved() -> None:
    attack = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Invoice><ID>&x;</ID></Invoice>'
    assert b"root" not in repr(judge(attack)).encode()


RATES = st.sampled_from(["20", "14", "10", "7"])
QUANTITIES = st.decimals("0.001", "99999", places=3)
PRICES = st.decimals("0", "9999", places=10)


@st.composite
def billed_lines(draw: st.DrawFn) -> tuple[Line, ...]:
    """Lines as metering makes them: odd quantities, ten decimals in the price, several rates, credits."""
    made = []
    for number in range(1, draw(st.integers(1, 6)) + 1):
        sign = draw(st.sampled_from([1, 1, 1, -1]))
        tax = Tax(TaxCategory.STANDARD, Decimal(draw(RATES)))
        quantity, price = str(draw(QUANTITIES) * sign), str(draw(PRICES))
        made.append(examples.line(number, "Ressource", quantity, "HUR", price, tax))
    return tuple(made)


@settings(max_examples=60, deadline=None)
@given(billed_lines(), st.decimals("0", "500", places=2), st.booleans())
def test_whatever_is_billed_adds_up(lines: tuple[Line, ...], amount: Decimal, is_charge: bool) -> None:
    adjustment = Adjustment("Geste", Money.of(amount, "MAD"), lines[0].tax, is_charge)
    assert check(examples.document(lines, adjustments=(adjustment,))) == []
