"""A service's data as files to download, in an open format."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from souk.doors.console import live
from souk.doors.console.desk import Desk
from souk.doors.console.forms import ExportForm
from souk.doors.console.guards import member_file, member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.doors.downloads import send_export
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.ui.parts import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def exports(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The files that are there, and a form for one more."""
    row = queries.service(desk.scope, service)
    there = [one.name for one in queries.databases(desk.scope, service) if one.state == "ready"]
    form = ExportForm(there, request.POST or None)
    if accepted(form, lambda: commands.export_database(desk.scope, service, form.cleaned_data["database"])):
        messages.info(request, _("The file is being written. The service goes on meanwhile."))
        return redirect("exports", service)
    context = {
        "service": row,
        "exports": queries.exports(desk.scope, service),
        "form": form,
        "moving": live.moves(row),
        "here": reverse("exports", args=[service]),
        "may_operate": desk.may(CAN_OPERATE),
        "may_ask": desk.may(CAN_OPERATE) and row.desired == "running",
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Backups"), reverse("backups", args=[service])),
            Crumb(_("Downloads")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/exports.html" if part else "console/exports.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@member_file
def export_file(request: HttpRequest, desk: Desk, service: UUID, export: UUID) -> HttpResponseBase:
    """One file, to be saved."""
    return send_export(request, desk.scope, service, export)


@require_POST
@member_page
def export_delete(request: HttpRequest, desk: Desk, service: UUID, export: UUID) -> HttpResponse:
    """Delete a file before it expires."""
    commands.delete_export(desk.scope, service, export)
    messages.info(request, _("The file was deleted."))
    return redirect("exports", service)
