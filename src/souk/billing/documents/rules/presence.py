"""What must be there: BR-01 to BR-63, and the BR-CO rules on presence."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from souk.billing.documents.codes import VAT_PREFIXES
from souk.billing.documents.rules.reading import Element, Reading, enroll, every, number, rule, text

Finder = Callable[[Reading], Iterable[Element]]
CATEGORY = "cac:TaxCategory/cbc:ID"
LINE_CATEGORY = "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"
PRECEDING = "cac:InvoiceDocumentReference/cbc:ID"


def _root(reading: Reading) -> Iterable[Element]:
    return [reading.root]


def _totals(reading: Reading) -> Iterable[Element]:
    return reading.all("cac:LegalMonetaryTotal")


def _seller_address(reading: Reading) -> Iterable[Element]:
    return every(reading.seller, "cac:PostalAddress")


def _buyer_address(reading: Reading) -> Iterable[Element]:
    return every(reading.buyer, "cac:PostalAddress")


#: Rule, where it looks, what must not be empty there (any one of several), and why.
_REQUIRED: tuple[tuple[str, Finder, tuple[str, ...], str], ...] = (
    ("BR-01", _root, ("cbc:CustomizationID",), "the specification that the invoice keeps to (BT-24)"),
    ("BR-02", _root, ("cbc:ID",), "a number (BT-1)"),
    ("BR-03", _root, ("cbc:IssueDate",), "an issue date (BT-2)"),
    ("BR-04", _root, ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode"), "a type (BT-3)"),
    ("BR-05", _root, ("cbc:DocumentCurrencyCode",), "a currency (BT-5)"),
    ("BR-09", _seller_address, ("cac:Country/cbc:IdentificationCode",), "the seller's country (BT-40)"),
    ("BR-11", _buyer_address, ("cac:Country/cbc:IdentificationCode",), "the buyer's country (BT-55)"),
    ("BR-12", _totals, ("cbc:LineExtensionAmount",), "the sum of the lines (BT-106)"),
    ("BR-13", _totals, ("cbc:TaxExclusiveAmount",), "the total without tax (BT-109)"),
    ("BR-14", _totals, ("cbc:TaxInclusiveAmount",), "the total with tax (BT-112)"),
    ("BR-15", _totals, ("cbc:PayableAmount",), "the amount due (BT-115)"),
    ("BR-21", lambda r: r.lines, ("cbc:ID",), "an identifier on each line (BT-126)"),
    ("BR-22", lambda r: r.lines, ("cbc:InvoicedQuantity", "cbc:CreditedQuantity"), "each quantity (BT-129)"),
    ("BR-24", lambda r: r.lines, ("cbc:LineExtensionAmount",), "each line's net amount (BT-131)"),
    ("BR-25", lambda r: r.lines, ("cac:Item/cbc:Name",), "the name of what each line sells (BT-153)"),
    ("BR-26", lambda r: r.lines, ("cac:Price/cbc:PriceAmount",), "each line's price (BT-146)"),
    ("BR-31", lambda r: r.allowances, ("cbc:Amount",), "each allowance's amount (BT-92)"),
    ("BR-32", lambda r: r.allowances, (CATEGORY,), "each allowance's tax category (BT-95)"),
    ("BR-33", lambda r: r.allowances, ("cbc:AllowanceChargeReason",), "each allowance's reason (BT-97)"),
    ("BR-36", lambda r: r.charges, ("cbc:Amount",), "each charge's amount (BT-99)"),
    ("BR-37", lambda r: r.charges, (CATEGORY,), "each charge's tax category (BT-102)"),
    ("BR-38", lambda r: r.charges, ("cbc:AllowanceChargeReason",), "each charge's reason (BT-104)"),
    ("BR-45", lambda r: r.subtotals, ("cbc:TaxableAmount",), "the base of each tax subtotal (BT-116)"),
    ("BR-46", lambda r: r.subtotals, ("cbc:TaxAmount",), "the tax of each tax subtotal (BT-117)"),
    ("BR-47", lambda r: r.subtotals, (CATEGORY,), "the category of each tax subtotal (BT-118)"),
    ("BR-49", lambda r: r.all("cac:PaymentMeans"), ("cbc:PaymentMeansCode",), "how to pay (BT-81)"),
    ("BR-55", lambda r: r.all("cac:BillingReference"), (PRECEDING,), "the corrected invoice (BT-25)"),
    ("BR-CO-04", lambda r: r.lines, (LINE_CATEGORY,), "each line's tax category (BT-151)"),
    ("BR-CO-21", lambda r: r.allowances, ("cbc:AllowanceChargeReason",), "why there is an allowance (BT-97)"),
    ("BR-CO-22", lambda r: r.charges, ("cbc:AllowanceChargeReason",), "why there is a charge (BT-104)"),
)  # fmt: skip


def _require(identifier: str, where: Finder, paths: tuple[str, ...], what: str) -> None:
    def missing(reading: Reading) -> Iterable[Element]:
        return (found for found in where(reading) if not any(text(found, path) for path in paths))

    enroll(identifier, f"{identifier}: must state {what}.", missing)


for _entry in _REQUIRED:
    _require(*_entry)


@rule("BR-06")
def seller_is_named(reading: Reading) -> Iterable[Element]:
    """BR-06: must state the seller's legal name (BT-27)."""
    return [] if text(reading.seller, "cac:PartyLegalEntity/cbc:RegistrationName") else [reading.root]


