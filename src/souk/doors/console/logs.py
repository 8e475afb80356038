"""A service's log, searched and taken away as a file, and its slowest queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from souk.doors.console.desk import Desk
from souk.doors.console.guards import member_page
from souk.doors.console.monitoring import around
from souk.kernel import clock
from souk.monitoring.logs import export, queries
from souk.monitoring.logs.queries import LogSearch
from souk.provisioning.queries import service as find_service
from souk.ui import format as values
from souk.ui.parts import Facet, LogLine
from souk.ui.tables import Column, Table

_SPANS = {
    "1h": (timedelta(hours=1), pgettext_lazy("range", "1 hour")),
    "24h": (timedelta(days=1), pgettext_lazy("range", "24 hours")),
    "7d": (timedelta(days=7), pgettext_lazy("range", "7 days")),
}
_SHOWN = 300
_TONES = {"error": "bad", "warning": "warn"}


@require_safe
@member_page
def service_logs(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The newest lines of the log that are wanted, oldest first."""
    row = find_service(desk.scope, service)
    search, asked = _search(request, _SHOWN)
    found = queries.lines(desk.scope, service, search)
    context = {
        **around(row, "service-logs", _("Log")),
        "lines": [LogLine(line.at, line.text, _TONES.get(line.severity, "info"), "stamp") for line in found],
        "query": asked["q"],
        "facets": [
            Facet("span", _("Period"), [(key, label) for key, (_length, label) in _SPANS.items()], asked["span"]),
            Facet("only", _("Lines"), [("", _("All")), ("errors", _("Errors"))], asked["only"]),
        ],
        "exports": [
            (name, f"{reverse('service-logs-export', args=[service, key])}?{request.GET.urlencode()}")
            for key, name in (("text", _("As text")), ("ndjson", _("As NDJSON")))
        ],
        "full": len(found) == _SHOWN,
        "shown": _SHOWN,
    }
    return render(request, "console/service_logs.html", context)


@require_safe
@member_page
def service_logs_export(request: HttpRequest, desk: Desk, service: UUID, form: str) -> HttpResponse:
    """The same lines, and many more of them, as a file."""
    if form not in export.FORMATS:
        raise Http404
    row = find_service(desk.scope, service)
    search, _asked = _search(request, export.MOST)
    file = export.FORMATS[form](queries.lines(desk.scope, service, search))
    response = HttpResponse(file.content, content_type=file.media_type)
    response["Content-Disposition"] = f'attachment; filename="{row.label}.{file.ending}"'
    return response


@require_safe
@member_page
def service_statements(request: HttpRequest, desk: Desk, service: UUID) -> HttpResponse:
    """The kinds of query that took longest in all."""
    row = find_service(desk.scope, service)
    found = queries.statements(desk.scope, service)
    context = {
        **around(row, "service-statements", _("Slow queries")),
        "table": _table(found.statements),
        "at": found.at,
    }
    return render(request, "console/service_statements.html", context)


def _search(request: HttpRequest, limit: int) -> tuple[LogSearch, dict[str, str]]:
    """What is asked for, and the choices it came from."""
    span = request.GET.get("span", "")
    asked = {
        "q": request.GET.get("q", "").strip()[:200],
        "span": span if span in _SPANS else "24h",
        "only": "errors" if request.GET.get("only") == "errors" else "",
    }
    until: datetime = clock.now()
    since = until - _SPANS[asked["span"]][0]
    return LogSearch(since, until, asked["q"], asked["only"] == "errors", limit=limit), asked


def _table(rows: list[queries.StatementRow]) -> Table:
    columns = [
        Column("text", _("Query"), cell=lambda row: format_html('<code class="sk-code" dir="ltr">{}</code>', row.text)),
        Column("database", _("Database"), kind="code"),
        Column("calls", _("Calls"), kind="number"),
        Column("seconds", _("In all"), cell=lambda row: _span(row.seconds)),
        Column("mean", _("Each"), cell=lambda row: _span(row.seconds / max(row.calls, 1))),
        Column("rows", _("Rows"), kind="number"),
    ]
    return Table(columns, rows, _("Slow queries"), empty_icon="hourglass", empty_text=_("No query was counted yet."))


def _span(seconds: float) -> str:
    """A length of time that may be far below a second."""
    if seconds >= 1:
        return values.duration(seconds)
    return format_html('<bdi dir="ltr" class="sk-num">{}</bdi>', values.quantity(seconds * 1000, "ms", 2))
