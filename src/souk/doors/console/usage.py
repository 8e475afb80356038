"""What the organization's services use and cost, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from souk.billing.queries import cost_so_far
from souk.doors.console.asking import PAGE
from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.kernel import clock
from souk.kernel.money import Money, total
from souk.metering import queries as metering
from souk.parties.access import CAN_SEE_MONEY
from souk.provisioning.queries import services
from souk.ui import format as values
from souk.ui.tables import Column, Table

PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class UseRow:
    """A service's use in the last thirty days; bytes and seconds."""

    id: UUID
    name: str
    state: str
    running: float
    disk: int | None
    egress: int
    cost: Money | None


@require_safe
@member_page
def usage(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every service with its hours, its disk, what it sent and what it has cost since the last invoice."""
    rows = _rows(desk)
    costs = [row.cost for row in rows if row.cost is not None]
    columns = [
        Column("name", _("Service"), cell=_name, url=lambda row: reverse("service", args=[row.id])),
        Column("state", _("State"), kind="status"),
        Column("running", _("Running"), cell=lambda row: values.duration(row.running) if row.running else ""),
        Column("disk", _("Disk used"), kind="size"),
        Column("egress", _("Sent to the Internet"), kind="size"),
    ]
    if desk.may(CAN_SEE_MONEY):
        columns.append(Column("cost", _("Since the last invoice"), kind="money"))
    context = {
        "rows": rows,
        "table": Table(columns, rows, _("Use of the last 30 days")),
        "cost": total(costs, costs[0].currency) if costs else None,
    }
    return render(request, "console/usage.html", context)


def _rows(desk: Desk) -> list[UseRow]:
    until = clock.now()
    since, money = until - PERIOD, desk.may(CAN_SEE_MONEY)
    found = services(desk.scope, organization=desk.organization.id, limit=PAGE)
    used = metering.totals(desk.scope, [row.id for row in found], since, until)
    return [
        UseRow(
            row.id,
            row.name,
            row.state,
            used[row.id].running,
            used[row.id].disk,
            used[row.id].egress,
            cost_so_far(desk.scope, row.id) if money else None,
        )
        for row in found
    ]


def _name(row: UseRow) -> str:
    return format_html("<bdi>{}</bdi>", row.name)
