"""How the installer speaks: one line per stage, with a tick and its seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

Progress = Callable[[float, str], None]
"""Report how much of a stage is done (0 to 1) and what it is doing."""

_BAR = 24


@dataclass
class Steps:
    """Runs stages and prints a line for each.

    On a terminal the running stage is shown with a bar where it reports progress; elsewhere (a log,
    a pipe) only finished stages are printed.
    """

    out: TextIO = field(default_factory=lambda: sys.stdout)

    def step(self, title: str, work: Callable[[Progress], str | None]) -> None:
        """Run `work`; what it returns is added to the line as a remark.

        Raises:
            Failure: whatever `work` raised, after a line with a cross.
        """
        started = time.monotonic()
        self._draw(f"  … {title}")

        def progress(fraction: float, doing: str) -> None:
            filled = round(_BAR * min(max(fraction, 0.0), 1.0))
            bar = "█" * filled + "░" * (_BAR - filled)
            self._draw(f"  … {title}  {bar} {fraction:4.0%}  {doing}")

        try:
            remark = work(progress)
        except BaseException:
            self._line("✗", title, started, None)
            raise
        self._line("✓", title, started, remark)

    def say(self, text: str = "") -> None:
        """Print a line of its own."""
        print(text, file=self.out, flush=True)

    def _line(self, mark: str, title: str, started: float, remark: str | None) -> None:
        seconds = time.monotonic() - started
        self._draw("")
        said = f"  {mark} {title:<34}{seconds:8.1f} s"
        self.say(f"{said}   {remark}" if remark else said)

    def _draw(self, text: str) -> None:
        if self.out.isatty():
            self.out.write(f"\r\x1b[2K{text[:110]}")
            self.out.flush()
