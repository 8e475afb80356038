"""Another plan for a service: what there is, what each costs, and the order that changes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from souk.catalog.queries import listed, published_offering
from souk.doors.console import selling, words
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.kernel.errors import Problem
from souk.kernel.scope import Scope
from souk.ordering.commands import change_plan
from souk.ordering.queries import SubscriptionRow, order, subscription_of
from souk.parties.access import CAN_ORDER
from souk.provisioning import queries
from souk.ui.parts import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def service_plan(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The plans of a service's offering, its own marked; choosing another one orders it."""
    row = queries.service(desk.scope, service)
    subscription = subscription_of(desk.scope, service)
    trouble = ""
    if request.method == "POST":
        try:
            change_plan(desk.scope, service, request.POST.get("plan", ""), key=request.POST.get("key") or None)
        except Problem as problem:
            trouble = problem.sentence
        else:
            messages.info(request, _("The plan is being changed. Its price holds from when the service has its size."))
            return redirect("service", service)
    context = {
        "service": row,
        "trouble": trouble,
        "current": subscription.plan_key,
        "plans": _plans(desk.scope, subscription),
        "may_order": desk.may(CAN_ORDER) and subscription.state == "active",
        "key": f"plan-{service}-{row.generation}",
        "breadcrumbs": [
            Crumb(_("Services"), reverse("services")),
            Crumb(row.name, reverse("service", args=[service])),
            Crumb(_("Plan")),
        ],
    }
    return render(request, "console/service_plan.html", context, status=422 if trouble else 200)


def _plans(scope: Scope, subscription: SubscriptionRow) -> list[Any]:
    marketplace, slug = listed(order(scope, subscription.order_id).listing_id)
    return selling.plans(published_offering(marketplace, slug, words.language()))
