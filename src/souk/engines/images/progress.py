"""How far a build is: a fraction and a sentence, read from what mmdebstrap and dpkg say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress

Progress = Callable[[float, str], None]
"""Called with a fraction from 0 to 1, never going back, and what is being done."""

_INSTALLED = re.compile(r"(\d+) newly installed")
_STEPS = ("Get:", "Unpacking ", "Setting up ")
_START, _END = 0.05, 0.85


def silent(fraction: float, sentence: str) -> None:
    """A progress callback that shows nothing."""


class Meter:
    """Turns mmdebstrap's log lines into progress between 5 % and 85 %.

    Each package makes three lines (downloaded, unpacked, set up); how many packages there are is known from
    apt once it has solved each of its two installations, and guessed until then.
    """

    def __init__(self, report: Progress, *, guess: int) -> None:
        self._report = report
        self._expected = guess * len(_STEPS)
        self._announced = 0
        self._seen = 0
        self._shown = _START

    def read(self, line: str) -> None:
        """Take one line of output."""
        if announced := _INSTALLED.search(line):
            self._announced += int(announced[1]) * len(_STEPS)
            self._expected = max(self._expected, self._announced)
        elif line.startswith(_STEPS):
            self._seen += 1
            self._show(line)

    def _show(self, line: str) -> None:
        done = min(1.0, self._seen / max(1, self._expected))
        self._shown = max(self._shown, _START + (_END - _START) * done)
        self._report(self._shown, _sentence(line))


def _sentence(line: str) -> str:
    if line.startswith("Get:"):
        parts = line.split()
        return f"Downloading {parts[4]}" if len(parts) > 4 else "Downloading"
    verb, package = line.split(" ", 1) if line.startswith("Unpacking") else ("Setting up", line[len("Setting up ") :])
    return f"{verb} {package.split()[0].rstrip(':')}"


@contextmanager
def bar(title: str) -> Iterator[Progress]:
    """A progress bar on standard error; where that is no terminal, one line for every tenth of the way."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(console, title)
        return
    columns = (TextColumn("{task.fields[title]}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    with RichProgress(*columns, TimeElapsedColumn(), console=console, transient=False) as shown:
        task = shown.add_task("", total=1.0, title=title)
        yield lambda fraction, sentence: shown.update(task, completed=fraction, description=sentence)


def _lines(console: Console, title: str) -> Progress:
    tenth = -1

    def report(fraction: float, sentence: str) -> None:
        nonlocal tenth
        if int(fraction * 10) > tenth:
            tenth = int(fraction * 10)
            console.print(f"{title}: {fraction:.0%} {sentence}", highlight=False)

    return report
