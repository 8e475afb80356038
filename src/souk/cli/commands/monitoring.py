"""What is seen of a service: metrics, health."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name
from souk.cli.context import Given
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import MetricOut

Hours = Annotated[float, Parameter(help=_("How far to look back, in hours."))]


def metrics(name: Name, /, *, hours: Hours = 1.0, context: Given) -> None:
    until = datetime.now(UTC)
    period = {"since": _told(until - timedelta(hours=hours)), "until": _told(until)}
    found = context.client.get_metrics(context.service(name)["id"], **period)
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [_("Metric"), Right(_("Last")), Right(_("Lowest")), Right(_("Highest")), _("What it is")],
        (
            (row["key"], *(_amount(value, row) for value in (seen[-1], min(seen), max(seen))), row["description"])
            for row in found["metrics"]
            if (seen := [value for value in row["values"] if value is not None])
        ),
        empty=_("Nothing was seen in this period."),
    )


def health(name: Name, /, *, context: Given) -> None:
    found = context.client.get_health(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    now = {None: _("not looked at"), True: _("it answers"), False: _("it does not answer")}[found["answers"]]
    share = "—" if found["availability"] is None else f"{formats.number(_cut(found['availability']), 3)} %"
    context.output.fields(
        [
            (_("Now"), now),
            (_("Looked at"), formats.moment(found["seen_at"])),
            (_("Available since {day}").format(day=formats.moment(found["since"])), share),
            (_("Outage"), formats.duration(found["outage_seconds"])),
        ]
    )
    context.output.table(
        [_("Incident"), _("From"), Right(_("Lasted")), _("What was done")],
        (
            (
                formats.word(row["cause"]),
                formats.moment(row["began_at"]),
                formats.between(row["began_at"], row["ended_at"]),
                " → ".join(formats.word(step["what"]) for step in row["timeline"][1:]),
            )
            for row in found["incidents"]
        ),
        empty=_("There was no incident."),
    )


def _told(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat() + "Z"


def _cut(ratio: float) -> Decimal:
    """A share in per cent, never rounded up to what it was not."""
    return Decimal(int(ratio * 100_000)) / 1000


def _amount(value: float, metric: MetricOut) -> str:
    rate = _(" a second") if metric["reading"] == "counter" else ""
    if metric["unit"] == "bytes":
        return formats.size(round(value)) + rate
    return formats.exact(f"{value:.2f}") + rate
