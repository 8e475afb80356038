"""A service's backups, and a new service restored from them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console import live, words
from souk.doors.console.desk import Desk
from souk.doors.console.forms import InPlaceForm, RestoreForm
from souk.doors.console.guards import member_page
from souk.doors.console.problems import tell
from souk.doors.console.way import to_service
from souk.kernel.errors import Problem
from souk.ordering.commands import RestoreDetails, restore
from souk.ordering.queries import order
from souk.parties.access import CAN_OPERATE, CAN_ORDER
from souk.provisioning import commands, queries
from souk.provisioning.registry import blueprint
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def backups(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """What is kept of a service, and a form that makes a new service of it, as it was at an instant."""
    row = queries.service(desk.scope, service)
    found = queries.backups(desk.scope, service)
    initial = {"name": _("%(name)s restored") % {"name": row.name[:40]}}
    form = RestoreForm(request.POST or None, initial=initial, instants=_offered(found))
    if request.method == "POST" and form.is_valid():
        details = RestoreDetails(service, form.cleaned_data["name"], form.cleaned_data["until"])
        try:
            placed = restore(desk.scope, details, key=str(form.cleaned_data["key"]))
        except Problem as problem:
            tell(form, problem)
        else:
            messages.info(request, _("The new service is being made from the backup. This one is left as it is."))
            return redirect("service", order(desk.scope, placed).instance_id)
    context = {
        "service": row,
        "kept": found,
        "unproved": _(found.unproved) if found.unproved else "",
        "table": _table(found.backups),
        "form": form,
        "moving": live.moves(row),
        "here": reverse("backups", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "may_export": found.kept and blueprint(row.blueprint).exporter is not None and row.desired != "deleted",
        "may_restore": desk.may(CAN_ORDER) and found.earliest is not None and row.desired != "deleted",
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Backups")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/backups.html" if part else "console/backups.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def in_place(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Let the service itself go on with its data as it was at an instant."""
    row, kept = queries.service(desk.scope, service), queries.backups(desk.scope, service)
    form = InPlaceForm(request.POST or None, way_back=kept.way_back_until is not None, instants=_offered(kept))
    if request.method == "POST" and form.is_valid():
        given_up = form.cleaned_data.get("give_up_way_back", False)
        try:
            commands.restore_in_place(desk.scope, service, form.cleaned_data["until"], give_up_way_back=given_up)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.info(request, _("The service is being restored. It goes on as it is until that is done."))
            return redirect("service", service)
    context = {
        "service": row,
        "kept": kept,
        "form": form,
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Backups"), reverse("backups", args=[service])),
            Crumb(_("Restore in place")),
        ],
    }
    return render(request, "console/restore_in_place.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def undo(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Let the service go on with what it had before it was restored in place."""
    commands.undo_restore(desk.scope, service)
    messages.info(request, _("The restore is being undone."))
    return redirect("service", service)


@require_POST
@member_page
def backup_now(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Make a backup beside those that are made by themselves."""
    commands.back_up_instance(desk.scope, service)
    messages.info(request, _("A backup is being made."))
    return redirect("backups", service)


def _offered(kept: queries.BackupsRow) -> list[datetime] | None:
    """The instants to choose from, if there are others than any."""
    return None if kept.any_instant else kept.instants


def _table(rows: list[queries.BackupRow]) -> Table:
    columns = [
        Column("started_at", _("Made on"), kind="when"),
        Column("kind", _("Kind"), cell=lambda row: words.BACKUPS.get(row.kind, row.kind)),
        Column("state", _("State"), kind="status", status="backup"),
        Column("size", _("Data"), kind="size"),
        Column("proved_at", _("Proved"), kind="date"),
    ]
    return Table(columns, rows, _("Backups"), empty_icon="database", empty_text=_("There is no backup yet."))
