"""Usage samples as charts: disk, what was sent, processor."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.utils.translation import gettext as _

from souk.kernel.scope import Scope
from souk.metering.queries import SampleRow, samples, sent
from souk.ui.charts import Chart, Series

#: How many points a line has, and how many bars stand beside each other, at most.
POINTS, BARS = 60, 30


def usage(scope: Scope, instance: UUID, since: datetime, until: datetime) -> list[tuple[str, Chart]]:
    """The charts of a service's use in a period, each with an id; none while nothing was measured."""
    rows = samples(scope, instance, since, limit=POINTS)
    if not rows:
        return []
    style = "time" if until - rows[0].at < timedelta(days=1) else "date"
    every = max(timedelta(minutes=1), (until - max(since, rows[0].at)) / BARS)
    bars = [(at, float(count)) for at, count in sent(scope, instance, since, until, every)]
    disk = [(row.at, float(row.disk)) for row in rows]
    memory = [(row.at, float(row.memory)) for row in rows]
    busy = [(later.at, _share(earlier, later)) for earlier, later in pairwise(rows)]
    return [
        ("disk", Chart(_("Disk"), [Series(_("Used"), disk, 1)], "bytes", style=style)),
        ("memory", Chart(_("Memory"), [Series(_("Used"), memory, 4)], "bytes", kind="line", style=style)),
        ("egress", Chart(_("Sent to the Internet"), [Series(_("Sent"), bars, 3)], "bytes", "bar", style)),
        ("processor", Chart(_("Processor"), [Series(_("Busy"), busy, 2)], "%", "line", style)),
    ]


def _share(earlier: SampleRow, later: SampleRow) -> float:
    """Per cent of one processor between two samples; a counter that went back has restarted."""
    seconds = (later.at - earlier.at).total_seconds()
    used = later.cpu_seconds - earlier.cpu_seconds
    return round(100 * max(used, 0.0) / seconds, 2) if seconds > 0 else 0.0