@rule("BR-07")
def buyer_is_named(reading: Reading) -> Iterable[Element]:
    """BR-07: must state the buyer's legal name (BT-44)."""
    return [] if text(reading.buyer, "cac:PartyLegalEntity/cbc:RegistrationName") else [reading.root]


@rule("BR-08")
def seller_has_an_address(reading: Reading) -> Iterable[Element]:
    """BR-08: must state the seller's postal address (BG-5)."""
    return [] if _seller_address(reading) else [reading.root]


@rule("BR-10")
def buyer_has_an_address(reading: Reading) -> Iterable[Element]:
    """BR-10: must state the buyer's postal address (BG-8)."""
    return [] if _buyer_address(reading) else [reading.root]


@rule("BR-16")
def there_is_a_line(reading: Reading) -> Iterable[Element]:
    """BR-16: must have at least one line (BG-25)."""
    return [] if reading.lines else [reading.root]


@rule("BR-23")
def quantities_have_a_unit(reading: Reading) -> Iterable[Element]:
    """BR-23: must give each quantity a unit (BT-130)."""
    for line in reading.lines:
        quantities = every(line, "cbc:InvoicedQuantity") + every(line, "cbc:CreditedQuantity")
        if not any(quantity.get("unitCode") for quantity in quantities):
            yield line


@rule("BR-27")
def prices_are_not_negative(reading: Reading) -> Iterable[Element]:
    """BR-27: must have no negative price (BT-146); a credit is a negative quantity."""
    for line in reading.lines:
        price = number(line, "cac:Price/cbc:PriceAmount")
        if price is None or price < 0:
            yield line


@rule("BR-29")
def document_period_runs_forward(reading: Reading) -> Iterable[Element]:
    """BR-29: must not end its period (BT-74) before it starts (BT-73)."""
    return filter(_runs_backward, reading.all("cac:InvoicePeriod"))


@rule("BR-30")
def line_periods_run_forward(reading: Reading) -> Iterable[Element]:
    """BR-30: must not end a line's period (BT-135) before it starts (BT-134)."""
    return filter(_runs_backward, _line_periods(reading))


@rule("BR-48")
def subtotals_have_a_rate(reading: Reading) -> Iterable[Element]:
    """BR-48: must give each tax subtotal a rate (BT-119), unless it is outside the scope of VAT."""
    for subtotal in reading.subtotals:
        if text(subtotal, CATEGORY) != "O" and not text(subtotal, "cac:TaxCategory/cbc:Percent"):
            yield subtotal


@rule("BR-50")
def accounts_are_identified(reading: Reading) -> Iterable[Element]:
    """BR-50: must identify the account to pay into (BT-84) where a transfer names one (BG-17)."""
    for means in filter(_is_transfer, reading.all("cac:PaymentMeans")):
        for account in every(means, "cac:PayeeFinancialAccount"):
            if not text(account, "cbc:ID"):
                yield account


@rule("BR-53")
def accounting_currency_has_its_tax(reading: Reading) -> Iterable[Element]:
    """BR-53: must state the tax in the accounting currency (BT-111) where it names that currency (BT-6)."""
    currencies = {amount.get("currencyID") for amount in reading.all("cac:TaxTotal/cbc:TaxAmount")}
    return (code for code in reading.all("cbc:TaxCurrencyCode") if code.text not in currencies)


