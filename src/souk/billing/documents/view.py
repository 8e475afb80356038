"""What the page shows of a document: every number formatted, every text made printable, in one language.

The template only places these strings; it computes nothing and never evaluates them.
"""

from __future__ import annotations

from typing import Any

from souk.billing.documents import formats
from souk.billing.documents.content import Document, Line, PaymentMeans, Tax, TaxCategory
from souk.billing.documents.fonts import printable
from souk.billing.documents.labels import LANGUAGES, Labels
from souk.billing.documents.parties import Party
from souk.billing.documents.words import amount_in_words

Row = tuple[str, str]
TRANSFERS = {PaymentMeans.TRANSFER, PaymentMeans.SEPA_TRANSFER}


def view(document: Document, language: str) -> dict[str, Any]:
    """The page's content as plain JSON values."""
    words = LANGUAGES[language]
    kind = words.credit_note if document.is_credit_note else words.invoice
    return {
        "lang": language,
        "dir": words.direction,
        "kind": kind,
        "title": printable(f"{kind} {document.number}"),
        "number": printable(document.number),
        "number_label": words.number,
        "author": printable(document.seller.legal_name),
        "seller": _seller(document.seller),
        "identity": _identity(document.seller, language),
        "buyer_label": words.billed_to,
        "buyer": _buyer(document.buyer, words),
        "facts": _facts(document, language),
        "columns": [words.description, words.quantity, words.unit_price, words.tax, words.net],
        "lines": [_line(line, document, language) for line in document.lines],
        "tax_columns": [words.tax_rate, words.tax_base, words.tax_amount],
        "taxes": _taxes(document, language),
        "reasons": [printable(subtotal.reason) for subtotal in document.taxes if subtotal.reason],
        "totals": _totals(document, language),
        "amounts_in": words.amounts_in.format(currency=document.currency),
        "words": _in_words(document, language),
        "payment_label": words.payment,
        "payment": _payment(document, language),
        "notes": [printable(text) for text in document.notes],
        "mentions": [printable(text) for text in document.legal_mentions],
        "page": words.page,
        "specimen": words.specimen if document.specimen else "",
        "specimen_note": words.specimen_note,
    }


def tax_rate(tax: Tax, language: str) -> str:
    """The rate, or a dash where the matter is outside VAT."""
    if tax.category is TaxCategory.NOT_SUBJECT:
        return "\u2013"
    return f"{formats.number(tax.rate, language)}\u00a0%"


def _seller(party: Party) -> dict[str, Any]:
    contact = [part for part in (party.phone, party.email, party.website) if part]
    return {
        "brand": printable(party.trading_name or party.legal_name),
        "name": printable(party.legal_name) if party.trading_name else "",
        "address": _address(party),
        "contact": [printable(part) for part in contact],
    }


def _buyer(party: Party, words: Labels) -> dict[str, Any]:
    known = (
        (words.ice, party.ice),
        (words.tax_id, party.tax_id),
        (words.trade_register, party.registration),
    )
    return {
        "name": printable(party.legal_name),
        "address": _address(party),
        "identifiers": [(label, printable(text)) for label, text in known if text],
    }


def _address(party: Party) -> list[str]:
    address = party.address
    town = " ".join(part for part in (address.postcode, address.city) if part)
    country = "" if address.country == "MA" else address.country
    street = ", ".join(part for part in address.lines if part)
    return [printable(part) for part in (street, town, country) if part]


def _identity(party: Party, language: str) -> list[Any]:
    words = LANGUAGES[language]
    named = party.legal_form.lower() in party.legal_name.lower().split()
    form = "" if named else party.legal_form
    if party.capital:
        form = f"{form} {words.capital.format(amount=formats.with_currency(party.capital, language))}"
    numbered = (
        (words.ice, party.ice),
        (words.tax_id, party.tax_id),
        (words.trade_register, party.registration),
        (words.business_tax, party.business_tax),
        (words.cnss, party.cnss),
    )
    legal = " ".join(part for part in (party.legal_name, form.strip()) if part)
    return [printable(legal), [(label, printable(text)) for label, text in numbered if text]]


