"""Incidents of all services: what failed, when, and what was seen of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from souk.doors.console.asking import PAGE, cursor, cut
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.monitoring.queries import FoundRow, recent
from souk.monitoring.words import CAUSES, STEPS
from souk.ui import format as values
from souk.ui.tables import Column, Table


@require_safe
@operator_page
def incidents(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Incidents of all organizations' services, newest first, with what the customer is not told: why."""
    rows = recent(desk.operator, after=cursor(request), limit=PAGE + 1)
    shown, page = cut(request, rows)
    columns = [
        Column("name", _("Service"), cell=_name, url=lambda row: reverse("operator-service", args=[row.instance_id])),
        Column("cause", _("Incident"), cell=lambda row: CAUSES.get(row.cause, row.cause)),
        Column("began_at", _("From"), kind="when"),
        Column("lasted", _("Lasted"), cell=_lasted),
        Column("steps", _("What was done"), cell=_steps),
        Column("detail", _("Why"), cell=lambda row: format_html('<bdi dir="ltr">{}</bdi>', row.detail)),
    ]
    table = Table(columns, shown, _("Incidents"), page=page, empty_text=_("There was no incident."))
    context = {"title": _("Incidents"), "table": table, "moving": False, "here": request.get_full_path()}
    return render(request, "console/operator/list.html", context)


def _name(row: FoundRow) -> str:
    return format_html("<bdi>{}</bdi>", row.name)


def _lasted(row: FoundRow) -> str:
    return values.duration(row.ended_at - row.began_at) if row.ended_at else str(_("still lasts"))


def _steps(row: FoundRow) -> str:
    return ", ".join(str(STEPS.get(step.what, step.what)) for step in row.timeline[1:])
