"""A document as UBL: what goes where, in which order, and what people cannot smuggle in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree
from tests.unit.billing_documents import examples
from tests.unit.billing_documents.breaking import BUYER, PREFIXES, SELLER, documents

from souk.billing.documents import ubl
from souk.billing.documents.content import Document, TaxCategory, Withholding
from souk.billing.documents.rules import judge
from souk.kernel.money import Money

# The order, in UBL 2.1's schemas of Invoice and CreditNote alike, of the elements that we write.
_HEAD = "CustomizationID ID IssueDate DueDate InvoiceTypeCode CreditNoteTypeCode Note DocumentCurrencyCode"
_MIDDLE = "TaxCurrencyCode BuyerReference InvoicePeriod OrderReference BillingReference ContractDocumentReference"
_PARTIES = "AccountingSupplierParty AccountingCustomerParty PaymentMeans PaymentTerms AllowanceCharge TaxTotal"
_END = "LegalMonetaryTotal InvoiceLine CreditNoteLine"
ORDER = " ".join((_HEAD, _MIDDLE, _PARTIES, _END)).split()


def parsed(document: Document) -> etree._Element:
    return etree.fromstring(ubl.render(document))


def texts(document: Document, path: str) -> list[str | None]:
    return [element.text for element in parsed(document).findall(path, PREFIXES)]


@pytest.mark.parametrize("name", documents())
def test_elements_stand_in_the_order_of_the_schema(name: str) -> None:
    document = replace(documents()[name], contract="CT-1", specimen=True)
    names = [etree.QName(child).localname for child in parsed(document)]
    assert names == sorted(names, key=ORDER.index)


def test_the_file_keeps_to_the_european_core() -> None:
    assert texts(examples.document(), "cbc:CustomizationID") == ["urn:cen.eu:en16931:2017"]


def test_no_element_is_empty() -> None:
    document = replace(examples.document(), buyer_reference="", purchase_order=" ", sales_order="", notes=("\x00",))
    assert [element.tag for element in parsed(document).iter() if not len(element) and not element.text] == []


def test_ice_stands_as_identifier_without_scheme() -> None:
    found = parsed(examples.document()).find(f"{SELLER}/cac:PartyIdentification/cbc:ID", PREFIXES)
    assert found is not None
    assert (found.text, dict(found.attrib)) == ("001525713000097", {})


def test_the_fiscal_identifier_carries_the_prefix_of_morocco() -> None:
    assert texts(examples.document(), f"{BUYER}/cac:PartyTaxScheme/cbc:CompanyID") == ["MA20394810"]


def test_a_foreign_tax_identifier_is_not_prefixed_twice() -> None:
    abroad = replace(examples.BUYER, tax_id="FR40303265045", address=replace(examples.BUYER.address, country="FR"))
    document = examples.document(buyer=abroad)
    assert texts(document, f"{BUYER}/cac:PartyTaxScheme/cbc:CompanyID") == ["FR40303265045"]


def test_outside_vat_the_seller_has_a_tax_registration_and_the_buyer_none() -> None:
    document = examples.untaxed(TaxCategory.NOT_SUBJECT)
    assert texts(document, f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID") == ["15257130"]
    assert texts(document, f"{SELLER}/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID") == ["IF"]
    assert texts(document, f"{BUYER}/cac:PartyTaxScheme") == []


def test_the_trade_register_number_comes_with_its_city() -> None:
    assert texts(examples.document(), f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID") == ["Rabat 98431"]


def test_a_price_keeps_its_ten_decimals_and_an_amount_its_two() -> None:
    document = examples.document()
    assert texts(document, "cac:InvoiceLine[2]/cac:Price/cbc:PriceAmount") == ["0.6944444444"]
    assert texts(document, "cac:InvoiceLine[2]/cbc:LineExtensionAmount") == ["217.01"]


def test_a_tiny_price_is_not_written_with_an_exponent() -> None:
    document = examples.document((examples.line(1, "Requêtes", "1000000", "C62", "0.0000010000"),))
    assert texts(document, "cac:InvoiceLine/cac:Price/cbc:PriceAmount") == ["0.000001"]


def test_a_credit_note_names_what_it_corrects_and_counts_forward() -> None:
    document = examples.credit_note()
    assert texts(document, "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID") == ["FA-2026-000042"]
    assert texts(document, "cac:CreditNoteLine/cbc:CreditedQuantity") == ["184.27"]
    assert texts(document, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["77.39"]


def test_a_specimen_says_so_first() -> None:
    first = texts(replace(examples.document(), specimen=True), "cbc:Note")[0]
    assert first is not None
    assert first.startswith("#AAI#SPECIMEN")


def test_what_is_withheld_stays_owed() -> None:
    withheld = Withholding("TVA retenue à la source", Money.of("190.73", "MAD"))
    document = replace(examples.document(), withholdings=(withheld,))
    assert "#TXD#TVA retenue à la source: 190.73 MAD" in texts(document, "cbc:Note")
    assert texts(document, "cac:LegalMonetaryTotal/cbc:PayableAmount") == ["2275.80"]


def test_a_hash_in_a_note_is_not_taken_for_a_subject_code() -> None:
    document = replace(examples.document(), notes=("#QQQ# promo", "# seul", "a #bbb# c"))
    assert judge(ubl.render(document)) == []


def test_markup_and_control_characters_in_names_stay_text() -> None:
    name = 'A & B <cbc:ID>1</cbc:ID> "x" \x00\x0b\ud800 ]]>'
    document = examples.document(buyer=replace(examples.BUYER, legal_name=name))
    found = texts(document, f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName")
    assert found == ['A & B <cbc:ID>1</cbc:ID> "x"  ]]>']


def test_the_same_document_always_gives_the_same_bytes() -> None:
    assert ubl.render(examples.adjusted()) == ubl.render(examples.adjusted())
