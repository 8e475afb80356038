"""Zone files: what one would change is shown, then taken just so; and a zone as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.doors.console.zone_forms import ZoneFileForm
from souk.kernel.meanwhile import mark
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.ui.parts import Crumb

MOST_SHOWN = 200
"""Changes that are shown of many."""


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def zone_import(request: HttpRequest, desk: Desk, service: UUID, zone: str) -> HttpResponse:
    """Show what a file changes; sent again as it was shown, it is taken."""
    row, found = queries.service(desk.scope, service), queries.zone(desk.scope, service, zone)
    form = ZoneFileForm(request.POST or None, request.FILES or None)
    difference: Any = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if "take" in request.POST and accepted(
            form,
            lambda: commands.import_zone(
                desk.scope, service, zone, given["text"], replace=given["replace"], seen=given["seen"]
            ),
        ):
            messages.info(request, _("The zone is served so in a moment."))
            return redirect("zone", service, found.ascii)
        difference = _compared(form, desk, service, zone)
    context = {
        "service": row,
        "zone": found,
        "form": form,
        "difference": difference,
        "lines": _lines(difference) if difference is not None else [],
        "more": _more(difference) if difference is not None else 0,
        "mark": mark(difference.shown) if difference is not None else "",
        "text": form.cleaned_data.get("text", "") if form.is_bound and hasattr(form, "cleaned_data") else "",
        "may_operate": desk.may(CAN_OPERATE),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("DNS zones"), reverse("zones", args=[service])),
            Crumb(found.name, reverse("zone", args=[service, found.ascii])),
            Crumb(_("Import")),
        ],
    }
    return render(request, "console/zone_import.html", context, status=422 if form.errors else 200)


@require_safe
@member_page
def zone_export(request: HttpRequest, desk: Desk, service: UUID, zone: str) -> HttpResponse:  # noqa: ARG001
    """The zone as a file."""
    found = queries.zone(desk.scope, service, zone)
    response = HttpResponse(queries.zone_file(desk.scope, service, zone), content_type="text/dns; charset=us-ascii")
    response["Content-Disposition"] = f'attachment; filename="{found.ascii}.zone"'
    return response


def _compared(form: ZoneFileForm, desk: Desk, service: UUID, zone: str) -> Any:
    found: list[Any] = []
    given = form.cleaned_data
    accepted(
        form,
        lambda: found.append(commands.compare_zone(desk.scope, service, zone, given["text"], replace=given["replace"])),
    )
    return found[0] if found else None


def _lines(difference: Any) -> list[tuple[str, str, str, int, str]]:
    """Each value that comes (+) or goes (-), as name, type, seconds and value."""
    told = [("+", each) for each in difference.added]
    for before, after in difference.changed:
        told += [("-", before), ("+", after)]
    told += [("-", each) for each in difference.removed]
    lines = [(sign, each.name, each.kind, each.ttl, value) for sign, each in told for value in each.values]
    return lines[:MOST_SHOWN]


def _more(difference: Any) -> int:
    changed = [each for pair in difference.changed for each in pair]
    count = sum(len(each.values) for each in (*difference.added, *difference.removed, *changed))
    return max(0, count - MOST_SHOWN)
