"""The tax categories' own rules: BR-S, BR-Z, BR-E, BR-O and BR-AE, numbers 01 to 10, and BR-O-11 to 14."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from souk.billing.documents.rules.reading import (
    Element,
    Reading,
    cents,
    enroll,
    every,
    number,
    rule,
    text,
    total,
)

NAMES = {
    "S": "standard rate",
    "Z": "zero rate",
    "E": "exempt",
    "O": "outside the scope of VAT",
    "AE": "reverse charge",
}
LINE, DOCUMENT = "cac:Item/cac:ClassifiedTaxCategory", "cac:TaxCategory"
CategoryCheck = Callable[[Reading, str], Iterable[Element]]


def for_each_category(suffix: str) -> Callable[[CategoryCheck], CategoryCheck]:
    """Register a check once per category: BR-S-01, BR-Z-01 and so on."""

    def register(check: CategoryCheck) -> CategoryCheck:
        for code, name in NAMES.items():
            identifier = f"BR-{code}-{suffix}"
            sentence = (check.__doc__ or "").replace("BR-x", f"BR-{code}").replace("this category", name)
            enroll(identifier, sentence, lambda reading, code=code: check(reading, code))  # type: ignore[misc]
        return check

    return register


@for_each_category("01")
def is_broken_down(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-01: must have a subtotal for this category exactly when something is sold under it."""
    subtotals = _under(reading.subtotals, DOCUMENT, code)
    used = _lines(reading, code) or _under(reading.all("cac:AllowanceCharge"), DOCUMENT, code)
    if code == "S":
        return [] if bool(used) == bool(subtotals) else [reading.root]
    return [] if len(subtotals) == 1 or (not used and not subtotals) else [reading.root]


