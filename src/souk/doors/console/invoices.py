"""Invoices, credit notes and payments, as the customer keeps its books by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from souk.billing import queries
from souk.doors.console import words
from souk.doors.console.asking import PAGE, cursor, cut
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.kernel import clock
from souk.kernel.money import Money
from souk.kernel.scope import Scope
from souk.ui import format as values
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Page, Table

Address = Callable[[Any], str]


@require_safe
@member_page
def invoices(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organization's invoices and credit notes, newest first, and what it paid."""
    organization = desk.organization.id
    rows = queries.invoices(desk.scope, organization=organization, after=cursor(request), limit=PAGE + 1)
    shown, page = cut(request, rows)
    paid = queries.payments(desk.scope, organization=organization)
    context = {
        "rows": shown,
        "table": invoice_table(shown, page, "invoice"),
        "payments": payment_table(paid[:PAGE]),
        "outstanding": [money for money in queries.outstanding(desk.scope, organization=organization) if money],
    }
    return render(request, "console/invoices.html", context)


@require_safe
@member_page
def invoice(request: HttpRequest, desk: Desk, invoice: UUID) -> HttpResponse:
    """One invoice or credit note: lines, tax apart, totals, what was paid, and its files."""
    context = {
        **invoice_page(desk.scope, invoice, "invoice"),
        "here": reverse("invoice", args=[invoice]),
        "file_url": "invoice-file",
    }
    context["breadcrumbs"] = [Crumb(_("Invoices"), reverse("invoices")), Crumb(context["invoice"].number)]
    part = bool(request.headers.get("HX-Request"))
    return render(request, "console/parts/invoice_files.html" if part else "console/invoice.html", context)


@require_safe
@member_page
def invoice_file(request: HttpRequest, desk: Desk, invoice: UUID, kind: str) -> HttpResponse:  # noqa: ARG001
    """The invoice as PDF or XML."""
    return send_file(desk.scope, invoice, kind)


def send_file(scope: Scope, invoice: UUID, kind: str) -> HttpResponse:
    """An invoice's file as a download."""
    document = queries.invoice_file(scope, invoice, kind)
    response = HttpResponse(document.content, content_type=document.media_type)
    response["Content-Disposition"] = f'attachment; filename="{document.name}"'
    return response


def invoice_page(scope: Scope, identifier: UUID, url_name: str) -> dict[str, Any]:
    """Everything a page shows of an invoice."""
    row = queries.invoice(scope, identifier)
    currency = row.currency
    notes = queries.credit_notes(scope, identifier)
    return {
        "invoice": row,
        "state": state_of(row),
        "issued": words.day(row.issue_date),
        "due": words.day(row.due_date),
        "lines": _lines(queries.invoice_lines(scope, identifier), currency),
        "net": Money(row.net_minor, currency),
        "gross": Money(row.gross_minor, currency),
        "taxes": [
            (words.percent(Decimal(tax["rate"])), Money(tax["net_minor"], currency), Money(tax["tax_minor"], currency))
            for tax in row.taxes
        ],
        "outstanding": Money(row.outstanding_minor, currency),
        "settled": [
            (
                words.day(each.received_on) or each.allocated_at,
                words.PAYMENT_METHODS.get(each.payment_method or "", _("Credit note")),
                each.payment_reference or each.credit_note_number,
                Money(each.amount_minor, currency),
            )
            for each in queries.allocations(scope, identifier)
        ],
        "notes": [
            (note.number, reverse(url_name, args=[note.id]), Money(note.gross_minor, currency)) for note in notes
        ],
        "credited_url": reverse(url_name, args=[row.credited_id]) if row.credited_id else "",
        "ready": row.has_pdf and row.has_xml,
    }


def state_of(row: queries.InvoiceRow) -> str:
    """Where an invoice stands, in the status component's words; a credit note has no such state."""
    if row.kind != "invoice":
        return ""
    if row.is_paid:
        return "paid"
    if row.due_date < clock.now().date():
        return "overdue"
    return "partly_paid" if row.allocated_minor else "issued"


def invoice_table(rows: Sequence[queries.InvoiceRow], page: Page | None, url_name: str) -> Table:
    """Invoices as a table; numbers lead to their pages."""
    columns = [
        Column("number", _("Number"), cell=_number, url=lambda row: reverse(url_name, args=[row.id])),
        Column("kind", _("Kind"), cell=_kind),
        Column("issue_date", _("Issued"), kind="date", cell=lambda row: words.day(row.issue_date)),
        Column("due_date", _("Due"), kind="date", cell=lambda row: words.day(row.due_date) if _owes(row) else None),
        Column("gross", _("Tax included"), kind="money", cell=lambda row: Money(_signed(row), row.currency)),
        Column("left", _("To pay"), kind="money", cell=_left),
        Column("state", _("State"), kind="status", status="invoice", cell=state_of),
    ]
    return Table(columns, rows, _("Invoices and credit notes"), page=page)


def payment_table(rows: Sequence[queries.PaymentRow]) -> Table:
    """Payments as a table."""
    columns = [
        Column("received_on", _("Received"), kind="date", cell=lambda row: words.day(row.received_on)),
        Column("method", _("How"), cell=lambda row: words.PAYMENT_METHODS.get(row.method, row.method)),
        Column("reference", _("Reference"), kind="code"),
        Column("amount", _("Amount"), kind="money", cell=lambda row: Money(row.amount_minor, row.currency)),
        Column(
            "free",
            _("Not allocated"),
            kind="money",
            cell=lambda row: Money(row.amount_minor - row.allocated_minor, row.currency),
        ),
    ]
    return Table(columns, rows, _("Payments"), empty_icon="cash", empty_text=_("No payment was recorded yet."))


def _lines(rows: list[queries.InvoiceLineRow], currency: str) -> Table:
    columns = [
        Column("description", _("Description"), cell=_described),
        Column(
            "quantity",
            _("Quantity"),
            cell=lambda row: values.quantity(row.quantity, str(words.UNITS.get(row.unit, row.unit)), 4),
        ),
        Column("unit_price", _("Unit price"), cell=lambda row: values.rate(row.unit_price, currency)),
        Column("tax_rate", _("VAT"), cell=lambda row: words.percent(row.tax_rate)),
        Column("net", _("Before tax"), kind="money", cell=lambda row: Money(row.net_minor, currency)),
    ]
    return Table(columns, rows, _("Lines"))


def _described(row: queries.InvoiceLineRow) -> str:
    if not row.details:
        return format_html("<div><bdi>{}</bdi></div>", row.description)
    return format_html(
        '<div><bdi>{}</bdi><br><bdi class="sk-muted sk-small">{}</bdi></div>', row.description, row.details
    )


def _number(row: queries.InvoiceRow) -> str:
    return format_html('<bdi dir="ltr" class="sk-num">{}</bdi>', row.number)


def _kind(row: queries.InvoiceRow) -> str:
    return _("Invoice") if row.kind == "invoice" else _("Credit note")


def _owes(row: queries.InvoiceRow) -> bool:
    return row.kind == "invoice" and not row.is_paid


def _signed(row: queries.InvoiceRow) -> int:
    return row.gross_minor if row.kind == "invoice" else -row.gross_minor


def _left(row: queries.InvoiceRow) -> Money | None:
    return Money(row.outstanding_minor, row.currency) if _owes(row) else None
