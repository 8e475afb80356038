"""What the operator sees first: what runs, what doesn't, how full the sites are, what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from souk.billing import queries as billing
from souk.doors.console import words
from souk.doors.console.desk import Desk
from souk.doors.console.guards import operator_page
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope
from souk.ordering.queries import orders_since
from souk.provisioning import queries as provisioning
from souk.sites import queries as ground
from souk.ui import format as values
from souk.ui.format import FISCAL_ZONE
from souk.ui.status import describe
from souk.ui.tables import Column, Table


@dataclass(frozen=True)
class Gauge:
    """How much of something is promised."""

    label: words.Text
    promised: str
    limit: str
    percent: int


@dataclass(frozen=True)
class SiteView:
    """A site with its gauges."""

    row: ground.SiteRow
    gauges: list[Gauge]


@require_safe
@operator_page
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The operator's first page; asked for again every few seconds."""
    scope = desk.operator
    counts = provisioning.service_counts(scope)
    context = {
        "total": sum(counts.values()),
        "counts": [(describe(state), count) for state, count in counts.items()],
        "today": orders_since(scope, midnight()),
        "outstanding": billing.outstanding(scope),
        "sites": site_views(),
        "troubled": trouble_table(scope),
        "here": reverse("operator-overview"),
    }
    part = bool(request.headers.get("HX-Request"))
    return render(
        request, "console/operator/parts/overview.html" if part else "console/operator/overview.html", context
    )


def midnight() -> datetime:
    """When the fiscal day began."""
    return datetime.combine(clock.now().astimezone(FISCAL_ZONE).date(), time(), FISCAL_ZONE)


def site_views() -> list[SiteView]:
    """Every site with how much of it is promised."""
    return [SiteView(row, _gauges(row.id)) for row in ground.sites()]


def trouble_table(scope: Scope) -> Table:
    """Services that something keeps from what is desired."""
    columns = [
        Column(
            "name",
            _("Service"),
            cell=lambda row: format_html("<bdi>{}</bdi>", row.name),
            url=lambda row: reverse("operator-service", args=[row.id]),
        ),
        Column("state", _("State"), kind="status"),
        Column("trouble", _("Why"), cell=lambda row: _(row.trouble)),
        Column("created_at", _("Created"), kind="when"),
    ]
    return Table(
        columns,
        provisioning.troubled(scope),
        _("Troubled services"),
        empty_icon="circle-check",
        empty_text=_("No service is in trouble."),
    )


def _gauges(site: UUID) -> list[Gauge]:
    try:
        row = ground.capacity(site)
    except NotFound:
        return []
    return [
        _gauge(_("vCPU"), row.vcpus, row.vcpu_limit, values.number),
        _gauge(_("Memory"), row.memory, row.memory_limit, values.size),
        _gauge(_("Disk"), row.disk, row.disk_limit, values.size),
    ]


def _gauge(label: words.Text, promised: int, limit: int, shown: words.Shown) -> Gauge:
    return Gauge(
        label, words.ltr(shown(promised)), words.ltr(shown(limit)), round(100 * promised / limit) if limit else 0
    )
