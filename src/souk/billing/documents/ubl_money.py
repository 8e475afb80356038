"""Payment, adjustments, taxes and totals in UBL (BG-16, BG-20 to BG-23)."""

from __future__ import annotations

from lxml import etree

from souk.billing.documents.content import Document, Tax, TaxCategory
from souk.billing.documents.xml import amount, group, plain, value


def payment(root: etree._Element, document: Document) -> None:
    """BG-16. A credit note has no due date of its own in UBL: it stands with the means of payment."""
    paying = document.payment
    element = group(root, "PaymentMeans")
    value(element, "PaymentMeansCode", paying.means.value)
    if document.is_credit_note and document.due:
        value(element, "PaymentDueDate", document.due.isoformat())
    value(element, "PaymentID", paying.reference)
    if paying.account and paying.account.identifier:
        account = group(element, "PayeeFinancialAccount")
        value(account, "ID", paying.account.identifier)
        value(account, "Name", paying.account.holder)
        value(group(account, "FinancialInstitutionBranch"), "ID", paying.account.bic)
    value(group(root, "PaymentTerms"), "Note", paying.terms)


def adjustments(root: etree._Element, document: Document) -> None:
    """BG-20 and BG-21."""
    for item in document.adjustments:
        element = group(root, "AllowanceCharge")
        value(element, "ChargeIndicator", "true" if item.is_charge else "false")
        value(element, "AllowanceChargeReason", item.reason)
        amount(element, "Amount", item.amount)
        tax_category(element, "TaxCategory", item.tax)


def taxes(root: etree._Element, document: Document) -> None:
    """BG-23, and the total in the accounting currency (BT-111) where that is another."""
    total = group(root, "TaxTotal")
    amount(total, "TaxAmount", document.totals.tax)
    for subtotal in document.taxes:
        element = group(total, "TaxSubtotal")
        amount(element, "TaxableAmount", subtotal.taxable)
        amount(element, "TaxAmount", subtotal.amount)
        tax_category(element, "TaxCategory", subtotal.tax, subtotal.reason)
    if document.accounting_tax is not None:
        amount(group(root, "TaxTotal"), "TaxAmount", document.accounting_tax)


def totals(root: etree._Element, document: Document) -> None:
    """BG-22."""
    sums = document.totals
    element = group(root, "LegalMonetaryTotal")
    amount(element, "LineExtensionAmount", sums.lines)
    amount(element, "TaxExclusiveAmount", sums.without_tax)
    amount(element, "TaxInclusiveAmount", sums.with_tax)
    if any(not item.is_charge for item in document.adjustments):
        amount(element, "AllowanceTotalAmount", sums.allowances)
    if any(item.is_charge for item in document.adjustments):
        amount(element, "ChargeTotalAmount", sums.charges)
    if sums.prepaid:
        amount(element, "PrepaidAmount", sums.prepaid)
    amount(element, "PayableAmount", sums.payable)


def tax_category(parent: etree._Element, name: str, tax: Tax, reason: str = "") -> None:
    """A category with its rate. What is not subject to VAT has none (BR-O-05)."""
    element = group(parent, name)
    value(element, "ID", tax.category.value)
    if tax.category is not TaxCategory.NOT_SUBJECT:
        value(element, "Percent", plain(tax.rate))
    value(element, "TaxExemptionReason", reason)
    value(group(element, "TaxScheme"), "ID", "VAT")
