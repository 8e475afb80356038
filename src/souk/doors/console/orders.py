"""Orders as their customer follows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from souk.catalog.pricing import FrozenPrice
from souk.doors.console import selling
from souk.doors.console.asking import PAGE, cursor, cut
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page, operator_page
from souk.kernel.errors import Problem
from souk.kernel.money import Money
from souk.kernel.scope import Scope
from souk.ordering import commands, queries
from souk.parties.access import CAN_ORDER
from souk.provisioning.queries import ServiceRow, service
from souk.sites.queries import regions
from souk.ui.parts import Crumb, Step
from souk.ui.tables import Column, Page, Table

OPEN = frozenset({"placed", "provisioning"})


@require_safe
@member_page
def orders(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organization's orders, newest first."""
    rows = queries.orders(desk.scope, organization=desk.organization.id, after=cursor(request), limit=PAGE + 1)
    shown, page = cut(request, rows)
    table = order_table(desk.scope, shown, page, "order")
    return render(request, "console/orders.html", {"rows": shown, "table": table})


@require_safe
@member_page
def order(request: HttpRequest, desk: Desk, order: UUID) -> HttpResponse:
    """One order: where it stands, what was chosen, the frozen price; asked for again while it is open."""
    row = queries.order(desk.scope, order)
    context = {
        **_page(desk.scope, row),
        "may_cancel": row.state in OPEN and desk.may(CAN_ORDER),
        "service_url": reverse("service", args=[row.instance_id]),
        "here": reverse("order", args=[order]),
        "breadcrumbs": [Crumb(_("Orders"), reverse("orders")), Crumb(f"{row.number}")],
    }
    return _answer(request, context)


@require_safe
@operator_page
def operator_order(request: HttpRequest, desk: Desk, order: UUID) -> HttpResponse:
    """Any customer's order as the operator sees it."""
    row = queries.order(desk.operator, order)
    context = {
        **_page(desk.operator, row),
        "may_cancel": False,
        "service_url": reverse("operator-service", args=[row.instance_id]),
        "customer_url": reverse("operator-customer", args=[row.organization_id]),
        "here": reverse("operator-order", args=[order]),
        "breadcrumbs": [Crumb(_("Orders"), reverse("operator-orders")), Crumb(f"{row.number}")],
    }
    return _answer(request, context)


@require_POST
@member_page
def order_cancel(request: HttpRequest, desk: Desk, order: UUID) -> HttpResponse:
    """Cancel an order that is not fulfilled yet."""
    try:
        commands.cancel_order(desk.scope, order)
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, _("The order is cancelled. Nothing is charged."))
    return redirect("order", order)


def order_table(scope: Scope, rows: Sequence[queries.OrderRow], page: Page | None, url_name: str) -> Table:
    """Orders as a table; numbers lead to `url_name`, which takes the order's id."""
    names = selling.called(scope, [row.id for row in rows])
    columns = [
        Column(
            "number", _("Number"), cell=lambda row: str(row.number), url=lambda row: reverse(url_name, args=[row.id])
        ),
        Column("offering_name", _("Offering"), cell=lambda row: _what(names[row.id], row.plan_key)),
        Column("service_name", _("Service"), cell=lambda row: format_html("<bdi>{}</bdi>", row.service_name)),
        Column("state", _("State"), kind="status", status="order"),
        Column("placed_at", _("Placed"), kind="when"),
    ]
    return Table(columns, rows, _("Orders"), page=page)


def _answer(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    part = bool(request.headers.get("HX-Request"))
    return render(request, "console/parts/order.html" if part else "console/order.html", context)


def _page(scope: Scope, row: queries.OrderRow) -> dict[str, Any]:
    price = FrozenPrice.from_json(row.price)
    return {
        "order": row,
        "offering": selling.called(scope, [row.id])[row.id],
        "steps": _steps(row, service(scope, row.instance_id)),
        "moving": row.state in OPEN,
        "reason": _(row.reason) if row.reason else "",
        "region": next((each.name for each in regions() if each.code == row.region_code), row.region_code),
        "price": price,
        "month": Money.of(price.per_month, price.currency),
        "tiers": selling.tiers(row.price["tiers"], price.currency),
    }


def _what(offering: str, plan: str) -> str:
    return format_html("<bdi>{}</bdi> · {}", offering, plan.upper())


def _steps(order: queries.OrderRow, made: ServiceRow) -> list[Step]:
    begun = made.state != "pending"
    states = {
        "fulfilled": ("done", "done", "done"),
        "failed": ("done", "failed", "todo"),
        "cancelled": ("done", "failed", "todo"),
    }.get(order.state, ("done", "current" if begun else "todo", "todo"))
    labels = (_("Placed: room reserved, price frozen"), _("Being made"), _("Fulfilled: the service answers"))
    return [Step(label, state) for label, state in zip(labels, states, strict=True)]
