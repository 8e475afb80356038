"""A service's log, and its slowest queries."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated

from cyclopts import Parameter

from souk.cli import formats
from souk.cli.commands.services import Name
from souk.cli.context import Context, Given
from souk.cli.language import _
from souk.cli.output import Right
from souk.client.models import LogRow

PAUSE = 5.0
"""Seconds between two looks at a log that is followed."""


def logs(
    name: Name,
    /,
    *,
    text: Annotated[str, Parameter(help=_("Only lines with this text."))] = "",
    hours: Annotated[float, Parameter(help=_("How far to look back, in hours."))] = 24.0,
    errors: Annotated[bool, Parameter(help=_("Only errors."))] = False,
    lines: Annotated[int, Parameter(help=_("How many lines at most."))] = 200,
    follow: Annotated[bool, Parameter(name=["--follow", "-f"], help=_("Go on with what is written."))] = False,
    context: Given,
) -> None:
    service = context.service(name)["id"]
    since = (datetime.now(UTC) - timedelta(hours=hours)).replace(tzinfo=None).isoformat() + "Z"
    read = partial(context.client.get_logs, service, since=since, text=text or None, errors=errors or None)
    found = read(limit=lines)
    _print(context, found)
    if not follow:
        if not found and not context.output.as_json:
            context.output.remark(_("Nothing was written in this period that fits."))
        return
    last = found[-1]["id"] if found else 0
    while True:
        time.sleep(PAUSE)
        found = read(after=last)
        _print(context, found)
        last = found[-1]["id"] if found else last


def _print(context: Context, found: list[LogRow]) -> None:
    for line in found:
        if context.output.as_json:
            context.output.data(line)
        else:
            context.output.text(f"{formats.moment(line['at'])} {line['text']}")


def slow(name: Name, /, *, context: Given) -> None:
    found = context.client.get_slow_statements(context.service(name)["id"])
    if context.output.as_json:
        context.output.data(found)
        return
    context.output.table(
        [Right(_("In all")), Right(_("Calls")), Right(_("Each")), _("Database"), _("Query")],
        (
            (
                formats.duration(row["seconds"]),
                str(row["calls"]),
                f"{formats.number(Decimal(str(1000 * row['seconds'] / max(row['calls'], 1))), 2)} ms",
                row["database"],
                " ".join(row["text"].split()),
            )
            for row in found["statements"]
        ),
        empty=_("No query was counted yet."),
    )
