"""Vendors' brokers, as the operator sees them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from souk.brokers import queries
from souk.doors.console.brokers import shown, table
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.ui.parts import Crumb


@require_safe
@operator_page
def brokers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every vendor's brokers."""
    rows = queries.brokers(desk.operator)
    return render(
        request, "console/brokers.html", {"rows": rows, "table": table(rows, "operator-broker"), "for_operator": True}
    )


@require_safe
@operator_page
def broker(request: HttpRequest, desk: Desk, broker: UUID) -> HttpResponse:
    """One of them: what it sells and how it does. Its secrets are not here."""
    context = shown(desk.operator, broker)
    crumbs = [Crumb(_("Service brokers"), reverse("operator-brokers")), Crumb(context["broker"].name)]
    return render(request, "console/broker.html", {**context, "for_operator": True, "breadcrumbs": crumbs})
