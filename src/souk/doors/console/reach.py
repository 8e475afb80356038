"""Public addresses: the list, and the one of a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from souk.catalog.pricing import PUBLIC_ADDRESS, FrozenPrice
from souk.doors.console import live
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.kernel.errors import Problem
from souk.ordering import commands as ordering
from souk.ordering.queries import subscription_of
from souk.parties.access import CAN_OPERATE, CAN_ORDER
from souk.provisioning import addresses as reading
from souk.provisioning import commands, queries
from souk.provisioning.registry import blueprint
from souk.sites.queries import regions
from souk.ui.fields import offer
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table

NEW = "new"


class GivingForm(forms.Form):
    """Which public address a service is to have."""

    address = forms.ChoiceField(label=gettext_lazy("Public address"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, kept: Sequence[reading.AddressRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "address", [(NEW, _("A new one")), *((str(row.id), row.address) for row in kept)])
        self.initial.setdefault("address", str(kept[0].id) if kept else NEW)

    def chosen(self) -> UUID | None:
        """The address that was chosen; None is a new one."""
        given = self.cleaned_data["address"]
        return None if given == NEW else UUID(given)


class TakingForm(forms.Form):
    """Whether the project keeps the address."""

    keep = forms.BooleanField(
        label=gettext_lazy("Keep the address for the project"),
        help_text=gettext_lazy("It can be given to another service then, and is charged with this one until it is."),
        required=False,
    )


@require_safe
@member_page
def addresses(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organization's public addresses, and where they lead."""
    places = {row.code: row.name for row in regions()}
    project = desk.project.id if desk.project else None
    rows = reading.addresses(desk.scope, organization=desk.organization.id, project=project)
    columns = [
        Column("address", _("Address"), kind="code"),
        Column("state", _("State"), kind="status", status="address"),
        Column(
            "service_name",
            _("Service"),
            kind="link",
            url=lambda row: reverse("service-address", args=[row.service_id]),
        ),
        Column("region_code", _("Region"), cell=lambda row: places.get(row.region_code, row.region_code)),
        Column("created_at", _("Since"), kind="when"),
    ]
    context = {
        "table": Table(columns, rows, _("Public addresses")),
        "rows": rows,
        "kept": [row for row in rows if row.state in ("kept", "detaching")],
        "may_operate": desk.may(CAN_OPERATE),
    }
    return render(request, "console/addresses.html", context)


@require_POST
@member_page
def release(request: HttpRequest, desk: Desk, address: UUID) -> HttpResponse:
    """Give back an address that leads to no service."""
    try:
        commands.release_address(desk.scope, address)
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, _("The address is given back."))
    return redirect("addresses")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def service_address(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """A service's public address, or a form to give it one."""
    row, found = queries.service(desk.scope, service), reading.reach(desk.scope, service)
    kept = [
        each
        for each in reading.addresses(desk.scope, project=row.project_id)
        if each.state == "kept" and each.region_code == row.region_code
    ]
    form = GivingForm(request.POST or None, kept=kept)
    if accepted(form, lambda: ordering.give_address(desk.scope, service, form.chosen())):
        messages.info(request, _("The service gets its public address."))
        return redirect("service-address", service)
    price = FrozenPrice.from_json(subscription_of(desk.scope, service).price)
    context = {
        "service": row,
        "reach": found,
        "kind": blueprint(row.blueprint),
        "form": form,
        "taking": TakingForm(),
        "sold": PUBLIC_ADDRESS in price.tiers,
        "rate": price.tiers[PUBLIC_ADDRESS][0].rate if PUBLIC_ADDRESS in price.tiers else None,
        "currency": price.currency,
        "offered": reading.has_ranges(row.region_code),
        "moving": live.moves(row) or found.state in ("attaching", "detaching"),
        "here": reverse("service-address", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "may_order": desk.may(CAN_ORDER) and row.desired in ("running", "stopped"),
        "breadcrumbs": [*to_service(row), Crumb(_("Public address"))],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/service_address.html" if part else "console/service_address.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@member_page
def take(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Take a service's public address away."""
    try:
        commands.take_address(desk.scope, service, keep="keep" in request.POST)
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.info(request, _("The public address is taken away."))
    return redirect("service-address", service)
