"""One host of the operator's: what stands on it, whether it takes more, and machines that leave it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from souk.doors.console import words
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.operator.ground import state_of
from souk.doors.console.problems import accepted
from souk.kernel.errors import Problem
from souk.provisioning import commands
from souk.provisioning.queries import StandingRow, standing
from souk.sites import commands as sites
from souk.sites import queries
from souk.ui import format as values
from souk.ui.fields import offer
from souk.ui.parts import Crumb
from souk.ui.tables import Column, Table

#: Why a machine stays on a host that is to be left.
STAYING = {
    "no_room": gettext_lazy("{machine} stays: no other host has room for it."),
    "passing": gettext_lazy("{machine} stays for now: it comes and goes by itself."),
    "waiting": gettext_lazy("{machine} waits for an order, and is made elsewhere instead."),
}


class RackForm(forms.Form):
    """Where a host is, and what feeds it."""

    rack = forms.CharField(label=gettext_lazy("Rack"), max_length=60)
    power_domain = forms.CharField(
        label=gettext_lazy("Power domain"),
        max_length=60,
        help_text=gettext_lazy("Racks that lose power together have the same one."),
    )


class MoveForm(forms.Form):
    """Which machine goes where."""

    machine = forms.ChoiceField(label=gettext_lazy("Machine"))
    to = forms.ChoiceField(label=gettext_lazy("To the host"), required=False)

    def __init__(self, machines: list[StandingRow], others: list[queries.HostRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(row.machine, f"{row.machine} · {row.service}") for row in machines if row.instance_id]
        offer(self, "machine", named)
        best = [("", _("The best there is"))]
        offer(self, "to", best + [(row.name, row.name) for row in others])


@require_safe
@operator_page
def host(request: HttpRequest, desk: Desk, host: UUID) -> HttpResponse:
    """A host with what stands on it."""
    return _answer(request, desk, host)


@require_POST
@operator_page
def take(request: HttpRequest, desk: Desk, host: UUID) -> HttpResponse:
    """Open a host to new machines, or close it."""
    takes = request.POST.get("open") == "yes"
    sites.let_host_take_machines(desk.operator, host, takes)
    told = _("The host takes new machines.") if takes else _("The host takes no new machines. What stands there stays.")
    messages.info(request, told)
    return redirect("operator-host", host)


@require_POST
@operator_page
def rack(request: HttpRequest, desk: Desk, host: UUID) -> HttpResponse:
    """Say where a host is, and what feeds it."""
    form = RackForm(request.POST)
    if accepted(form, lambda: sites.put_host_in_rack(desk.operator, host, **form.cleaned_data)):
        messages.success(request, _("The host's place is noted."))
        return redirect("operator-host", host)
    return _answer(request, desk, host, rack=form)


@require_POST
@operator_page
def evacuate(request: HttpRequest, desk: Desk, host: UUID) -> HttpResponse:
    """Have every service leave a host."""
    try:
        evacuation = commands.evacuate_host(desk.operator, host)
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect("operator-host", host)
    count = len(evacuation.operations)
    told = ngettext("%(count)s service leaves the host.", "%(count)s services leave the host.", count)
    messages.info(request, told % {"count": values.number(count)})
    for each in evacuation.staying:
        messages.warning(request, str(STAYING[each.why]).format(machine=each.machine))
    return redirect("operator-host", host)


@require_POST
@operator_page
def move(request: HttpRequest, desk: Desk, host: UUID) -> HttpResponse:
    """Have a machine stand on another host."""
    form = MoveForm(standing(desk.operator, host), _others(host), request.POST)
    if accepted(form, lambda: commands.move_machine(desk.operator, **form.cleaned_data)):
        messages.info(request, _("The machine is being moved."))
        return redirect("operator-host", host)
    return _answer(request, desk, host, move=form)


def _others(host: UUID) -> list[queries.HostRow]:
    here = queries.host(host)
    return [row for row in queries.hosts() if row.site_id == here.site_id and row.id != host]


def _answer(
    request: HttpRequest, desk: Desk, host: UUID, *, rack: RackForm | None = None, move: MoveForm | None = None
) -> HttpResponse:
    row, machines, others = queries.host(host), standing(desk.operator, host), _others(host)
    movable = any(each.instance_id for each in machines) and bool(others)
    context = {
        "host": row,
        "state": state_of(row),
        "machines": _machines(machines),
        "rack_form": rack or RackForm(initial={"rack": row.rack, "power_domain": row.power_domain}),
        "move_form": move or (MoveForm(machines, others) if movable else None),
        "others": others,
        "breadcrumbs": [Crumb(_("Sites"), reverse("operator-sites")), Crumb(row.name)],
    }
    return render(request, "console/operator/host.html", context, status=422 if rack or move else 200)


def _machines(rows: list[StandingRow]) -> Table:
    columns = [
        Column("machine", _("Machine"), kind="code"),
        Column("service", _("Service"), cell=_service),
        Column("state", _("State"), kind="status"),
        Column("move", _("Last move"), cell=_move),
        Column("created_at", _("Made"), kind="when"),
    ]
    return Table(columns, rows, _("What stands there"), empty_icon="server", empty_text=_("Nothing stands there."))


def _service(row: StandingRow) -> Any:
    if row.instance_id is None:
        return _("waits for an order")
    address = reverse("operator-service", args=[row.instance_id])
    return format_html('<a href="{}"><bdi>{}</bdi></a>', address, row.service)


def _move(row: StandingRow) -> Any:
    told = words.MOVES.get(row.move, row.move)
    return format_html("{}: {}", told, _(row.trouble)) if row.trouble else told
