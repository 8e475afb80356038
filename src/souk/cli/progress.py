"""Following something at the server until it is over."""

from __future__ import annotations

import time

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from souk.cli.context import Context
from souk.cli.language import _, current
from souk.client.models import LogLine, OperationOut

PAUSE = 0.5
_OVER = {"succeeded", "failed", "cancelled"}


def follow(context: Context, operation: str) -> OperationOut:
    """Show an operation's steps as they are done, and return it when it is over.

    On a terminal a bar moves; elsewhere each step is a line. Nothing is shown with `--json`.

    Raises:
        Refused, Unreachable.
    """
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %", markup=False),
        TimeElapsedColumn(),
        console=context.output.remarks,
        transient=True,
        disable=context.output.as_json or not context.output.remarks.is_terminal,
    )
    with bar:
        task = bar.add_task(_("Waiting for a worker"), total=100)
        told = 0
        while True:
            row = context.client.get_operation(operation)
            for line in row["log"][told:]:
                if not context.output.as_json:
                    bar.console.print(log_line(line), soft_wrap=True)
                bar.update(task, description=line["sentence"])
            told = len(row["log"])
            bar.update(task, completed=row["progress"])
            if row["state"] in _OVER:
                return row
            time.sleep(PAUSE)


def log_line(line: LogLine) -> str:
    """A line of an operation's log."""
    point = "," if current() != "en" else "."
    return f"{line['seconds']:7.2f} s  ".replace(".", point) + line["sentence"]
