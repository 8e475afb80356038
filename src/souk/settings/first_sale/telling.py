"""How the first sale speaks: a line for each step with its seconds; on a terminal, a spinner while it runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from rich.cells import cell_len
from rich.console import Console
from rich.status import Status
from rich.text import Text

_TITLE = 46


class Telling:
    """Prints steps. `say` between them; `doing` changes what stands beside the spinner."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, markup=False, emoji=False)
        self._status: Status | None = None
        self._title = ""

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show that a step runs; a failure leaves a line with a cross."""
        started = time.monotonic()
        self._title = title
        try:
            if self.console.is_terminal:
                with self.console.status(Text(title)) as self._status:
                    yield
            else:
                yield
        except BaseException:
            self._line("✗", "red", title, time.monotonic() - started, "")
            raise
        finally:
            self._status = None

    def doing(self, what: str) -> None:
        """Say beside the spinner what the step waits for."""
        if self._status is not None:
            self._status.update(Text.assemble(self._title, ("  " + what, "dim")))

    def done(self, title: str, seconds: float, remark: str) -> None:
        """A step is done."""
        self._line("✓", "green", title, seconds, remark)

    def again(self, title: str, seconds: float, remark: str) -> None:
        """A step was done by an earlier run; the seconds are that run's."""
        self._line("·", "dim", title, seconds, remark or _("earlier"))

    def say(self, text: str = "") -> None:
        """A line of its own."""
        self.console.print(text, soft_wrap=True)

    def _line(self, mark: str, style: str, title: str, seconds: float, remark: str) -> None:
        gap = " " * max(1, _TITLE - cell_len(title))
        line = Text.assemble("  ", (mark, style), f" {title}{gap}{seconds:8.2f} s")
        if remark:
            line.append(f"   {remark}", style="dim")
        self.console.print(line, soft_wrap=True)
