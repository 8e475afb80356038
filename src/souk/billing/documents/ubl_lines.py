"""Lines and periods in UBL (BG-14, BG-25 to BG-31)."""

from __future__ import annotations

from lxml import etree

from souk.billing.documents.content import Document, Line, Period
from souk.billing.documents.ubl_money import tax_category
from souk.billing.documents.xml import amount, group, plain, value

# UNTDID 1001: what a line's document reference must be for it to mean "the thing invoiced" (BT-128).
INVOICED_OBJECT = "130"


def line(root: etree._Element, document: Document, item: Line) -> None:
    """BG-25. The service instance is the invoiced object (BT-128)."""
    credit = document.is_credit_note
    element = group(root, "CreditNoteLine" if credit else "InvoiceLine")
    value(element, "ID", item.id)
    quantity = "CreditedQuantity" if credit else "InvoicedQuantity"
    value(element, quantity, plain(item.quantity), unitCode=item.unit)
    amount(element, "LineExtensionAmount", item.net)
    if item.period:
        period(element, item.period)
    if item.service_instance:
        reference = group(element, "DocumentReference")
        value(reference, "ID", item.service_instance)
        value(reference, "DocumentTypeCode", INVOICED_OBJECT)
    _item(element, item)
    price = group(element, "Price")
    value(price, "PriceAmount", plain(item.unit_price), currencyID=document.currency)
    value(price, "BaseQuantity", plain(item.price_quantity), unitCode=item.unit)


def period(parent: etree._Element, days: Period) -> None:
    """BG-14 and BG-26: first and last day."""
    element = group(parent, "InvoicePeriod")
    value(element, "StartDate", days.start.isoformat())
    value(element, "EndDate", days.end.isoformat())


def _item(parent: etree._Element, item: Line) -> None:
    element = group(parent, "Item")
    value(element, "Description", item.details)
    value(element, "Name", item.description)
    tax_category(element, "ClassifiedTaxCategory", item.tax)