@for_each_category("02")
def lines_identify_the_parties(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-02: must identify the parties for tax as this category asks, when a line falls under it."""
    return _misidentified(reading, code, _lines(reading, code))


@for_each_category("03")
def allowances_identify_the_parties(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-03: must identify the parties for tax as this category asks, when an allowance falls under it."""
    return _misidentified(reading, code, _under(reading.allowances, DOCUMENT, code))


@for_each_category("04")
def charges_identify_the_parties(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-04: must identify the parties for tax as this category asks, when a charge falls under it."""
    return _misidentified(reading, code, _under(reading.charges, DOCUMENT, code))


@for_each_category("05")
def lines_have_the_rate(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-05: must give a line under this category the rate that goes with it (BT-152)."""
    return _wrong_rates(_lines(reading, code), LINE, code)


@for_each_category("06")
def allowances_have_the_rate(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-06: must give an allowance under this category the rate that goes with it (BT-96)."""
    return _wrong_rates(_under(reading.allowances, DOCUMENT, code), DOCUMENT, code)


@for_each_category("07")
def charges_have_the_rate(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-07: must give a charge under this category the rate that goes with it (BT-103)."""
    return _wrong_rates(_under(reading.charges, DOCUMENT, code), DOCUMENT, code)


@for_each_category("08")
def base_is_what_was_sold(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-08: base (BT-116) = lines - allowances + charges under this category, at the same rate."""
    for subtotal in _under(reading.subtotals, DOCUMENT, code):
        rate = number(subtotal, f"{DOCUMENT}/cbc:Percent") if code == "S" else None
        expected = (
            total(_at(_lines(reading, code), LINE, rate), "cbc:LineExtensionAmount")
            - total(_at(_under(reading.allowances, DOCUMENT, code), DOCUMENT, rate), "cbc:Amount")
            + total(_at(_under(reading.charges, DOCUMENT, code), DOCUMENT, rate), "cbc:Amount")
        )
        if number(subtotal, "cbc:TaxableAmount") != cents(expected):
            yield subtotal


@for_each_category("09")
def tax_follows_the_rate(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-09: tax (BT-117) under this category = base x rate, which is nothing where there is no rate."""
    for subtotal in _under(reading.subtotals, DOCUMENT, code):
        rate = number(subtotal, f"{DOCUMENT}/cbc:Percent") if code == "S" else Decimal(0)
        base = number(subtotal, "cbc:TaxableAmount") if rate else Decimal(0)
        if base is None or number(subtotal, "cbc:TaxAmount") != cents(base * (rate or Decimal(0)) / 100):
            yield subtotal


@for_each_category("10")
def untaxed_says_why(reading: Reading, code: str) -> Iterable[Element]:
    """BR-x-10: must say why no tax is due (BT-120) under this category exactly when none is by exemption."""
    needed = code in {"E", "O", "AE"}
    for subtotal in _under(reading.subtotals, DOCUMENT, code):
        stated = text(subtotal, f"{DOCUMENT}/cbc:TaxExemptionReason")
        coded = text(subtotal, f"{DOCUMENT}/cbc:TaxExemptionReasonCode")
        if bool(stated or coded) != needed:
            yield subtotal


@rule("BR-O-11")
def outside_stands_alone_in_subtotals(reading: Reading) -> Iterable[Element]:
    """BR-O-11: must have no other subtotal beside one outside the scope of VAT."""
    return _beside_outside(reading, reading.subtotals, DOCUMENT)


@rule("BR-O-12")
def outside_stands_alone_in_lines(reading: Reading) -> Iterable[Element]:
    """BR-O-12: must have no line of another category beside a subtotal outside the scope of VAT."""
    return _beside_outside(reading, reading.lines, LINE)


@rule("BR-O-13")
def outside_stands_alone_in_allowances(reading: Reading) -> Iterable[Element]:
    """BR-O-13: must have no allowance of another category beside a subtotal outside the scope of VAT."""
    return _beside_outside(reading, reading.allowances, DOCUMENT)


@rule("BR-O-14")
def outside_stands_alone_in_charges(reading: Reading) -> Iterable[Element]:
    """BR-O-14: must have no charge of another category beside a subtotal outside the scope of VAT."""
    return _beside_outside(reading, reading.charges, DOCUMENT)


def _lines(reading: Reading, code: str) -> list[Element]:
    return _under(reading.lines, LINE, code)


def _under(groups: Iterable[Element], path: str, code: str) -> list[Element]:
    return [group for group in groups if text(group, f"{path}/cbc:ID") == code]


def _at(groups: Iterable[Element], path: str, rate: Decimal | None) -> list[Element]:
    return [group for group in groups if rate is None or number(group, f"{path}/cbc:Percent") == rate]


def _misidentified(reading: Reading, code: str, used: list[Element]) -> Iterable[Element]:
    if not used:
        return []
    seller = every(reading.seller, "cac:PartyTaxScheme/cbc:CompanyID")
    buyer_vat = _vat_identifiers(reading.buyer)
    if code == "O":
        wrong = bool(_vat_identifiers(reading.seller) or buyer_vat)
    elif code == "AE":
        wrong = not seller or not (buyer_vat or text(reading.buyer, "cac:PartyLegalEntity/cbc:CompanyID"))
    else:
        wrong = not seller
    return [reading.root] if wrong else []


def _vat_identifiers(party: Element | None) -> list[Element]:
    schemes = every(party, "cac:PartyTaxScheme")
    return [scheme for scheme in schemes if text(scheme, "cac:TaxScheme/cbc:ID") == "VAT"]


def _wrong_rates(groups: Iterable[Element], path: str, code: str) -> Iterable[Element]:
    for group in groups:
        rate = number(group, f"{path}/cbc:Percent")
        right = {"S": rate is not None and rate > 0, "O": rate is None}.get(code, rate == 0)
        if not right:
            yield group


def _beside_outside(reading: Reading, groups: Iterable[Element], path: str) -> Iterable[Element]:
    if not _under(reading.subtotals, DOCUMENT, "O"):
        return []
    return [group for group in groups if text(group, f"{path}/cbc:ID") not in ("O", "")]
