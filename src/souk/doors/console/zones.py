"""DNS zones: those that a service answers for, what is in each, and what to enter where it is registered."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console import live
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted, tell
from souk.doors.console.way import to_service
from souk.doors.console.zone_forms import RecordsForm, ZoneForm, shown_value
from souk.kernel.errors import Problem
from souk.kernel.meanwhile import ChangedMeanwhile
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning.queries import RecordsRow, ServiceRow, ZoneRow
from souk.ui.parts import Crumb

PAGE = 100
"""Sets of records that are shown at a time."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def zones(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The zones, and a form for one more."""
    row = queries.service(desk.scope, service)
    form = ZoneForm(request.POST or None, initial={"signed": True})

    def add() -> None:
        commands.add_zone(desk.scope, service, form.cleaned_data["name"], signed=form.cleaned_data["signed"])

    if accepted(form, add):
        messages.info(request, _("The zone is there. Fill it, then have the domain lead here."))
        return redirect("zone", service, form.cleaned_data["name"].strip())
    found = queries.zones(desk.scope, service)
    context = {
        "service": row,
        "found": found,
        "form": form,
        "moving": live.moves(row) or any(each.updating or not each.looked_at for each in found.zones),
        "here": reverse("zones", args=[service]),
        "may_operate": _may(desk, row),
        "breadcrumbs": [*to_service(row), Crumb(_("DNS zones"))],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/zones.html" if part else "console/zones.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def zone(request: HttpRequest, desk: Desk, service: UUID, zone: str) -> HttpResponse:
    """What is in a zone, and a form for records."""
    found = queries.zone(desk.scope, service, zone)
    rows = queries.records(desk.scope, service, zone)
    edited = _edited(request, rows)
    form = RecordsForm(request.POST or None, initial=RecordsForm.begun(edited))
    if request.method == "POST" and form.is_valid() and _written(request, desk, service, found, form, rows):
        return redirect("zone", service, found.ascii)
    return _page(request, desk, service, found, rows, form=form, edited=edited)


@require_POST
@member_page
def records_remove(request: HttpRequest, desk: Desk, service: UUID, zone: str, name: str, kind: str) -> HttpResponse:
    """Delete what was seen."""
    try:
        commands.remove_records(desk.scope, service, zone, name, kind, seen=request.POST.get("seen", ""))
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.info(request, _("The records are deleted."))
    return redirect("zone", service, zone)


@require_POST
@member_page
def check(request: HttpRequest, desk: Desk, service: UUID, zone: str) -> HttpResponse:
    """Look now to whom the zone is delegated."""
    commands.check_zone(desk.scope, service, zone)
    messages.info(request, _("DNS is asked to whom the zone is delegated."))
    return redirect("zone", service, zone)


@require_POST
@member_page
def sign(request: HttpRequest, desk: Desk, service: UUID, zone: str) -> HttpResponse:
    """Sign the zone, or not any more."""
    wanted = request.POST.get("signed") == "yes"
    commands.sign_zone(desk.scope, service, zone, signed=wanted)
    messages.info(request, _("The zone is signed in a moment.") if wanted else _("The zone is not signed any more."))
    return redirect("zone", service, zone)


@require_POST
@member_page
def remove(request: HttpRequest, desk: Desk, service: UUID, zone: str) -> HttpResponse:
    """Answer for the zone no more."""
    commands.remove_zone(desk.scope, service, zone)
    messages.info(request, _("The zone is answered for no more."))
    return redirect("zones", service)


def _may(desk: Desk, row: ServiceRow) -> bool:
    return desk.may(CAN_OPERATE) and row.desired in ("running", "stopped")


def _edited(request: HttpRequest, rows: list[RecordsRow]) -> RecordsRow | None:
    """The records that somebody chose to change."""
    wanted = (request.GET.get("name", ""), request.GET.get("type", ""))
    return next((each for each in rows if (each.ascii, each.type) == wanted and each.follows is None), None)


def _written(
    request: HttpRequest, desk: Desk, service: UUID, found: ZoneRow, form: RecordsForm, rows: list[RecordsRow]
) -> bool:
    """Write what the form says. Records of a type that are there already, and that nobody chose to change, are kept
    beside the new ones.
    """
    given = form.cleaned_data
    values, seen = form.lines(), given["seen"]
    try:
        if not seen:
            there = _same(found, given["name"], given["type"], rows)
            if there is not None:
                values, seen = [*there.values, *values], there.mark
        commands.set_records(
            desk.scope, service, found.ascii, given["name"], given["type"], values, ttl=given["ttl"], seen=seen
        )
    except ChangedMeanwhile as problem:
        there = _same(found, given["name"], given["type"], rows)
        present = ", ".join(there.values) if there else "—"
        form.add_error(None, problem.sentence)
        form.add_error("values", _("By now there is: %(present)s") % {"present": f"\u2066{present}\u2069"})
        form.renew_seen(there.mark if there else "")
        return False
    except Problem as problem:
        tell(form, problem)
        return False
    messages.info(request, _("The records are served in a moment."))
    return True


def _same(found: ZoneRow, name: str, kind: str, rows: list[RecordsRow]) -> RecordsRow | None:
    """The records that are there under that name and type."""
    key = commands.record_key(found.ascii, name, kind)
    return next((each for each in rows if (each.ascii, each.type) == key), None)


def _page(
    request: HttpRequest,
    desk: Desk,
    service: UUID,
    found: ZoneRow,
    rows: list[RecordsRow],
    *,
    form: RecordsForm,
    edited: RecordsRow | None,
) -> HttpResponse:
    row = queries.service(desk.scope, service)
    search = request.GET.get("q", "")
    wanted = queries.records(desk.scope, service, found.ascii, search) if search.strip() else rows
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page", "1"))
    context = {
        "service": row,
        "zone": found,
        "rows": [(each, [shown_value(each.type, value) for value in each.values]) for each in page],
        "page": page,
        "search": search,
        "total": len(wanted),
        "form": form,
        "edited": edited,
        "moving": live.moves(row) or found.updating or not found.looked_at,
        "here": f"{reverse('zone', args=[service, found.ascii])}",
        "may_operate": _may(desk, row),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("DNS zones"), reverse("zones", args=[service])),
            Crumb(found.name),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/zone.html" if part else "console/zone.html"
    return render(request, template, context, status=422 if form.errors else 200)
