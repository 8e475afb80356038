"""Releases of what a service shows, and the copy on which things are tried out."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from souk.doors.console import live
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.way import to_service
from souk.doors.console.words import SOURCES
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.ui.parts import Crumb


@require_safe
@member_page
def releases(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """What is kept, what is live, and the staging copy."""
    row = queries.service(desk.scope, service)
    found = queries.releases(desk.scope, service)
    fields = queries.connection_of(desk.scope, service).connection.fields if row.ready_at else {}
    context = {
        "service": row,
        "found": found,
        "rows": [{**asdict(each), "word": SOURCES[each.source]} for each in found.releases],
        "branch": row.parameters.get("branch", "main"),
        "staging": fields.get("staging", ""),
        "site": fields.get("site", ""),
        "git": fields.get("git", ""),
        "moving": bool(found.under_way) or live.moves(row),
        "here": reverse("releases", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired == "running" and row.ready_at is not None,
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Releases")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    return render(request, "console/parts/releases.html" if part else "console/releases.html", context)


@require_POST
@member_page
def take(request: HttpRequest, desk: Desk, service: UUID, number: int) -> HttpResponse:
    """Have a release be live."""
    commands.take_release(desk.scope, service, number)
    messages.info(request, _("The release goes live."))
    return redirect("releases", service)


@require_POST
@member_page
def stage(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Copy what is live to the staging copy."""
    commands.stage(desk.scope, service)
    messages.info(request, _("The staging copy is being made."))
    return redirect("releases", service)


@require_POST
@member_page
def publish(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Have the staging copy be live."""
    commands.publish(desk.scope, service)
    messages.info(request, _("The staging copy goes live."))
    return redirect("releases", service)
