"""Seller and buyer in UBL (BG-4, BG-7)."""

from __future__ import annotations

from lxml import etree

from souk.billing.documents.content import Document, TaxCategory
from souk.billing.documents.parties import Address, Party
from souk.billing.documents.xml import group, value

# The CEF list of electronic address schemes: EM is electronic mail.
ELECTRONIC_MAIL = "EM"


def seller(parent: etree._Element, document: Document) -> None:
    """BG-4, with what only the seller may state: tax registration and further legal information."""
    party = document.seller
    element = _party(parent, party)
    if party.tax_id and outside_vat(document):
        _tax_scheme(element, party.tax_id, "IF")
    elif party.tax_id:
        _tax_scheme(element, party.vat_identifier, "VAT")
    legal = _legal_entity(element, party)
    value(legal, "CompanyLegalForm", _legal_information(party))
    _contact(element, party)


def buyer(parent: etree._Element, document: Document) -> None:
    """BG-7."""
    party = document.buyer
    element = _party(parent, party)
    if party.tax_id and not outside_vat(document):
        _tax_scheme(element, party.vat_identifier, "VAT")
    _legal_entity(element, party)
    _contact(element, party)


def outside_vat(document: Document) -> bool:
    """Whether VAT identifiers are forbidden on the document (BR-O-02 to BR-O-04)."""
    used = {line.tax.category for line in document.lines} | {a.tax.category for a in document.adjustments}
    return TaxCategory.NOT_SUBJECT in used


def _party(parent: etree._Element, party: Party) -> etree._Element:
    element = group(parent, "Party")
    value(element, "EndpointID", party.email, schemeID=ELECTRONIC_MAIL)
    value(group(element, "PartyIdentification"), "ID", party.ice)
    value(group(element, "PartyName"), "Name", party.trading_name)
    _address(element, party.address)
    return element


def _address(parent: etree._Element, address: Address) -> None:
    element = group(parent, "PostalAddress")
    first, second, *rest = [*address.lines, "", ""]
    value(element, "StreetName", first)
    value(element, "AdditionalStreetName", second)
    value(element, "CityName", address.city)
    value(element, "PostalZone", address.postcode)
    value(group(element, "AddressLine"), "Line", ", ".join(line for line in rest if line))
    value(group(element, "Country"), "IdentificationCode", address.country)


def _tax_scheme(parent: etree._Element, identifier: str, scheme: str) -> None:
    element = group(parent, "PartyTaxScheme")
    value(element, "CompanyID", identifier)
    value(group(element, "TaxScheme"), "ID", scheme)


def _legal_entity(parent: etree._Element, party: Party) -> etree._Element:
    element = group(parent, "PartyLegalEntity")
    value(element, "RegistrationName", party.legal_name)
    value(element, "CompanyID", party.registration)
    return element


def _legal_information(party: Party) -> str:
    capital = f"capital {party.capital.amount:f} {party.capital.currency}" if party.capital else ""
    business_tax = f"TP {party.business_tax}" if party.business_tax else ""
    cnss = f"CNSS {party.cnss}" if party.cnss else ""
    return ", ".join(part for part in (party.legal_form, capital, business_tax, cnss) if part)


def _contact(parent: etree._Element, party: Party) -> None:
    element = group(parent, "Contact")
    value(element, "Telephone", party.phone)
    value(element, "ElectronicMail", party.email)
