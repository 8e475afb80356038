"""Private networks: the list, one of them, and which of them a service is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from souk.doors.console import live
from souk.doors.console.desk import Desk
from souk.doors.console.forms import RenameForm
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted
from souk.doors.console.way import to_service
from souk.kernel.errors import Problem
from souk.parties.access import CAN_OPERATE
from souk.provisioning import commands, queries
from souk.provisioning import networks as reading
from souk.provisioning.registry import blueprint
from souk.sites.queries import regions
from souk.ui.fields import offer
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table

DEFAULT = "default"


class NetworkForm(forms.Form):
    """What a private network is called, and for which project and region it is."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=63, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )
    region = forms.ChoiceField(label=gettext_lazy("Region"))
    project = forms.ChoiceField(label=gettext_lazy("Project"))

    def __init__(
        self, *args: Any, regions: Sequence[tuple[str, str]], projects: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("region", regions), ("project", projects)):
            field = offer(self, name, choices)
            if len(choices) < 2:
                field.widget = forms.HiddenInput()
                self.initial.setdefault(name, next((value for value, _label in choices), ""))


class AttachmentForm(forms.Form):
    """Which private network a service is to be in."""

    network = forms.ChoiceField(label=gettext_lazy("Private network"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, networks: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "network", networks)
        self.initial.setdefault("network", next((value for value, _label in networks), ""))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def networks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organization's private networks, and a form for one more."""
    places = {row.code: row.name for row in regions()}
    projects = [(str(row.id), row.name) for row in ([desk.project] if desk.project else desk.projects)]
    form = NetworkForm(request.POST or None, regions=list(places.items()), projects=projects)
    if accepted(form, lambda: _create(desk, form)):
        messages.success(request, _("The network is made. Put services into it."))
        return redirect("networks")
    project = desk.project.id if desk.project else None
    rows = reading.networks(desk.scope, organization=desk.organization.id, project=project)
    columns = [
        Column("name", _("Name"), kind="link", url=lambda row: reverse("network", args=[row.id])),
        Column("region_code", _("Region"), cell=lambda row: places.get(row.region_code, row.region_code)),
        Column("subnet", _("Addresses"), kind="code"),
        Column("services", _("Services"), cell=lambda row: ", ".join(each.name for each in row.services) or "—"),
    ]
    context = {
        "table": Table(columns, rows, _("Private networks")),
        "rows": rows,
        "form": form,
        "may_operate": desk.may(CAN_OPERATE),
    }
    return render(request, "console/networks.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def network(request: HttpRequest, desk: Desk, network: UUID) -> HttpResponse:
    """One private network with what is in it; its name can be changed."""
    row = reading.network(desk.scope, network)
    form = RenameForm(request.POST or None, initial={"name": row.name})
    if accepted(form, lambda: commands.rename_network(desk.scope, network, form.cleaned_data["name"])):
        messages.success(request, _("The network has its new name."))
        return redirect("network", network)
    columns = [
        Column("name", _("Service"), kind="link", url=lambda each: reverse("service", args=[each.id])),
        Column("state", _("State"), kind="status"),
        Column("hostname", _("Host"), kind="code", cell=lambda each: each.hostname or "—"),
        Column("address", _("Address"), kind="code"),
    ]
    context = {
        "network": row,
        "region": next((each.name for each in regions() if each.code == row.region_code), row.region_code),
        "table": Table(columns, row.services, _("Services in the network")),
        "form": form,
        "may_operate": desk.may(CAN_OPERATE),
        "breadcrumbs": [Crumb(_("Private networks"), reverse("networks")), Crumb(row.name)],
    }
    return render(request, "console/network.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def delete(request: HttpRequest, desk: Desk, network: UUID) -> HttpResponse:
    """Delete a private network that nothing is in."""
    try:
        commands.delete_network(desk.scope, network)
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect("network", network)
    messages.success(request, _("The network is deleted."))
    return redirect("networks")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def service_network(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The private network that a service is in, or a form to put it into one."""
    row, inside = queries.service(desk.scope, service), reading.attachment(desk.scope, service)
    mine = reading.networks(desk.scope, project=row.project_id, region=row.region_code)
    form = AttachmentForm(request.POST or None, networks=_named(mine))
    if accepted(form, lambda: commands.attach_instance(desk.scope, service, form.cleaned_data["network"])):
        messages.info(request, _("The service is put into the network."))
        return redirect("service-network", service)
    context = {
        "service": row,
        "inside": inside,
        "keyed": blueprint(row.blueprint).identity is not None,
        "form": form,
        "moving": live.moves(row) or inside.state in ("attaching", "detaching"),
        "here": reverse("service-network", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired in ("running", "stopped"),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Private network")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/service_network.html" if part else "console/service_network.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@member_page
def leave(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Take a service out of its private network."""
    try:
        commands.detach_instance(desk.scope, service)
    except Problem as problem:
        messages.error(request, problem.sentence)
    else:
        messages.info(request, _("The service is taken out of the network."))
    return redirect("service-network", service)


def choices(desk: Desk) -> list[tuple[str, str]]:
    """What an order may choose: no network, a project's own first one, or a certain one."""
    rows = reading.networks(desk.scope, organization=desk.organization.id)
    named = [(str(row.id), f"{row.name} ({row.subnet})") for row in rows]
    return [("", _("No private network")), (DEFAULT, _("The project's own, made if there is none")), *named]


def _named(rows: Sequence[reading.NetworkRow]) -> list[tuple[str, str]]:
    if not rows:
        return [(DEFAULT, _("A new one for this project"))]
    return [(str(row.id), f"{row.name} ({row.subnet})") for row in rows]


def _create(desk: Desk, form: NetworkForm) -> None:
    given = form.cleaned_data
    commands.create_network(desk.scope, UUID(given["project"]), given["region"], given["name"])