@rule("BR-61")
def transfers_name_an_account(reading: Reading) -> Iterable[Element]:
    """BR-61: must name the account to pay into (BT-84) when it asks for a transfer."""
    for means in filter(_is_transfer, reading.all("cac:PaymentMeans")):
        if not every(means, "cac:PayeeFinancialAccount/cbc:ID"):
            yield means


@rule("BR-62")
def seller_electronic_address_has_a_scheme(reading: Reading) -> Iterable[Element]:
    """BR-62: must say what kind the seller's electronic address (BT-34) is."""
    return (found for found in every(reading.seller, "cbc:EndpointID") if not found.get("schemeID"))


@rule("BR-63")
def buyer_electronic_address_has_a_scheme(reading: Reading) -> Iterable[Element]:
    """BR-63: must say what kind the buyer's electronic address (BT-49) is."""
    return (found for found in every(reading.buyer, "cbc:EndpointID") if not found.get("schemeID"))


@rule("BR-CO-03")
def one_way_to_date_the_tax(reading: Reading) -> Iterable[Element]:
    """BR-CO-03: must not give both a tax point date (BT-7) and a code for it (BT-8)."""
    coded = reading.all("cac:InvoicePeriod/cbc:DescriptionCode")
    return reading.all("cbc:TaxPointDate") if coded else []


@rule("BR-CO-09")
def vat_identifiers_are_prefixed(reading: Reading) -> Iterable[Element]:
    """BR-CO-09: must begin VAT identifiers (BT-31, BT-48) with their country's code."""
    for party in (reading.seller, reading.buyer):
        for scheme in every(party, "cac:PartyTaxScheme"):
            identifier = text(scheme, "cbc:CompanyID")
            if text(scheme, "cac:TaxScheme/cbc:ID") == "VAT" and identifier[:2] not in VAT_PREFIXES:
                yield scheme


@rule("BR-CO-19")
def document_period_has_a_day(reading: Reading) -> Iterable[Element]:
    """BR-CO-19: must give its period (BG-14) a first or a last day."""
    return filter(_has_no_day, reading.all("cac:InvoicePeriod"))


@rule("BR-CO-20")
def line_periods_have_a_day(reading: Reading) -> Iterable[Element]:
    """BR-CO-20: must give each line's period (BG-26) a first or a last day."""
    return filter(_has_no_day, _line_periods(reading))


@rule("BR-CO-25")
def what_is_due_has_a_date(reading: Reading) -> Iterable[Element]:
    """BR-CO-25: must state a due date (BT-9) or payment terms (BT-20) when something is to be paid."""
    dates = ("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate", "cac:PaymentTerms/cbc:Note")
    is_dated = any(text(reading.root, path) for path in dates)
    owes = (number(reading.totals, "cbc:PayableAmount") or 0) > 0
    if owes and reading.root.tag.endswith("}Invoice") and not is_dated:
        yield reading.root


@rule("BR-CO-26")
def seller_can_be_identified(reading: Reading) -> Iterable[Element]:
    """BR-CO-26: must give the seller an identifier (BT-29), a registration (BT-30) or a VAT id (BT-31)."""
    schemes = every(reading.seller, "cac:PartyTaxScheme")
    taxed = any(text(scheme, "cac:TaxScheme/cbc:ID") == "VAT" for scheme in schemes)
    paths = ("cac:PartyIdentification/cbc:ID", "cac:PartyLegalEntity/cbc:CompanyID")
    if not taxed and not any(text(reading.seller, path) for path in paths):
        yield reading.root


def _line_periods(reading: Reading) -> list[Element]:
    return [found for line in reading.lines for found in every(line, "cac:InvoicePeriod")]


def _runs_backward(period: Element) -> bool:
    start, end = text(period, "cbc:StartDate"), text(period, "cbc:EndDate")
    return bool(start and end and end < start)


def _has_no_day(period: Element) -> bool:
    return not any(text(period, path) for path in ("cbc:StartDate", "cbc:EndDate", "cbc:DescriptionCode"))


def _is_transfer(means: Element) -> bool:
    return text(means, "cbc:PaymentMeansCode") in {"30", "58"}
