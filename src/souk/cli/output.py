"""What a command shows: tables and sentences for people, or the API's own JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from souk.cli.language import _

#: What a cell holds: plain text, in which brackets mean nothing, or styled text.
Cell = str | Text


class Right(str):
    """The heading of a column whose cells stand at its right edge: numbers."""


def console(file: TextIO) -> Console:
    """A console that takes text as it is; a pipe gets wide lines instead of folded ones."""
    width = None if file.isatty() or "COLUMNS" in os.environ else 200
    return Console(file=file, highlight=False, markup=False, emoji=False, width=width)


class Output:
    """Where a command writes: results to standard output, remarks and progress to standard error."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.console = console(sys.stdout)
        self.remarks = console(sys.stderr)

    def data(self, value: Any) -> None:
        """Print the API's JSON."""
        self.text(json.dumps(value, ensure_ascii=False, indent=2 if self.console.is_terminal else None))

    def text(self, text: str) -> None:
        """Print text as it is, its lines unbroken."""
        self.console.print(text, soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, empty: str) -> None:
        """Print rows below their headings, or the sentence that says there are none."""
        listed = list(rows)
        if not listed:
            self.text(empty)
            return
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for column in columns:
            right = isinstance(column, Right)
            table.add_column(column, justify="right" if right else "left", no_wrap=right, overflow="fold")
        for row in listed:
            table.add_row(*row)
        self.console.print(table)

    def fields(self, pairs: Iterable[tuple[str, Cell]]) -> None:
        """Print names with their values, one a line; empty values are left out."""
        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in pairs:
            if value:
                table.add_row(name, value)
        self.console.print(table)

    def done(self, sentence: str, data: Any = None) -> None:
        """Say what was done; with `--json`, print what the API answered instead."""
        if self.as_json:
            self.data({} if data is None else data)
        else:
            self.text(sentence)

    def remark(self, sentence: str) -> None:
        """Say something beside the result."""
        self.remarks.print(sentence, soft_wrap=True)

    def confirm(self, question: str) -> bool:
        """Ask on the terminal; without one, the answer is no."""
        if not sys.stdin.isatty():
            return False
        answer = self.remarks.input(f"{question} [{_('y')}/{_('N')}] ")
        return answer.strip().casefold() in {_("y"), _("yes"), "y", "yes"}
