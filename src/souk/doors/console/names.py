"""A service's names of its customer's own: one more, checked, or one less."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console import live
from souk.doors.console.desk import Desk
from souk.doors.console.forms import OwnNameForm
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning.own_names import own_names
from souk.ui.parts import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def names(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The names with what proves each, and a form for one more."""
    row = queries.service(desk.scope, service)
    form = OwnNameForm(request.POST or None)
    if accepted(form, lambda: commands.add_name(desk.scope, service, form.cleaned_data["name"])):
        messages.info(request, _("Publish the record that is shown, then have the name checked."))
        return redirect("names", service)
    context = {
        "service": row,
        "names": own_names(desk.scope, service),
        "trouble": _trouble(desk, service),
        "form": form,
        "moving": live.moves(row),
        "here": reverse("names", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Own names")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/names.html" if part else "console/names.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@member_page
def check(request: HttpRequest, desk: Desk, service: UUID, name: str) -> HttpResponse:
    """Look for a name's record in DNS."""
    commands.prove_name(desk.scope, service, name)
    messages.info(request, _("The name is looked up in DNS."))
    return redirect("names", service)


@require_POST
@member_page
def remove(request: HttpRequest, desk: Desk, service: UUID, name: str) -> HttpResponse:
    """Take a name off the certificate."""
    commands.remove_name(desk.scope, service, name)
    messages.info(request, _("The name is taken off the certificate."))
    return redirect("names", service)


def _trouble(desk: Desk, service: UUID) -> str:
    """Why the last check failed, unless something has been asked of a name since."""
    asked = (row for row in queries.operations(desk.scope, service) if row.kind in ("prove_name", "remove_name"))
    last = next(asked, None)
    return _(last.trouble) if last is not None and last.trouble else ""
