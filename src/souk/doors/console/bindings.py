"""A service's credentials: one set for each consumer, made, rotated, shown and revoked by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console import keeping, live, words
from souk.doors.console.desk import Desk
from souk.doors.console.forms import BindingForm, EntitlementForm
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning.credentials import reveal
from souk.provisioning.errors import BindingMissing
from souk.provisioning.registry import blueprint, producer_of
from souk.ui.htmx import toast
from souk.ui.parts import Crumb
from souk.ui.schema_form import SchemaForm


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def bindings(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The sets of credentials with what may be done to each, and a form for one more."""
    row = queries.service(desk.scope, service)
    choices = _choices(desk, row)
    form, told = BindingForm(request.POST or None, **choices), _told(request, row)
    # Both are looked at, so that all that is wrong is told at once.
    if told.is_bound and not told.is_valid():
        form.full_clean()
    elif accepted(form, lambda: _made(desk, service, form, told)):
        messages.info(request, _("The credentials are being made."))
        return redirect("bindings", service)
    context = {
        "service": row,
        "bindings": [
            (each, words.BINDING_ROLES.get(each.role, each.role)) for each in queries.bindings(desk.scope, service)
        ],
        "several": len(choices["roles"]) > 1,
        "form": form,
        "told": told if told.fields else None,
        "moving": live.moves(row),
        "here": reverse("bindings", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Credentials")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/bindings.html" if part else "console/bindings.html"
    return render(request, template, context, status=422 if form.errors or told.errors else 200)


def _told(request: HttpRequest, row: queries.ServiceRow) -> SchemaForm:
    """What the vendor of a service that is produced elsewhere asks of a consumer."""
    produced = producer_of(row.blueprint, row.plan_id)
    schema = {} if produced is None else produced[0].binding_schema(produced[1])
    return SchemaForm(schema, request.POST or None)


def _made(desk: Desk, service: UUID, form: BindingForm, told: SchemaForm) -> None:
    name, (role, database) = form.cleaned_data["name"], form.entitlement()
    commands.create_binding(desk.scope, service, name, role, database, told.values)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def binding_change(request: HttpRequest, desk: Desk, service: UUID, name: str) -> HttpResponse:
    """Let credentials be good for another role, or in another database."""
    row = queries.service(desk.scope, service)
    known = next((each for each in queries.bindings(desk.scope, service) if each.name == name), None)
    if known is None:
        raise BindingMissing
    present = {"role": known.role, "database": known.database}
    form = EntitlementForm(request.POST or None, initial=present, **_choices(desk, row))
    if accepted(form, lambda: commands.change_binding(desk.scope, service, name, *form.entitlement())):
        messages.info(request, _("The privileges are being changed."))
        return redirect("bindings", service)
    context = {
        "service": row,
        "name": name,
        "form": form,
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Credentials"), reverse("bindings", args=[service])),
            Crumb(name),
        ],
    }
    return render(request, "console/binding_change.html", context, status=422 if form.errors else 200)


def _choices(desk: Desk, row: queries.ServiceRow) -> dict[str, Any]:
    offer = blueprint(row.blueprint)
    databases = queries.databases(desk.scope, row.id) if offer.keeper else []
    return {
        "kept": keeping.kept(offer),
        "roles": [str(role) for role in offer.binder.roles] if offer.binder else [],
        "databases": [each.name for each in databases if each.state != "deleting"],
    }


@require_POST
@member_page
def binding_reset(request: HttpRequest, desk: Desk, service: UUID, name: str) -> HttpResponse:
    """Give the user another password at once, under the same name."""
    commands.reset_binding(desk.scope, service, name)
    messages.info(request, _("The password is being changed."))
    return redirect("bindings", service)


@require_POST
@member_page
def binding_reveal(request: HttpRequest, desk: Desk, service: UUID, name: str) -> HttpResponse:
    """Show a binding's password, once and for a minute. Every look is recorded."""
    found = reveal(desk.scope, service, name)
    context = {
        "name": name,
        "password": msgspec.json.format(msgspec.json.encode(found.given)).decode() if found.given else found.password,
        "uri": found.connection.uri.replace("PASSWORD", found.password),
        "private": found.private.uri.replace("PASSWORD", found.password) if found.private else "",
        "service": queries.service(desk.scope, service),
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/binding_revealed.html" if part else "console/service_credentials.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return toast(response, _("This look at the password was recorded."), "info") if part else response


@require_POST
@member_page
def binding_rotate(request: HttpRequest, desk: Desk, service: UUID, name: str) -> HttpResponse:
    """Replace credentials: at once if they may have leaked, else with an overlap in which both work."""
    at_once = request.POST.get("overlap") == "none"
    commands.rotate_binding(desk.scope, service, name, timedelta(0) if at_once else None)
    messages.info(request, _("The credentials are being rotated."))
    return redirect("bindings", service)


@require_POST
@member_page
def binding_revoke(request: HttpRequest, desk: Desk, service: UUID, name: str) -> HttpResponse:
    """Make credentials work no more."""
    commands.revoke_binding(desk.scope, service, name)
    messages.info(request, _("The credentials are being revoked."))
    return redirect("bindings", service)
