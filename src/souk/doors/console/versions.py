"""A service's version: until when it is mended, trying an upgrade out, going on with it, and when that may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console import live, words
from souk.doors.console.desk import Desk
from souk.doors.console.forms import UpgradeForm, WindowForm
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.kernel import clock
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning import versions as reading
from souk.ui import format as values
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table

NEAR = timedelta(days=365)
"""An end of life is told of on the service's own page this long before."""


@dataclass(frozen=True)
class Ending:
    """When a service's version ends, at noon of that day, and whether that is over."""

    version: str
    at: datetime
    over: bool


@dataclass(frozen=True)
class Report:
    """What came of a rehearsal, in words."""

    row: reading.RehearsalRow
    trouble: str
    obstacles: Sequence[Any]
    parts: Sequence[tuple[words.Text, str]]
    extensions: Sequence[Any]
    same: bool


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def versions(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The version and the maintenance window; a form changes the window."""
    row, found = queries.service(desk.scope, service), reading.versions(desk.scope, service)
    form = WindowForm(request.POST or None, initial=WindowForm.showing(found))
    if accepted(form, lambda: commands.change_window(desk.scope, service, form.window())):
        messages.success(request, _("The maintenance window is changed."))
        return redirect("versions", service)
    return _page(request, desk, row, found, window=form)


@require_POST
@member_page
def rehearse(request: HttpRequest, desk: Desk, service: UUID, version: str) -> HttpResponse:
    """Try an upgrade out."""
    commands.rehearse_upgrade(desk.scope, service, version)
    messages.info(request, _("The upgrade is being tried out on a copy. The service goes on as it is."))
    return redirect("versions", service)


@require_POST
@member_page
def upgrade(request: HttpRequest, desk: Desk, service: UUID, version: str) -> HttpResponse:
    """Go on with another version, now or in the window."""
    row, found = queries.service(desk.scope, service), reading.versions(desk.scope, service)
    form = _upgrade_form(desk, service, request)
    if accepted(
        form,
        lambda: commands.upgrade_instance(
            desk.scope,
            service,
            version,
            in_window=form.cleaned_data["when"] == "window",
            give_up_way_back=form.cleaned_data.get("give_up_way_back", False),
        ),
    ):
        messages.info(request, _("The upgrade is asked for."))
        return redirect("versions", service)
    return _page(request, desk, row, found, upgrading=form)


def ending(found: reading.VersionsRow) -> Ending | None:
    """When a service's version ends, if that is near or over."""
    at = words.day(found.ends_on)
    if at is None or at - clock.now() > NEAR:
        return None
    return Ending(found.present, at, over=at < clock.now())


def _page(
    request: HttpRequest,
    desk: Desk,
    row: queries.ServiceRow,
    found: reading.VersionsRow,
    *,
    window: WindowForm | None = None,
    upgrading: UpgradeForm | None = None,
) -> HttpResponse:
    newer = [each for each in found.offered if each.newer]
    errors = any(form is not None and form.errors for form in (window, upgrading))
    context = {
        "service": row,
        "versions": found,
        "table": _table(found),
        "newest": newer[0] if newer else None,
        "report": _report(found.rehearsals[0]) if found.rehearsals else None,
        "trying": any(each.state in ("queued", "running") for each in found.rehearsals),
        "window": window or WindowForm(initial=WindowForm.showing(found)),
        "window_words": _window(found),
        "upgrading": upgrading or _upgrade_form(desk, row.id),
        "ending": ending(found),
        "moving": live.moves(row),
        "here": reverse("versions", args=[row.id]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Version and maintenance")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/versions.html" if part else "console/versions.html"
    return render(request, template, context, status=422 if errors else 200)


def _upgrade_form(desk: Desk, service: UUID, request: HttpRequest | None = None) -> UpgradeForm:
    kept = queries.backups(desk.scope, service).way_back_until is not None
    return UpgradeForm(request.POST if request else None, way_back=kept)


def _window(found: reading.VersionsRow) -> str:
    first, last = found.window.hour, (found.window.hour + found.window.hours) % 24
    return _("%(weekday)s, from %(first)s to %(last)s") % {
        "weekday": words.WEEKDAYS[found.window.weekday],
        "first": words.ltr(f"{first:02d}:00"),
        "last": words.ltr(f"{last:02d}:00"),
    }


def _table(found: reading.VersionsRow) -> Table:
    def state(row: reading.VersionRow) -> str:
        if row.number == found.present:
            return _("In use")
        return _("Can follow") if row.newer else ""

    columns = [
        Column("number", _("Version"), cell=lambda row: format_html('<bdi dir="ltr">{}</bdi>', row.number)),
        Column("ends_on", _("Maintained by its makers until"), kind="date", cell=lambda row: words.day(row.ends_on)),
        Column("state", _("State"), cell=state),
    ]
    return Table(columns, found.offered, _("Versions"))


def _report(row: reading.RehearsalRow) -> Report:
    report = row.report
    parts = [
        (words.UPGRADE_PARTS.get(part, part), values.duration(seconds))
        for part, seconds in report.get("seconds", {}).items()
    ]
    return Report(
        row,
        _(row.trouble) if row.trouble else "",
        report.get("obstacles", ()),
        parts,
        report.get("extensions", ()),
        same=bool(report.get("after")) and report.get("after") == report.get("before"),
    )
