"""A service that tells of itself, as tests want it to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from unittest import mock

from tests.support.example import EXAMPLE

from souk.provisioning.contract import (
    Credentials,
    Curve,
    Guest,
    Health,
    Interruption,
    LogLine,
    LogPart,
    Look,
    Metric,
    Panel,
    PendingUpdates,
    Reading,
    Statement,
    Wanted,
)

STARTED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class ExampleObserver:
    """Tells what a test sets; `asked` counts the looks."""

    health: Health = field(default_factory=lambda: Health(True))
    values: list[float | None] = field(default_factory=lambda: [12.0, 1000.0])
    running_since: datetime = STARTED
    ended: Interruption | None = None
    written: list[LogLine] = field(default_factory=list)
    slow: list[Statement] | None = None
    asked: int = 0
    waiting: PendingUpdates | None = None
    asks_queries: bool = True

    metrics = (
        Metric("connections", Reading.GAUGE, "", "Client connections that are open"),
        Metric("transactions", Reading.COUNTER, "", "Transactions committed or rolled back"),
    )
    panels = (
        Panel("connections", "Connections", "", (Curve("Open", "connections"),)),
        Panel("transactions", "Transactions a second", "", (Curve("Transactions", "transactions"),)),
    )

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        self.asked += 1
        return Look(self.health, self.values, self.running_since) if self.health.ok else Look(self.health)

    def interruption(self, guest: Guest, wanted: Wanted) -> Interruption | None:
        return self.ended

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart:
        guest.execute(["true"])
        begin = int(after or 0)
        part = self.written[begin : begin + 1000]
        return LogPart(part, str(begin + len(part)))

    def statements(self, guest: Guest, wanted: Wanted, most: int) -> list[Statement] | None:
        return self.slow

    def pending(self, guest: Guest, wanted: Wanted) -> PendingUpdates | None:
        return self.waiting


@contextmanager
def observed() -> Iterator[ExampleObserver]:
    """The example tells of itself, and a service that fails is asked again at once."""
    observer = ExampleObserver()
    with mock.patch.object(EXAMPLE, "observer", observer), mock.patch("souk.monitoring.looking.CONFIRM_AFTER", 0.0):
        yield observer
