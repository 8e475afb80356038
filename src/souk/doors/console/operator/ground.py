"""The operator's ground: sites, their racks and hosts, and what is promised of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.doors.console.operator.overview import site_views
from souk.sites import queries
from souk.ui import format as values
from souk.ui.tables import Column, Table


@require_safe
@operator_page
def sites(request: HttpRequest, desk: Desk) -> HttpResponse:  # noqa: ARG001
    """Every site with its engine, capacity, racks and hosts."""
    hosts, racks = queries.hosts(), queries.racks()
    context = {
        "sites": [
            {
                "view": view,
                "hosts": _hosts([row for row in hosts if row.site_id == view.row.id]),
                "racks": _racks([row for row in racks if row.site_id == view.row.id]),
            }
            for view in site_views()
        ]
    }
    return render(request, "console/operator/sites.html", context)


def _hosts(rows: list[queries.HostRow]) -> Table:
    columns = [
        Column("name", _("Host"), kind="code"),
        Column(
            "online", _("State"), kind="status", status="host", cell=lambda row: "online" if row.online else "offline"
        ),
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
