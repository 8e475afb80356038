"""The operator's ground: sites, their racks and hosts, and what is promised of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.operator.overview import site_views
from souk.doors.console.problems import tell
from souk.kernel.errors import Problem
from souk.provisioning import commands
from souk.provisioning.addresses import ranges
from souk.provisioning.pools import PoolRow, pools
from souk.sites import queries
from souk.ui import format as values
from souk.ui.fields import offer
from souk.ui.tables import Column, Table


class PoolForm(forms.Form):
    """How many machines of a size wait ready for orders."""

    pool = forms.TypedChoiceField(label=gettext_lazy("Size"), coerce=UUID)
    least = forms.IntegerField(label=gettext_lazy("At least"), min_value=0)
    most = forms.IntegerField(
        label=gettext_lazy("At most"),
        min_value=0,
        help_text=gettext_lazy("As many wait as were ordered in the last hour, within these bounds. 0: none."),
    )

    def __init__(self, rows: list[PoolRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "pool",
            [(str(row.id), f"{_size(row)} ({row.least}–{row.most})") for row in rows],
        )


class RangeForm(forms.Form):
    """A range of public addresses, and the site to which it is routed."""

    network = forms.CharField(
        label=gettext_lazy("Range"),
        max_length=18,
        help_text=gettext_lazy("Like 203.0.113.0/24."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    site = forms.TypedChoiceField(label=gettext_lazy("Site"), coerce=UUID)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "site", [(str(row.id), row.name) for row in queries.sites()])


@require_safe
@operator_page
def sites(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every site with its engine, capacity, racks and hosts, and the machines that wait for orders."""
    return answer(request, desk)


@require_POST
@operator_page
def pool(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Change how many machines of a size wait."""
    form = PoolForm(pools(desk.operator), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            commands.change_pool(desk.operator, given["pool"], given["least"], given["most"])
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The number of waiting machines follows."))
            return redirect("operator-sites")
    return answer(request, desk, form)


def answer(
    request: HttpRequest, desk: Desk, form: PoolForm | None = None, *, range_form: RangeForm | None = None
) -> HttpResponse:
    """The page, with a form that has faults if there is one."""
    hosts, racks, waiting = queries.hosts(), queries.racks(), pools(desk.operator)
    context = {
        "sites": [
            {
                "view": view,
                "hosts": _hosts([row for row in hosts if row.site_id == view.row.id]),
                "racks": _racks([row for row in racks if row.site_id == view.row.id]),
                "ranges": ranges_of(desk, view.row.id),
                "pools": _pools([row for row in waiting if row.site_id == view.row.id]),
            }
            for view in site_views()
        ],
        "form": form or (PoolForm(waiting) if waiting else None),
        "range_form": range_form or RangeForm(),
    }
    return render(request, "console/operator/sites.html", context, status=422 if form or range_form else 200)


def state_of(row: queries.HostRow) -> str:
    """A host's state, as a word of its kind."""
    if not row.online:
        return "offline"
    if not row.reachable:
        return "unreachable"
    return "online" if row.open else "closed"


def _size(row: PoolRow) -> str:
    return f"{row.blueprint} · {row.vcpus} vCPU · {values.size(row.memory)} · {values.size(row.disk)}"


def _pools(rows: list[PoolRow]) -> Table:
    columns = [
        Column("size", _("Size"), cell=_size),
        Column("waiting", _("Waiting"), cell=lambda row: values.number(row.waiting)),
        Column("least", _("At least"), cell=lambda row: values.number(row.least)),
        Column("most", _("At most"), cell=lambda row: values.number(row.most)),
        Column("trouble", _("Trouble"), cell=lambda row: _(row.trouble) if row.trouble else ""),
    ]
    return Table(columns, rows, _("Machines that wait ready"), empty_icon="clock", empty_text=_("None waits."))


def ranges_of(desk: Desk, site: UUID) -> Table:
    """The ranges of public addresses of a site."""
    columns = [
        Column("network", _("Range"), kind="code"),
        Column("addresses", _("Addresses"), cell=lambda row: values.number(row.addresses)),
        Column("used", _("In use"), cell=lambda row: values.number(row.used)),
        Column("created_at", _("Since"), kind="when"),
    ]
    rows = ranges(desk.operator, site)
    empty = _("No public addresses are given out yet.")
    return Table(columns, rows, _("Public addresses"), empty_icon="world", empty_text=empty)


def _hosts(rows: list[queries.HostRow]) -> Table:
    columns = [
        Column("name", _("Host"), kind="link", url=lambda row: reverse("operator-host", args=[row.id])),
        Column("online", _("State"), kind="status", status="host", cell=state_of),
        Column("rack", _("Rack"), cell=lambda row: f"{row.rack} · {row.power_domain}"),
        Column("vcpus", _("Threads"), cell=lambda row: values.number(row.vcpus)),
        Column("memory", _("Memory"), kind="size"),
        Column("disk", _("Disk"), kind="size"),
        Column("observed_at", _("Last seen"), kind="when"),
    ]
    return Table(columns, rows, _("Hosts"), empty_icon="server", empty_text=_("The engine has not been seen yet."))


def _racks(rows: list[queries.RackRow]) -> Table:
    columns = [Column("name", _("Rack"), kind="code"), Column("power_domain", _("Power domain"), kind="code")]
    return Table(columns, rows, _("Racks"))
