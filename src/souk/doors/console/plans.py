"""Another plan for a service, more or less disk beyond it, and up to where that grows by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from souk.catalog.pricing import FrozenPrice
from souk.catalog.queries import listed, published_offering, sellable
from souk.doors.console import quoting, selling, words
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted, tell
from souk.doors.console.way import to_service
from souk.kernel import clock
from souk.kernel.errors import Problem
from souk.kernel.scope import Scope
from souk.ordering.commands import change_size, set_ceiling
from souk.ordering.queries import SubscriptionRow, order, subscription_of
from souk.parties.access import CAN_ORDER
from souk.provisioning import queries
from souk.provisioning.contract import GIB
from souk.sites.queries import regions
from souk.ui import format as values
from souk.ui.format import language
from souk.ui.parts import Crumb
from souk.ui.schema_fields import WesternIntegerField


class SizeForm(forms.Form):
    """Disk beyond the plan. `key` makes sending it twice one change."""

    extra_gib = WesternIntegerField(
        label=gettext_lazy("Disk beyond the plan, in GiB"),
        help_text=gettext_lazy("On each machine of the service, charged by the hour as long as you keep it."),
        min_value=0,
        required=False,
    )
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)


class CeilingForm(forms.Form):
    """How large the disk may become by itself; empty: it does not."""

    ceiling_gib = WesternIntegerField(
        label=gettext_lazy("How large it may become, in GiB"),
        help_text=gettext_lazy(
            "In all, with what the plan gives. Leave it empty, and the disk does not grow by itself."
        ),
        required=False,
        min_value=1,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def service_plan(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The plans of a service's offering, its own marked, and its disk; choosing others changes both in one step."""
    row = queries.service(desk.scope, service)
    subscription = subscription_of(desk.scope, service)
    asked = request.POST.get("plan", "") if request.method == "POST" else subscription.plan_key
    form = SizeForm(
        request.POST or None, initial={"extra_gib": row.extra_disk // GIB, "key": f"plan-{service}-{row.generation}"}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        # What was not changed is not asked for: another plan keeps its disk, and the same one is the same.
        extra = given["extra_gib"] if given["extra_gib"] != row.extra_disk // GIB else None
        try:
            change_size(desk.scope, service, asked, extra_gib=extra, key=given["key"])
        except Problem as problem:
            tell(form, problem)
        else:
            messages.info(request, _("The size is being changed. Its price holds from when the service has it."))
            return redirect("service", service)
    extra_gib = row.extra_disk // GIB if request.method != "POST" else quoting.gibibytes(request.POST.get("extra_gib"))
    quote = _quote(desk, row, subscription, asked, extra_gib)
    context = {
        **_page(desk, row, subscription),
        "form": form,
        "asked": asked,
        "quote": quote,
        "becomes": _becomes(row, quote),
        "ceiling_form": _ceiling_form(row),
    }
    return render(request, "console/service_plan.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def service_plan_price(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The inside of the price box, for what is chosen right now."""
    row, subscription = queries.service(desk.scope, service), subscription_of(desk.scope, service)
    extra_gib = quoting.gibibytes(request.POST.get("extra_gib"))
    quote = _quote(desk, row, subscription, request.POST.get("plan", ""), extra_gib)
    context = {"quote": quote, "becomes": _becomes(row, quote)}
    return render(request, "console/parts/plan_quote.html", context)


@require_POST
@member_page
def service_growth(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Let the disk grow by itself up to a ceiling, or no longer."""
    row, subscription = queries.service(desk.scope, service), subscription_of(desk.scope, service)
    form = CeilingForm(request.POST)
    if accepted(form, lambda: set_ceiling(desk.scope, service, form.cleaned_data["ceiling_gib"])):
        messages.success(request, _("The ceiling is set. It holds from the next minute on."))
        return redirect("service-plan", service)
    initial = {"extra_gib": row.extra_disk // GIB, "key": f"plan-{service}-{row.generation}"}
    context = {
        **_page(desk, row, subscription),
        "form": SizeForm(initial=initial),
        "asked": subscription.plan_key,
        "quote": _quote(desk, row, subscription, subscription.plan_key, row.extra_disk // GIB),
        "ceiling_form": form,
    }
    return render(request, "console/service_plan.html", context, status=422)


def _page(desk: Desk, row: queries.ServiceRow, subscription: SubscriptionRow) -> dict[str, Any]:
    return {
        "service": row,
        "parts": bool(queries.parts(desk.scope, row.id)),
        "grow_to": words.ltr(values.size(row.grow_to)) if row.grow_to else "",
        "plans": _plans(desk.scope, subscription),
        "may_order": desk.may(CAN_ORDER) and subscription.state == "active",
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Plan") if row.plan_id else _("Plan and disk")),
        ],
    }


def _becomes(row: queries.ServiceRow, quote: quoting.Quote | None) -> int:
    """On how many machines the service will run, if that changes; else 0."""
    return quote.members if quote is not None and quote.members != row.members else 0


def _ceiling_form(row: queries.ServiceRow) -> CeilingForm:
    return CeilingForm(initial={"ceiling_gib": row.grow_to // GIB if row.grow_to else None})


def _plans(scope: Scope, subscription: SubscriptionRow) -> list[Any]:
    marketplace, slug = listed(order(scope, subscription.order_id).listing_id)
    return selling.plans(published_offering(marketplace, slug, language()))


def _quote(
    desk: Desk, row: queries.ServiceRow, subscription: SubscriptionRow, plan: str, extra_gib: int
) -> quoting.Quote | None:
    """The present plan at the price it was sold at, another one at today's."""
    try:
        marketplace, slug = listed(order(desk.scope, subscription.order_id).listing_id)
        sold = sellable(marketplace, slug, plan, desk.organization.segment, clock.now())
    except Problem:
        return None
    price = FrozenPrice.from_json(subscription.price) if plan == subscription.plan_key else sold.price
    return quoting.quote(sold, price, extra_gib, quoting.country_of(regions(), row.region_code))
