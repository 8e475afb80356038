"""A service's names of its customer's own: one more, checked, one less, and how a web service answers to them."""

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
from souk.doors.console.naming import ArrangingForm, HomeForm, shown
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning.own_names import own_names, web_names
from souk.provisioning.queries import ServiceRow
from souk.provisioning.registry import blueprint
from souk.ui.parts import Crumb

_KINDS = ("prove_name", "remove_name", "arrange_names")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def names(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The names with what proves each, and a form for one more."""
    row = queries.service(desk.scope, service)
    form = OwnNameForm(request.POST or None)
    if accepted(form, lambda: commands.add_name(desk.scope, service, form.cleaned_data["name"])):
        messages.info(request, _("Publish the record that is shown, then have the name checked."))
        return redirect("names", service)
    return _page(request, desk, row, form=form)


@require_POST
@member_page
def arrange(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Choose how a web service answers to its names."""
    row = queries.service(desk.scope, service)
    form = ArrangingForm(_proved(desk, service), request.POST)

    def choose() -> None:
        given = form.cleaned_data
        commands.arrange_names(desk.scope, service, given["main"], https_only=given["https_only"], hsts=given["hsts"])

    if accepted(form, choose):
        messages.info(request, _("The site answers so in a moment."))
        return redirect("names", service)
    return _page(request, desk, row, arranging=form)


@require_POST
@member_page
def lead(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Give the service a name in one of the project's zones."""
    row = queries.service(desk.scope, service)
    form = HomeForm(queries.homes(desk.scope, service), request.POST)
    if accepted(form, lambda: commands.name_service(desk.scope, service, form.full())):
        messages.info(request, _("The name leads to the service in a moment."))
        return redirect("names", service)
    return _page(request, desk, row, homing=form)


def _proved(desk: Desk, service: UUID) -> list[str]:
    return [row.ascii for row in own_names(desk.scope, service) if row.proved_at is not None]


def _page(
    request: HttpRequest,
    desk: Desk,
    row: ServiceRow,
    *,
    form: OwnNameForm | None = None,
    arranging: ArrangingForm | None = None,
    homing: HomeForm | None = None,
) -> HttpResponse:
    homes = queries.homes(desk.scope, row.id)
    if homes and homing is None:
        homing = HomeForm(homes)
    service, kind = row.id, blueprint(row.blueprint)
    web = web_names(desk.scope, service) if row.plan_id is None and kind.domains is not None else None
    rows = own_names(desk.scope, service)
    if web is not None and arranging is None and any(each.proved_at for each in rows):
        chosen = {"main": web.main, "https_only": web.https_only, "hsts": web.hsts}
        arranging = ArrangingForm([each.ascii for each in rows if each.proved_at], initial=chosen)
    form = form or OwnNameForm()
    looking = web is not None and any(each.looked_at is None or each.certificate == "asked" for each in rows)
    title = _("Own names") if web is None else _("Domains")
    context = {
        "service": row,
        "title": title,
        "web": web,
        "arranging": arranging,
        "homing": homing,
        "led": queries.named(desk.scope, service),
        "names": [shown(each, web) for each in rows],
        "trouble": _trouble(desk, service),
        "form": form,
        "moving": live.moves(row) or looking,
        "here": reverse("names", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "breadcrumbs": [
            *to_service(row),
            Crumb(title),
        ],
    }
    failed = any(each is not None and each.errors for each in (form, arranging, homing))
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/names.html" if part else "console/names.html"
    return render(request, template, context, status=422 if failed else 200)


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
    asked = (row for row in queries.operations(desk.scope, service) if row.kind in _KINDS)
    last = next(asked, None)
    return _(last.trouble) if last is not None and last.trouble else ""
