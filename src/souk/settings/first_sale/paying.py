"""From what was used to an invoice that is paid and partly corrected."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from souk.cli import formats
from souk.cli.errors import sentence
from souk.client import Refused
from souk.client.models import AllocationIn, CreditIn, InvoiceOut, PaymentIn
from souk.settings.first_sale import story
from souk.settings.first_sale.sale import Sale, StepFailed


def bill(sale: Sale) -> str:
    """The operator bills what really ran until now."""
    sale.sign_in("operator")
    organization = sale.journal.ids["organization"]
    # The series of keys for billing is the operator's: the organization makes it one of ours.
    key = sale.journal.key(f"bill-{organization}")
    made = sale.operator.bill({"organization": organization}, key=key)
    sale.journal.ids["invoice"] = made["id"]
    row = _invoice(sale)["invoice"]
    return f"{row['number']}: " + _("%(net)s + TVA %(tax)s = %(gross)s") % {
        "net": formats.amount(row["net_minor"], row["currency"]),
        "tax": formats.amount(row["tax_minor"], row["currency"]),
        "gross": formats.amount(row["gross_minor"], row["currency"]),
    }


def documents(sale: Sale) -> str:
    """The invoice as PDF and UBL."""
    return _fetch(sale, "invoice")


def pay(sale: Sale) -> str:
    """The customer's transfer is recorded and allocated."""
    sale.sign_in("operator")
    row = _invoice(sale)["invoice"]
    gross = str(Decimal(row["gross_minor"]) / 100)
    body: PaymentIn = {
        "organization": row["organization_id"],
        "issuer": row["issuer_id"],
        "method": "transfer",
        "reference": f"VIR {row['number']}",
        "received_on": row["issue_date"],
        "amount": gross,
        "currency": row["currency"],
    }
    payment = sale.operator.record_payment(body, key=sale.journal.key("payment"))["id"]
    sale.journal.ids["payment"] = payment
    left = _invoice(sale)["outstanding_minor"]
    if left > 0:
        allocation: AllocationIn = {"invoice": row["id"], "amount": str(Decimal(left) / 100)}
        sale.operator.allocate_payment(payment, allocation)
    if not _invoice(sale)["is_paid"]:
        raise StepFailed(_("The invoice is not paid in full."))
    return _("transfer of %(amount)s, the invoice is paid") % {
        "amount": formats.amount(row["gross_minor"], row["currency"])
    }


def correct(sale: Sale) -> str:
    """A part of a line is given back by a credit note."""
    sale.sign_in("operator")
    line = _invoice(sale)["lines"][0]
    body: CreditIn = {"amount": story.CORRECTED, "reason": "Geste commercial"}
    made = sale.operator.credit_line(line["id"], body, key=sale.journal.key("credit"))
    sale.journal.ids["credit_note"] = made["id"]
    row = sale.customer.get_invoice(made["id"])["invoice"]
    fetched = _fetch(sale, "credit_note")
    return f"{row['number']}: {formats.amount(-row['gross_minor'], row['currency'])}; {fetched}"


def _invoice(sale: Sale) -> InvoiceOut:
    return sale.customer.get_invoice(sale.journal.ids["invoice"])


def _fetch(sale: Sale, which: str) -> str:
    """Keep a document's PDF and XML in the folder; a few words on them."""
    sale.folder.mkdir(exist_ok=True)
    number = sale.customer.get_invoice(sale.journal.ids[which])["invoice"]["number"]
    sizes = []
    invoice = sale.journal.ids[which]
    for kind, start, fetch in (
        ("pdf", b"%PDF-", sale.customer.get_invoice_pdf),
        ("xml", b"<?xml", sale.customer.get_invoice_xml),
    ):
        sale.telling.doing(_("waiting for the %(kind)s") % {"kind": kind.upper()})
        try:
            content = fetch(invoice).content
        except Refused as refused:
            raise StepFailed(
                sentence(refused), _("The worker writes documents: `souk-manage doctor` says whether it runs.")
            ) from refused
        if not content.startswith(start):
            raise StepFailed(_("What was downloaded is no %(kind)s.") % {"kind": kind.upper()})
        target = sale.folder / f"{number}.{kind}"
        target.write_bytes(content)
        sale.journal.paths[f"{which}_{kind}"] = str(target)
        sizes.append(f"{kind.upper()} {formats.size(len(content))}")
    return ", ".join(sizes)
