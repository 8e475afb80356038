"""The market place: open to everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from souk.brokers.queries import measured_offering
from souk.catalog import queries
from souk.doors.console import selling, words
from souk.doors.console.brokers import measures
from souk.doors.console.desk import desk_of
from souk.provisioning import registry
from souk.sites.queries import regions
from souk.ui.format import language
from souk.ui.parts import Crumb, Facet
from souk.ui.schema_form import listed
from souk.ui.tables import Column, Page, Table

PAGE = 24


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where each kind of reader starts."""
    desk = desk_of(request)
    if desk is None:
        return redirect("market")
    if desk.caller.is_operator:
        return redirect("operator-overview")
    return redirect("services")


@require_safe
def market(request: HttpRequest) -> HttpResponse:
    """What is for sale: searched by words, narrowed by category."""
    sought, category = request.GET.get("q", "").strip()[:100], request.GET.get("category", "")
    after = request.GET.get("after", "")
    listing, last = queries.published(
        selling.MARKETPLACE,
        language(),
        after=int(after) if after.isdecimal() else 0,
        limit=PAGE,
        category=category,
        words=sought,
    )
    offers = selling.cards(listing)
    context = {
        "offers": offers,
        "q": sought,
        "narrowed": bool(sought or category),
        "facets": [_facet(category)],
        "page": Page(next=_following(request, last) if last is not None and len(offers) == PAGE else None),
    }
    return render(request, "console/market.html", context)


@require_safe
def offering(request: HttpRequest, slug: str) -> HttpResponse:
    """One offering: what it is, what it costs, where it runs."""
    found = queries.published_offering(selling.MARKETPLACE, slug, language())
    label, _icon = words.category(found["category"])
    context = {
        "offering": found,
        "category": label,
        "icon": selling.drawing(found.get("blueprint", ""), found["category"]),
        "plans": selling.plans(found),
        "tiers": selling.tiers(found["plans"][0]["tiers"], found["currency"]) if found["plans"] else [],
        "minimum_hours": found["plans"][0]["minimum_hours"] if found["plans"] else 1,
        "parameters": _parameters(registry.arranged(found["blueprint"], found["parameters"])),
        "regions": [(region.name, words.country(region.country)) for region in regions()],
        "elsewhere": selling.elsewhere(found),
        "stack": selling.is_stack(found),
        "measured": measures(seen) if (seen := measured_offering(slug)) else [],
        "breadcrumbs": [Crumb(_("Market place"), ".."), Crumb(found["name"])],
    }
    return render(request, "console/offering.html", context)


def _facet(chosen: str) -> Facet:
    found = [(slug, words.category(slug)[0]) for slug in queries.categories(selling.MARKETPLACE)]
    return Facet("category", _("Category"), [("", _("All")), *found], chosen)


def _following(request: HttpRequest, last: int) -> str:
    query = request.GET.copy()
    query["after"] = str(last)
    return f"?{query.urlencode()}"


def _parameters(schema: dict[str, Any]) -> Table:
    rows = [
        {
            "name": _(rule["title"]) if "title" in rule else capfirst(name.replace("_", " ")),
            "about": _(rule["description"]) if rule.get("description") else _choices(rule),
            "default": "" if listed(rule) else selling.chosen(rule, rule.get("default")),
        }
        for name, rule in schema.get("properties", {}).items()
    ]
    columns = [
        Column("name", _("Setting")),
        Column("about", _("What it is")),
        Column("default", _("If you choose nothing")),
    ]
    return Table(columns, rows, _("Settings"))


def _choices(rule: dict[str, Any]) -> str:
    allowed = rule.get("enum") or rule.get("items", {}).get("enum") or ()
    return ", ".join(map(str, allowed))
