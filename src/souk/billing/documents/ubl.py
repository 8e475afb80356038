"""A document as UBL 2.1, `Invoice` or `CreditNote`, in the subset and order of EN 16931's UBL binding.

Where Moroccan identifiers go, since the European code lists have no place of their own for them:

* ICE is the party's identifier (BT-29, BT-46) without a scheme: ISO 6523 lists no scheme for it, and
  rule BR-CL-10 refuses one that is not listed.
* IF is the VAT identifier (BT-31, BT-48) behind the country's prefix, `MA`, as rule BR-CO-09 wants it. On
  a document outside the scope of VAT, where BR-O-02 forbids VAT identifiers, the seller's IF is its tax
  registration (BT-32) and the buyer's is left out.
* RC, with its city, is the legal registration (BT-30, BT-47).
* Legal form, capital, TP and CNSS of the seller are additional legal information (BT-33).
"""

from __future__ import annotations

from lxml import etree

from souk.billing.documents import ubl_lines, ubl_money, ubl_parties
from souk.billing.documents.content import Document
from souk.billing.documents.xml import group, prune, root_of, value

#: BT-24: the document keeps to the European core and restricts or extends nothing.
SPECIFICATION = "urn:cen.eu:en16931:2017"
SPECIMEN = "SPECIMEN - sans valeur légale / no legal value"
# UNTDID 4451 subject codes. Always giving one keeps a "#" in a note from being read as one.
GENERAL, REGULATORY, TAX_DECLARATION = "AAI", "REG", "TXD"


def render(document: Document) -> bytes:
    """The document as UTF-8 XML. The same document always gives the same bytes."""
    root = root_of("CreditNote" if document.is_credit_note else "Invoice")
    _head(root, document)
    _references(root, document)
    ubl_parties.seller(group(root, "AccountingSupplierParty"), document)
    ubl_parties.buyer(group(root, "AccountingCustomerParty"), document)
    ubl_money.payment(root, document)
    ubl_money.adjustments(root, document)
    ubl_money.taxes(root, document)
    ubl_money.totals(root, document)
    for line in document.lines:
        ubl_lines.line(root, document, line)
    prune(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _head(root: etree._Element, document: Document) -> None:
    value(root, "CustomizationID", SPECIFICATION)
    value(root, "ID", document.number)
    value(root, "IssueDate", document.issued.isoformat())
    if document.is_credit_note:
        value(root, "CreditNoteTypeCode", document.kind.value)
    else:
        if document.due:
            value(root, "DueDate", document.due.isoformat())
        value(root, "InvoiceTypeCode", document.kind.value)
    for code, text in _notes(document):
        value(root, "Note", f"#{code}#{text}")
    value(root, "DocumentCurrencyCode", document.currency)
    if document.accounting_tax is not None:
        value(root, "TaxCurrencyCode", document.accounting_tax.currency)
    value(root, "BuyerReference", document.buyer_reference)


def _notes(document: Document) -> list[tuple[str, str]]:
    specimen = [(GENERAL, SPECIMEN)] if document.specimen else []
    withheld = [
        (TAX_DECLARATION, f"{item.text}: {item.amount.amount:f} {item.amount.currency}")
        for item in document.withholdings
    ]
    general = [(GENERAL, text) for text in document.notes]
    legal = [(REGULATORY, text) for text in document.legal_mentions]
    return specimen + general + withheld + legal


def _references(root: etree._Element, document: Document) -> None:
    if document.period:
        ubl_lines.period(root, document.period)
    order = group(root, "OrderReference")
    # UBL wants the buyer's order number wherever there is the seller's; "NA" says there is none.
    value(order, "ID", document.purchase_order.strip() or ("NA" if document.sales_order.strip() else ""))
    value(order, "SalesOrderID", document.sales_order)
    if document.preceding:
        preceding = group(root, "BillingReference", "InvoiceDocumentReference")
        value(preceding, "ID", document.preceding.number)
        value(preceding, "IssueDate", document.preceding.issued.isoformat())
    value(group(root, "ContractDocumentReference"), "ID", document.contract)
