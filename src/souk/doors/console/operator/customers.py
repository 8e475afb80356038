"""The operator's customers: who they are, what they run, what they owe; billing and payments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from souk.billing import invoicing, queries, settling
from souk.doors.console.asking import PAGE
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.invoices import invoice_table, payment_table
from souk.doors.console.operator.money import AllocationForm, PaymentForm
from souk.doors.console.problems import tell
from souk.doors.console.services import service_table
from souk.kernel import clock
from souk.kernel.errors import Problem
from souk.kernel.ids import new_id
from souk.kernel.money import Money
from souk.parties import queries as parties
from souk.parties.words import SEGMENT_LABELS
from souk.provisioning.queries import services
from souk.sites.queries import sites
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table

CURRENCY = "MAD"


@require_safe
@operator_page
def customers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every organization, found by name or ICE."""
    sought = request.GET.get("q", "").strip()[:100]
    rows = parties.organizations(desk.operator, words=sought)
    columns = [
        Column(
            "legal_name",
            _("Name"),
            cell=lambda row: format_html("<bdi>{}</bdi>", row.legal_name),
            url=lambda row: reverse("operator-customer", args=[row.id]),
        ),
        Column("ice", "ICE", kind="code"),
        Column("segment", _("Kind"), cell=_segment),
        Column("city", _("City"), cell=lambda row: format_html("<bdi>{}</bdi>", row.city) if row.city else ""),
        Column("created_at", _("Registered"), kind="date"),
    ]
    table = Table(columns, rows[:PAGE], _("Customers"), empty_text=_("No organization matches."))
    return render(request, "console/operator/customers.html", {"table": table, "q": sought, "cut": len(rows) > PAGE})


@require_safe
@operator_page
def customer(request: HttpRequest, desk: Desk, organization: UUID) -> HttpResponse:
    """One customer: services, invoices, payments, and what the operator does about money."""
    return _answer(request, desk, organization)


@require_POST
@operator_page
def bill(request: HttpRequest, desk: Desk, organization: UUID) -> HttpResponse:
    """Invoice what the customer used until now."""
    parties.organization(desk.operator, organization)
    try:
        made = invoicing.bill(desk.operator, organization, clock.now(), key=_key(request.POST.get("key")))
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect("operator-customer", organization)
    messages.success(request, _("The invoice is issued."))
    return redirect("operator-invoice", made)


@require_POST
@operator_page
def pay(request: HttpRequest, desk: Desk, organization: UUID) -> HttpResponse:
    """Record a payment."""
    form = PaymentForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        details = settling.PaymentDetails(
            organization=organization,
            issuer=sites()[0].issuer_id,
            method=given["method"],
            reference=given["reference"],
            received_on=given["received_on"],
            amount=Money.of(given["amount"], CURRENCY),
        )
        try:
            settling.record_payment(desk.operator, details, key=_key(str(given["key"])))
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The payment is recorded. Allocate it to an invoice."))
            return redirect("operator-customer", organization)
    return _answer(request, desk, organization, payment=form)


@require_POST
@operator_page
def allocate(request: HttpRequest, desk: Desk, organization: UUID) -> HttpResponse:
    """Settle a part of an invoice with a part of a payment."""
    form = AllocationForm(*_open(desk, organization), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        amount = Money.of(given["allocated"], CURRENCY)
        try:
            settling.allocate(desk.operator, given["payment"], given["invoice"], amount)
        except Problem as problem:
            tell(form, problem, {"amount": "allocated"})
        else:
            messages.success(request, _("The payment is allocated."))
            return redirect("operator-customer", organization)
    return _answer(request, desk, organization, allocation=form)


def _answer(
    request: HttpRequest,
    desk: Desk,
    organization: UUID,
    *,
    payment: PaymentForm | None = None,
    allocation: AllocationForm | None = None,
) -> HttpResponse:
    scope = desk.operator
    row = parties.organization(scope, organization)
    context: dict[str, Any] = {
        "customer": row,
        "segment": _segment(row),
        "members": parties.members(scope, organization),
        "services": service_table(services(scope, organization=organization, limit=PAGE), desk, "operator-service"),
        "invoices": invoice_table(
            queries.invoices(scope, organization=organization, limit=PAGE), None, "operator-invoice"
        ),
        "payments": payment_table(queries.payments(scope, organization=organization)[:PAGE]),
        "outstanding": queries.outstanding(scope, organization=organization),
        "payment_form": payment or PaymentForm(initial={"key": new_id()}),
        "allocation_form": allocation or AllocationForm(*_open(desk, organization)),
        "bill_key": new_id(),
        "breadcrumbs": [Crumb(_("Customers"), reverse("operator-customers")), Crumb(row.legal_name)],
    }
    faulty = payment is not None or allocation is not None
    return render(request, "console/operator/customer.html", context, status=422 if faulty else 200)


def _open(desk: Desk, organization: UUID) -> tuple[list[queries.PaymentRow], list[queries.InvoiceRow]]:
    return (
        queries.payments(desk.operator, organization=organization),
        queries.invoices(desk.operator, organization=organization, limit=500),
    )


def _segment(row: parties.OrganizationRow) -> str:
    return str(SEGMENT_LABELS.get(row.segment, row.segment))


def _key(given: str | None) -> str | None:
    return f"console:{given}" if given else None
