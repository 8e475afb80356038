"""The operator's catalogue: versions through their states, and the prices of their plans."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from souk.catalog import commands, queries
from souk.catalog.pricing import Tier
from souk.doors.console import words
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.operator.money import AmountField
from souk.doors.console.problems import tell
from souk.kernel import clock
from souk.kernel.errors import Problem
from souk.kernel.money import Money
from souk.ui import format as values
from souk.ui.fields import offer
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table

VERBS: dict[str, words.Text] = {
    "submitted": pgettext_lazy("offering version", "Submit for review"),
    "approved": pgettext_lazy("offering version", "Approve"),
    "sent_back": pgettext_lazy("offering version", "Send back"),
    "published": pgettext_lazy("offering version", "Publish"),
    "suspended": pgettext_lazy("offering version", "Suspend"),
    "retired": pgettext_lazy("offering version", "Retire"),
}


class PriceForm(forms.Form):
    """A plan's new price in a price book, from now on."""

    plan = forms.ChoiceField(label=gettext_lazy("Plan"))
    per_hour = AmountField(label=gettext_lazy("Per hour, before tax"), decimals=6)
    per_month = AmountField(label=gettext_lazy("Full month, before tax"))

    def __init__(self, rows: list[queries.PlanPriceRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "plan",
            [(f"{row.book} {row.plan}", f"{row.key.upper()} · {row.marketplace}, {row.book_name}") for row in rows],
        )


@require_safe
@operator_page
def catalog(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every version of every offering."""
    columns = [
        Column(
            "name",
            _("Offering"),
            cell=lambda row: format_html("<bdi>{}</bdi>", row.name),
            url=lambda row: reverse("operator-offering", args=[row.id]),
        ),
        Column("number", _("Version"), cell=lambda row: str(row.number)),
        Column("state", _("State"), kind="status", status="offering"),
        Column("blueprint", _("Blueprint"), kind="code"),
        Column("published_at", _("Published"), kind="when"),
    ]
    table = Table(columns, queries.versions(desk.operator), _("Offering versions"))
    return render(request, "console/operator/catalog.html", {"table": table})


@require_safe
@operator_page
def version(request: HttpRequest, desk: Desk, version: UUID) -> HttpResponse:
    """One version: its state and moves, its plans and prices."""
    return _answer(request, desk, version)


@require_POST
@operator_page
def move(request: HttpRequest, desk: Desk, version: UUID) -> HttpResponse:
    """Take a version to its next state."""
    verb = request.POST.get("verb", "")
    if verb not in VERBS:
        raise Http404
    try:
        commands.move_version(desk.operator, version, verb, request.POST.get("note", "")[:1000])
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.success(request, _("The version has moved on."))
    return redirect("operator-offering", version)


@require_POST
@operator_page
def price(request: HttpRequest, desk: Desk, version: UUID) -> HttpResponse:
    """Price a plan from now on; its tiers stay, and what was sold keeps its frozen price."""
    rows = queries.prices(desk.operator, version, clock.now())
    form = PriceForm(rows, request.POST)
    if form.is_valid():
        book, plan = (UUID(part) for part in form.cleaned_data["plan"].split())
        before = next(row for row in rows if (row.book, row.plan) == (book, plan))
        details = commands.PriceDetails(
            form.cleaned_data["per_hour"],
            form.cleaned_data["per_month"],
            before.minimum_hours or 1,
            {meter: [_tier(step) for step in steps] for meter, steps in before.tiers.items()},
        )
        try:
            commands.set_price(desk.operator, book, plan, details, clock.now())
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The new price holds from now on."))
            return redirect("operator-offering", version)
    return _answer(request, desk, version, form)


def _tier(step: Mapping[str, Any]) -> Tier:
    return Tier(None if step["up_to"] is None else Decimal(str(step["up_to"])), Decimal(str(step["rate"])))


def _answer(request: HttpRequest, desk: Desk, version: UUID, form: PriceForm | None = None) -> HttpResponse:
    row = next((each for each in queries.versions(desk.operator) if each.id == version), None)
    if row is None:
        raise Http404
    rows = queries.prices(desk.operator, version, clock.now())
    context = {
        "version": row,
        "moves": [(verb, VERBS[verb]) for verb in commands.moves_from(row.state)],
        "prices": _prices(rows),
        "form": form or PriceForm(rows),
        "breadcrumbs": [Crumb(_("Catalogue"), reverse("operator-catalog")), Crumb(f"{row.name} {row.number}")],
    }
    return render(request, "console/operator/version.html", context, status=422 if form else 200)


def _prices(rows: list[queries.PlanPriceRow]) -> Table:
    columns = [
        Column("key", _("Plan"), cell=lambda row: row.key.upper()),
        Column(
            "size",
            _("Size"),
            cell=lambda row: words.size(row.vcpus, row.memory, row.disk, row.members),
        ),
        Column("book", _("Price book"), cell=lambda row: f"{row.marketplace}, {row.book_name}"),
        Column(
            "per_hour",
            _("Per hour"),
            cell=lambda row: None if row.per_hour is None else values.rate(row.per_hour.normalize(), row.currency),
        ),
        Column(
            "per_month",
            _("Full month"),
            kind="money",
            cell=lambda row: None if row.per_month is None else Money.of(row.per_month, row.currency),
        ),
        Column("valid_from", _("Since"), kind="when"),
    ]
    return Table(columns, rows, _("Plans and prices"))
