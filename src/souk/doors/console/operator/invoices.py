"""One invoice as the operator sees it: the customer's page, and the correction of a line."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from souk.billing import invoicing, queries
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.invoices import invoice_page, send_file
from souk.doors.console.operator.money import CreditForm
from souk.doors.console.problems import tell
from souk.kernel.errors import Problem
from souk.kernel.ids import new_id
from souk.kernel.money import Money
from souk.ui.parts import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@operator_page
def invoice(request: HttpRequest, desk: Desk, invoice: UUID) -> HttpResponse:
    """An invoice or credit note; posting corrects a part of a line by a credit note."""
    scope = desk.operator
    row = queries.invoice(scope, invoice)
    lines = queries.invoice_lines(scope, invoice)
    form = CreditForm(lines, row.currency, request.POST or None, initial={"key": new_id()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        amount = Money.of(given["amount"], row.currency)
        try:
            note = invoicing.credit_line(scope, given["line"], amount, given["reason"], key=f"console:{given['key']}")
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The credit note is issued."))
            return redirect("operator-invoice", note)
    context = {
        **invoice_page(scope, invoice, "operator-invoice"),
        "here": reverse("operator-invoice", args=[invoice]),
        "file_url": "operator-invoice-file",
        "credit_form": form,
        "customer_url": reverse("operator-customer", args=[row.organization_id]),
        "operator_actions": "console/operator/parts/credit.html" if row.kind == "invoice" else "",
        "breadcrumbs": [Crumb(_("Invoices"), reverse("operator-invoices")), Crumb(row.number)],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/invoice_files.html" if part else "console/invoice.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@operator_page
def invoice_file(request: HttpRequest, desk: Desk, invoice: UUID, kind: str) -> HttpResponse:  # noqa: ARG001
    """The invoice as PDF or XML."""
    return send_file(desk.operator, invoice, kind)
