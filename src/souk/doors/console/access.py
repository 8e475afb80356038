"""Who may reach a service: what is in force, and one form that replaces it as a whole."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from souk.doors import origin
from souk.doors.console import live, meanwhile
from souk.doors.console.desk import Desk
from souk.doors.console.forms import AccessForm
from souk.doors.console.guards import member_page
from souk.doors.console.problems import tell
from souk.doors.console.way import to_service
from souk.kernel.errors import Problem
from souk.kernel.meanwhile import ChangedMeanwhile
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning.addresses import reach
from souk.provisioning.errors import ClosesToOutside, LocksYouOut
from souk.provisioning.networks import attachment
from souk.provisioning.registry import blueprint
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def access(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The networks that may reach a service, and a form for others."""
    row, found = queries.service(desk.scope, service), queries.access(desk.scope, service)
    asked = queries.asked_access(desk.scope, service)
    inside = attachment(desk.scope, service)
    network = inside.network_name if inside.state == "ready" else ""
    form = AccessForm(request.POST or None, initial=AccessForm.showing(asked), network=network)
    meanwhile.remember(form, asked.networks)
    if request.method == "POST" and form.is_valid():
        asker, confirmed = origin.address(request), form.cleaned_data["confirm"]
        nobody, seen = form.cleaned_data["who"] == "nobody", meanwhile.seen(form)
        try:
            if nobody and network:
                commands.close_to_outside(desk.scope, service, asker=asker, confirmed=confirmed, seen=seen)
            else:
                commands.allow_networks(
                    desk.scope, service, form.networks(), nobody=nobody, asker=asker, confirmed=confirmed, seen=seen
                )
        except ChangedMeanwhile:
            meanwhile.overtaken(form, asked.networks)
        except (ClosesToOutside, LocksYouOut) as problem:
            form.ask_to_confirm(problem)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.info(request, _("The list takes effect."))
            return redirect("access", service)
    context = {
        "service": row,
        "access": found,
        "keyed": blueprint(row.blueprint).identity is not None,
        "inside": inside,
        "world": reach(desk.scope, service),
        "table": _table(found),
        "form": form,
        "moving": live.moves(row),
        "here": reverse("access", args=[service]),
        "address": origin.address(request),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Network access")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/access.html" if part else "console/access.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _table(found: queries.AccessRow) -> Table:
    columns = [Column("network", _("Network"), kind="code"), Column("note", _("Note"))]
    return Table(columns, found.networks or [], _("Network access"))
