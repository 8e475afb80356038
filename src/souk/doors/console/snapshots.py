"""Snapshots of a machine's disk: taken, gone back to, deleted."""

from __future__ import annotations

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
from souk.doors.console.guards import member_page
from souk.doors.console.problems import accepted, tell
from souk.doors.console.way import to_service
from souk.kernel.errors import Problem
from souk.kernel.ids import new_id
from souk.ordering.commands import RestoreDetails, restore
from souk.ordering.queries import order
from souk.parties.access import CAN_OPERATE, CAN_ORDER
from souk.provisioning import commands, queries
from souk.provisioning.errors import SnapshotMissing
from souk.ui.parts import Crumb
from souk.ui.schema_fields import SaneTextField


class SnapshotForm(forms.Form):
    """What a snapshot is called."""

    name = SaneTextField(
        label=gettext_lazy("Name"),
        max_length=63,
        help_text=gettext_lazy("Such as: before the upgrade."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


class BeginningForm(forms.Form):
    """What the service is called that begins with a snapshot. `key` makes two sendings one."""

    name = SaneTextField(label=gettext_lazy("The new service's name"), max_length=63)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def snapshots(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The snapshots that are there, and a form for one more."""
    row = queries.service(desk.scope, service)
    form = SnapshotForm(request.POST or None)
    if accepted(form, lambda: commands.take_snapshot(desk.scope, service, form.cleaned_data["name"])):
        messages.info(request, _("The snapshot is being taken. The service goes on meanwhile."))
        return redirect("snapshots", service)
    kept = queries.snapshots(desk.scope, service)
    context = {
        "service": row,
        "kept": kept,
        "form": form,
        "moving": live.moves(row),
        "here": reverse("snapshots", args=[service]),
        "may_operate": desk.may(CAN_OPERATE) and row.desired == "running",
        "may_take": len(kept.snapshots) + len(kept.coming) < kept.most,
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Snapshots")),
        ],
    }
    part = bool(request.headers.get("HX-Request"))
    template = "console/parts/snapshots.html" if part else "console/snapshots.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@member_page
def roll_back(request: HttpRequest, desk: Desk, service: UUID, snapshot: UUID) -> HttpResponse:
    """Go back to a snapshot."""
    commands.roll_back(desk.scope, service, snapshot)
    messages.info(request, _("The service goes back to its snapshot."))
    return redirect("service", service)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def snapshot_new(request: HttpRequest, desk: Desk, service: UUID, snapshot: UUID) -> HttpResponse:
    """Order a new service that begins with what is in a snapshot."""
    row = queries.service(desk.scope, service)
    found = next((each for each in queries.snapshots(desk.scope, service).snapshots if each.id == snapshot), None)
    if found is None:
        raise SnapshotMissing
    form = BeginningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        details = RestoreDetails(service, form.cleaned_data["name"], snapshot=snapshot)
        try:
            placed = restore(desk.scope, details, key=str(form.cleaned_data["key"]))
        except Problem as problem:
            tell(form, problem)
        else:
            messages.info(request, _("The new service is being made. This one is left as it is."))
            return redirect("service", order(desk.scope, placed).instance_id)
    context = {
        "service": row,
        "snapshot": found,
        "form": form,
        "may_order": desk.may(CAN_ORDER),
        "breadcrumbs": [
            *to_service(row),
            Crumb(_("Snapshots"), reverse("snapshots", args=[service])),
            Crumb(_("New service")),
        ],
    }
    return render(request, "console/snapshot_new.html", context, status=422 if form.errors else 200)


@require_POST
@member_page
def snapshot_delete(request: HttpRequest, desk: Desk, service: UUID, snapshot: UUID) -> HttpResponse:
    """Delete a snapshot."""
    commands.delete_snapshot(desk.scope, service, snapshot)
    messages.info(request, _("The snapshot is being deleted."))
    return redirect("snapshots", service)