def _facts(document: Document, language: str) -> list[Row]:
    words = LANGUAGES[language]
    corrected = ""
    if document.preceding:
        corrected = f"{document.preceding.number} ({formats.short_day(document.preceding.issued)})"
    found = (
        (words.issued, formats.day(document.issued, language)),
        (words.due, formats.day(document.due, language) if document.due else ""),
        (words.period, formats.period(document.period) if document.period else ""),
        (words.preceding, corrected),
        (words.purchase_order, document.purchase_order),
        (words.sales_order, document.sales_order),
        (words.contract, document.contract),
        (words.buyer_reference, document.buyer_reference),
    )
    return [(label, printable(text)) for label, text in found if text]


def _line(line: Line, document: Document, language: str) -> dict[str, Any]:
    unit = line.unit_label or LANGUAGES[language].unit(line.unit, line.quantity)
    # The document's own period stands above the table; repeating it on each line would only be noise.
    own_period = line.period if line.period != document.period else None
    price = formats.number(line.unit_price, language, decimals=2)
    if line.price_quantity != 1:
        price = f"{price} / {formats.number(line.price_quantity, language)}"
    return {
        "id": printable(line.id),
        "name": printable(line.description),
        "service": printable(line.service_instance),
        "details": printable(line.details),
        "period": formats.period(own_period) if own_period else "",
        "quantity": formats.number(line.quantity, language),
        "unit": printable(unit),
        "price": price,
        "tax": tax_rate(line.tax, language),
        "net": formats.money(line.net, language),
    }


def _taxes(document: Document, language: str) -> list[list[str]]:
    return [
        [
            tax_rate(subtotal.tax, language),
            formats.money(subtotal.taxable, language),
            formats.money(subtotal.amount, language),
        ]
        for subtotal in document.taxes
    ]


def _totals(document: Document, language: str) -> list[dict[str, str]]:
    words, sums = LANGUAGES[language], document.totals
    rows: list[tuple[str, Any, str]] = []
    if document.adjustments:
        rows.append((words.lines_total, sums.lines, ""))
        for item in document.adjustments:
            rows.append((item.reason, item.amount if item.is_charge else -item.amount, ""))
    rows.append((words.without_tax, sums.without_tax, "strong"))
    for subtotal in document.taxes:
        rate = "" if subtotal.tax.category is TaxCategory.NOT_SUBJECT else tax_rate(subtotal.tax, language)
        rows.append((words.tax_total.format(rate=rate), subtotal.amount, ""))
    rows.append((words.with_tax, sums.with_tax, "strong"))
    if document.accounting_tax is not None:
        currency = document.accounting_tax.currency
        rows.append((words.accounting_tax.format(currency=currency), document.accounting_tax, "aside"))
    if sums.prepaid:
        rows.append((words.prepaid, -sums.prepaid, ""))
    rows.append((words.credited if document.is_credit_note else words.payable, sums.payable, "due"))
    rows += [(item.text, -item.amount, "") for item in document.withholdings]
    if document.withholdings:
        rows.append((words.transfer, document.transfer, "strong"))
    return [
        {"label": printable(label), "style": style, "amount": _total(amount, style, language)}
        for label, amount, style in rows
    ]


def _total(amount: Any, style: str, language: str) -> str:
    shown = formats.with_currency if style in {"due", "aside"} else formats.money
    return shown(amount, language)


def _in_words(document: Document, language: str) -> str:
    words = LANGUAGES[language]
    sentence = words.credit_note_words if document.is_credit_note else words.invoice_words
    return sentence.format(words=amount_in_words(document.totals.with_tax, language))


def _payment(document: Document, language: str) -> dict[str, Any]:
    words, paying, account = LANGUAGES[language], document.payment, document.payment.account
    if document.totals.prepaid and not document.totals.payable and not document.is_credit_note:
        return {"means": words.settled, "terms": "", "rows": []}
    by = words.pay_by.format(day=formats.day(document.due, language)) if document.due else ""
    rows: list[Row] = []
    if account and paying.means in TRANSFERS:
        rows = [
            (words.holder, printable(account.holder)),
            (words.bank, printable(account.bank)),
            ("RIB", printable(formats.grouped(account.rib, 3, 3, 16, 2))),
            ("IBAN", printable(formats.grouped(account.iban, 4))),
            ("BIC", printable(account.bic)),
        ]
    rows.append((words.reference, printable(paying.reference)))
    return {
        "means": words.means[paying.means],
        "terms": printable(paying.terms or by),
        "rows": [row for row in rows if row[1]],
    }
