"""What is seen of a service: its metrics, its health, its incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.way import to_service
from souk.doors.console.words import Text
from souk.kernel import clock
from souk.monitoring import queries, vocabulary
from souk.monitoring.metrics import MetricsRow, metrics
from souk.monitoring.words import CAUSES, STEPS
from souk.provisioning.contract import Curve, Panel
from souk.provisioning.queries import ServiceRow
from souk.provisioning.queries import service as find_service
from souk.provisioning.registry import blueprint
from souk.ui import format as values
from souk.ui.charts import Chart, Series
from souk.ui.parts import Crumb, Event, Tab

RANGES = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
_DAYS, _MONTH = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True)
class Incident:
    """An incident as it is shown: newest step first."""

    cause: Text
    row: queries.IncidentRow
    lasted: str
    steps: Sequence[Event]


@require_safe
@member_page
def service_metrics(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Charts of what a service did in the last hour, day, week or month."""
    row = find_service(desk.scope, service)
    chosen = request.GET.get("range", "1h")
    chosen = chosen if chosen in RANGES else "1h"
    now = clock.now()
    found = metrics(desk.scope, service, row.blueprint, now - RANGES[chosen], now)
    here = reverse("service-metrics", args=[service])
    context = {
        **around(row, "service-metrics", _("Metrics")),
        "ranges": [Tab(label, f"{here}?range={key}", key == chosen) for key, label in _ranges()],
        "charts": [] if found.empty else _charts(found, row.blueprint, chosen),
        "step": values.duration(found.step),
        "scrape": request.build_absolute_uri(f"/api/v1/projects/{row.project_id}/metrics"),
    }
    return render(request, "console/service_metrics.html", context)


@require_safe
@member_page
def service_health(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """Whether a service answers, how much of the time it did, and what went wrong."""
    row = find_service(desk.scope, service)
    now = clock.now()
    context = {
        **around(row, "service-health", _("Health")),
        "health": queries.health(desk.scope, service),
        "day": _available(queries.availability(desk.scope, service, now - _DAYS, now)),
        "month": _available(queries.availability(desk.scope, service, now - _MONTH, now)),
        "incidents": [_incident(each) for each in queries.incidents(desk.scope, service)],
    }
    return render(request, "console/service_health.html", context)


def tabs(row: ServiceRow, current: str) -> list[Tab]:
    """A service's pages beside each other; those of what it tells of itself, if its kind tells anything."""
    if row.plan_id is not None:
        # Its vendor's broker is looked at, not the service itself.
        return []
    observer = blueprint(row.blueprint).observer
    pages = (
        ("service", _("Overview"), True),
        ("service-metrics", _("Metrics"), True),
        ("service-health", _("Health"), True),
        ("service-alerts", _("Alerts"), True),
        ("service-logs", _("Log"), observer is not None),
        ("service-statements", _("Slow queries"), observer is not None and observer.asks_queries),
    )
    shown = [(name, label) for name, label, there in pages if there or name == current]
    return [Tab(label, reverse(name, args=[row.id]), name == current) for name, label in shown]


def around(row: ServiceRow, current: str, title: str) -> dict[str, object]:
    """What every page of a service shows around its own."""
    return {
        "service": row,
        "tabs": tabs(row, current),
        "breadcrumbs": [
            *to_service(row),
            Crumb(title),
        ],
    }


def _ranges() -> list[tuple[str, str]]:
    return [
        ("1h", pgettext("range", "1 hour")),
        ("24h", pgettext("range", "24 hours")),
        ("7d", pgettext("range", "7 days")),
        ("30d", pgettext("range", "30 days")),
    ]


def _charts(found: MetricsRow, blueprint: str, chosen: str) -> list[tuple[str, Chart]]:
    """A chart for each panel of which anything was seen."""
    style = "time" if chosen in ("1h", "24h") else "date"
    drawn = [(panel, _series(found, panel)) for panel in vocabulary.panels(blueprint)]
    return [
        (panel.key, Chart(_(panel.title), series, panel.unit, "line" if len(series) > 1 else "area", style))
        for panel, series in drawn
        if any(value is not None for each in series for _at, value in each.points)
    ]


def _series(found: MetricsRow, panel: Panel) -> list[Series]:
    return [
        Series(_(curve.label), list(zip(found.instants, _points(found, curve), strict=True)), tone)
        for tone, curve in enumerate(panel.curves, 1)
    ]


def _points(found: MetricsRow, curve: Curve) -> list[float | None]:
    own = found.values(curve.metric)
    if not curve.beside:
        return own
    pairs = zip(own, found.values(curve.beside), strict=True)
    return [None if a is None or b is None or not a + b else 100 * a / (a + b) for a, b in pairs]


def _available(row: queries.AvailabilityRow) -> str:
    """A share with three decimals, never rounded up to what it was not."""
    if row.ratio is None:
        return "—"
    return f"{values.number(int(row.ratio * 100_000) / 1000, 3, 2)}\u00a0%"


def _incident(row: queries.IncidentRow) -> Incident:
    ended = row.ended_at or clock.now()
    steps = [_event(step) for step in reversed(row.timeline)]
    return Incident(CAUSES.get(row.cause, row.cause), row, values.duration(ended - row.began_at), steps)


def _event(step: queries.StepRow) -> Event:
    icon, tone = _LOOKS.get(step.what, ("alert-triangle", "bad"))
    return Event(step.at, STEPS.get(step.what, step.what), step.detail, icon=icon, tone=tone, style="full")


_LOOKS = {
    "machine_started": ("player-play", "busy"),
    "process_started": ("player-play", "busy"),
    "configured": ("tools", "busy"),
    "answered": ("check", "ok"),
    "no_longer_wanted": ("player-stop", "idle"),
}
