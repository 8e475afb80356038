"""A service's databases: one more, or one less once its name was typed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from souk.doors.console import keeping, live
from souk.doors.console.desk import Desk
from souk.doors.console.forms import DatabaseDeletionForm, DatabaseForm
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning.registry import blueprint
from souk.ui.parts import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def databases(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The databases with the credentials that sign in to each, and a form for one more."""
    row = queries.service(desk.scope, service)
    kept = keeping.kept(blueprint(row.blueprint))
    form = DatabaseForm(kept, request.POST or None)
    if accepted(form, lambda: commands.create_database(desk.scope, service, form.cleaned_data["name"])):
        messages.info(request, kept.making)
        return redirect("databases", service)
    context = {
        "service": row,
        "kept": kept,
        "databases": queries.databases(desk.scope, service),
        "form": form,
        "moving": live.moves(row),
        "here": reverse("databases", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "breadcrumbs": [*to_service(row), Crumb(kept.all)],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/databases.html" if part else "console/databases.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def database_delete(request: HttpRequest, desk: Desk, service: UUID, name: str) -> HttpResponse:
    """Delete a database with all that is in it, once its name was typed."""
    row = queries.service(desk.scope, service)
    kept = keeping.kept(blueprint(row.blueprint))
    form = DatabaseDeletionForm(kept, name, request.POST or None)
    if accepted(form, lambda: commands.drop_database(desk.scope, service, name)):
        messages.info(request, kept.deleting)
        return redirect("databases", service)
    context = {
        "service": row,
        "kept": kept,
        "name": name,
        "form": form,
        "breadcrumbs": [
            *to_service(row),
            Crumb(kept.all, reverse("databases", args=[service])),
            Crumb(_("Delete")),
        ],
    }
    return render(request, "console/database_delete.html", context, status=422 if form.errors else 200)
