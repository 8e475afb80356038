"""A load balancer's pools, listeners and members, written down. Whoever replaces what somebody else changed meanwhile
is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console import meanwhile
from souk.doors.console.balance import rules, whole
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.kernel.errors import NotFound, Problem
from souk.kernel.meanwhile import mark
from souk.provisioning import commands, queries
from souk.provisioning.contract import LISTENERS, POOLS
from souk.provisioning.networks import attachment
from souk.ui.fields import offer
from souk.ui.parts import Crumb
from souk.ui.schema_fields import WesternIntegerField
from souk.ui.schema_form import SchemaForm


class MemberForm(forms.Form):
    """One more member of a pool."""

    service = forms.ChoiceField(label=gettext_lazy("Service"), required=False)
    address = forms.CharField(
        label=gettext_lazy("Or an address"),
        required=False,
        max_length=15,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    port = WesternIntegerField(
        label=gettext_lazy("Port"),
        min_value=1,
        max_value=65535,
        help_text=gettext_lazy(
            "Where it answers in the private network: 443 of a web site, with a pool that encrypts."
        ),
    )
    weight = WesternIntegerField(
        label=gettext_lazy("Weight"),
        min_value=1,
        max_value=256,
        initial=100,
        help_text=gettext_lazy("Its share beside the others'."),
    )

    def __init__(self, candidates: list[str], *args: Any, subnet: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "service", [("", "—"), *((name, name) for name in candidates)])
        self.fields["address"].help_text = _("Of a machine in the private network {subnet}.").format(subnet=subnet)

    def clean(self) -> dict[str, Any]:
        """One of the two is needed, and no more."""
        given = super().clean() or {}
        if bool(given.get("service")) == bool(given.get("address")):
            self.add_error("service", _("Choose a service, or write down an address."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def add(request: HttpRequest, desk: Desk, service: UUID, pool: str) -> HttpResponse:
    """One more member."""
    row, found = queries.service(desk.scope, service), queries.balance(desk.scope, service)
    there = next((each for each in found.pools if each.name == pool), None)
    if there is None:
        raise NotFound
    inside = attachment(desk.scope, service)
    form = MemberForm(found.candidates, request.POST or None, subnet=inside.network_name)

    def act() -> None:
        given = form.cleaned_data
        commands.add_member(desk.scope, service, pool, **{name: given[name] for name in MemberForm.base_fields})

    if accepted(form, act):
        messages.info(request, _("The member is being added."))
        return redirect("balance", service)
    lead = _("A service in the private network “{name}”, or a machine there.").format(name=inside.network_name)
    return _answer(request, row, form, _("A member of “{pool}”").format(pool=pool), lead, _("Add the member"))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def pool(request: HttpRequest, desk: Desk, service: UUID, pool: str = "") -> HttpResponse:
    """A pool, there or new."""
    title = _("The pool “{pool}”").format(pool=pool) if pool else _("A new pool")
    lead = _("Whose turn it is, and how one sees that a member is well.")
    return _one_of(request, desk, service, (POOLS, "name", pool), title, lead)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def listener(request: HttpRequest, desk: Desk, service: UUID, port: int = 0) -> HttpResponse:
    """A listener, there or new."""
    title = _("The listener at port {port}").format(port=port) if port else _("A new listener")
    lead = _("Where clients connect, and who answers them.")
    return _one_of(request, desk, service, (LISTENERS, "port", port), title, lead)


@require_POST
@member_page
def delete_pool(request: HttpRequest, desk: Desk, service: UUID, pool: str) -> HttpResponse:
    """Have a pool no more."""
    return _delete(request, desk, service, POOLS, "name", pool)


@require_POST
@member_page
def delete_listener(request: HttpRequest, desk: Desk, service: UUID, port: int) -> HttpResponse:
    """Listen there no more."""
    return _delete(request, desk, service, LISTENERS, "port", port)


def _delete(request: HttpRequest, desk: Desk, service: UUID, part: str, key: str, value: object) -> HttpResponse:
    row, asked = queries.service(desk.scope, service), queries.asked_parameters(desk.scope, service)
    others = [each for each in whole(row, asked)[part] if each[key] != value]
    try:
        commands.change_parameters(desk.scope, service, {part: others}, seen=mark(asked))
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.info(request, _("This takes effect within moments, without a dropped connection."))
    return redirect("balance", service)


def _one_of(
    request: HttpRequest, desk: Desk, service: UUID, which: tuple[str, str, Any], title: str, lead: str
) -> HttpResponse:
    """One of a list, found by its key; without one, another."""
    part, key, value = which
    row, asked = queries.service(desk.scope, service), queries.asked_parameters(desk.scope, service)
    present = whole(row, asked)
    there = next((each for each in present[part] if each[key] == value), None)
    if value and there is None:
        raise NotFound
    form = SchemaForm(_schema(row, part, present), request.POST or None, initial=there or {})

    def act(seen: str) -> None:
        # What was not asked for stays: a pool's members.
        changed = {**({} if there is None else there), **_cleared(form), **form.values}
        listed = [changed if each is there else each for each in present[part]]
        every = listed if there is not None else [*listed, changed]
        commands.change_parameters(desk.scope, service, {part: every}, seen=seen)

    if meanwhile.accepted(form, asked, act):
        messages.info(request, _("This takes effect within moments, without a dropped connection."))
        return redirect("balance", service)
    return _answer(request, row, form, title, lead, _("Change") if value else _("Add"))


def _cleared(form: SchemaForm) -> dict[str, Any]:
    """What a form shows and its reader left empty."""
    usual = {name: rule.get("default") for name, rule in form.schema["properties"].items() if name in form.fields}
    return {name: value for name, value in usual.items() if value is not None}


def _schema(row: queries.ServiceRow, part: str, present: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """What may be said of one; pools that a listener may lead to are offered."""
    schema = dict(rules(row, part))
    if part == LISTENERS:
        names = [each["name"] for each in present[POOLS]]
        choices = [{"const": "", "title": _("None: a plain page answers")}, *({"const": each} for each in names)]
        offered = {key: rule for key, rule in schema["properties"]["pool"].items() if key != "anyOf"}
        schema["properties"] = {**schema["properties"], "pool": {**offered, "oneOf": choices}}
    return schema


def _answer(
    request: HttpRequest, row: queries.ServiceRow, form: forms.BaseForm, title: str, lead: str, submit: str
) -> HttpResponse:
    context = {
        "service": row,
        "form": form,
        "title": title,
        "lead": lead,
        "submit": submit,
        "breadcrumbs": [*to_service(row), Crumb(_("Pools and listeners"), _at(row)), Crumb(title)],
    }
    return render(request, "console/balance_form.html", context, status=422 if form.errors else 200)


def _at(row: queries.ServiceRow) -> str:
    from django.urls import reverse

    return reverse("balance", args=[row.id])
