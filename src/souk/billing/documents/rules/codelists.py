"""Codes must come from their lists: the BR-CL rules on codes that Souk writes.

Where a list is long and we use little of it (units, subject codes), ours is the part we use, so that a
code nobody meant to send is caught.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from souk.billing.documents.codes import (
    CATEGORIES,
    COUNTRIES,
    CREDIT_NOTE_TYPES,
    CURRENCIES,
    ELECTRONIC_ADDRESSES,
    IDENTIFIER_SCHEMES,
    INVOICE_TYPES,
    PAYMENT_MEANS,
    SUBJECTS,
    UNITS,
)
from souk.billing.documents.rules.reading import Element, Reading, every, rule
from souk.billing.documents.xml import CBC

_SUBJECT = re.compile(r"[^#]*#([^#]{3})#")


@rule("BR-CL-01")
def types_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-01: must take its type (BT-3) from the invoice or credit note part of UNTDID 1001."""
    invoices = _unlisted(reading.all("cbc:InvoiceTypeCode"), INVOICE_TYPES)
    return [*invoices, *_unlisted(reading.all("cbc:CreditNoteTypeCode"), CREDIT_NOTE_TYPES)]


@rule("BR-CL-03")
def amounts_have_a_listed_currency(reading: Reading) -> Iterable[Element]:
    """BR-CL-03: must give each amount a currency of ISO 4217."""
    found = (element for element in reading.root.iter(f"{{{CBC}}}*") if "currencyID" in element.attrib)
    return (element for element in found if element.get("currencyID") not in CURRENCIES)


@rule("BR-CL-04")
def currency_is_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-04: must take its currency (BT-5) from ISO 4217."""
    return _unlisted(reading.all("cbc:DocumentCurrencyCode"), CURRENCIES)


@rule("BR-CL-05")
def accounting_currency_is_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-05: must take its accounting currency (BT-6) from ISO 4217."""
    return _unlisted(reading.all("cbc:TaxCurrencyCode"), CURRENCIES)


@rule("BR-CL-08")
def note_subjects_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-08: must take the subject of a note (BT-21) from UNTDID 4451."""
    for note in reading.all("cbc:Note"):
        subject = _SUBJECT.match(note.text or "")
        if subject and subject.group(1) not in SUBJECTS:
            yield note


@rule("BR-CL-10")
def identifier_schemes_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-10: must take a party identifier's scheme, if it has one, from ISO 6523."""
    return _unknown_schemes(reading, "cac:PartyIdentification/cbc:ID")


@rule("BR-CL-11")
def registration_schemes_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-11: must take a legal registration's scheme, if it has one, from ISO 6523."""
    return _unknown_schemes(reading, "cac:PartyLegalEntity/cbc:CompanyID")


@rule("BR-CL-14")
def countries_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-14: must take countries from ISO 3166-1."""
    path = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
    return _unlisted([*every(reading.seller, path), *every(reading.buyer, path)], COUNTRIES)


@rule("BR-CL-16")
def payment_means_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-16: must take the means of payment (BT-81) from UNTDID 4461."""
    return _unlisted(reading.all("cac:PaymentMeans/cbc:PaymentMeansCode"), PAYMENT_MEANS)


@rule("BR-CL-17")
def tax_categories_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-17: must take the tax categories of subtotals, allowances and charges from UNTDID 5305."""
    groups = [*reading.subtotals, *reading.all("cac:AllowanceCharge")]
    return _unlisted([found for group in groups for found in every(group, "cac:TaxCategory/cbc:ID")], CATEGORIES)


@rule("BR-CL-18")
def line_tax_categories_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-18: must take the tax categories of lines from UNTDID 5305."""
    path = "cac:Item/cac:ClassifiedTaxCategory/cbc:ID"
    return _unlisted([found for line in reading.lines for found in every(line, path)], CATEGORIES)


@rule("BR-CL-23")
def units_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-23: must take units (BT-130) from UN/ECE Recommendations 20 and 21."""
    found = (element for element in reading.root.iter(f"{{{CBC}}}*") if "unitCode" in element.attrib)
    return (element for element in found if element.get("unitCode") not in UNITS)


@rule("BR-CL-25")
def electronic_address_schemes_are_listed(reading: Reading) -> Iterable[Element]:
    """BR-CL-25: must take the kind of an electronic address from the CEF's list."""
    found = [*every(reading.seller, "cbc:EndpointID"), *every(reading.buyer, "cbc:EndpointID")]
    return (element for element in found if element.get("schemeID", "EM") not in ELECTRONIC_ADDRESSES)


def _unlisted(elements: Iterable[Element], listed: Container[str]) -> Iterable[Element]:
    return (element for element in elements if (element.text or "").strip() not in listed)


def _unknown_schemes(reading: Reading, path: str) -> Iterable[Element]:
    for party in (reading.seller, reading.buyer):
        for element in every(party, path):
            scheme = element.get("schemeID")
            if scheme is not None and scheme not in IDENTIFIER_SCHEMES:
                yield element
