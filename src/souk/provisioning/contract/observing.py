"""What a service tells of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from souk.provisioning.contract.serving import Credentials, Guest, Health, Wanted


class Reading(StrEnum):
    """How a value is to be read: as it is, or as what was added since a moment before."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True)
class Metric:
    """A value that a service tells of itself. `unit` is bytes, seconds, percent, or empty for a plain number;
    `description` is a sentence in English, for monitoring systems.
    """

    key: str
    reading: Reading
    unit: str
    description: str


STORED = "stored_bytes"
"""The metric that says how many bytes of its customer's own data a service holds: where it is told, it is metered."""


@dataclass(frozen=True)
class Curve:
    """A line of a chart: a metric, a counter as its growth in a second. `label` is a message id.

    With `beside`, both counters' growth is added, and the line is the first one's share of it, in per cent.
    """

    label: str
    metric: str
    beside: str = ""


@dataclass(frozen=True)
class Panel:
    """A chart of curves that share a unit. `title` is a message id."""

    key: str
    title: str
    unit: str
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Look:
    """What one look from outside found: health; the values, in the order of the observer's `metrics`, None for what
    is not known; and since when the service's process has been running.
    """

    health: Health
    values: Sequence[float | None] = ()
    running_since: datetime | None = None


@dataclass(frozen=True)
class Interruption:
    """A service's process ended by itself at `since`, and its successor answered from `until` on."""

    since: datetime
    until: datetime


class Severity(StrEnum):
    """How grave a line of a log is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class LogLine:
    """A line that a service wrote into its log."""

    at: datetime
    severity: Severity
    text: str


@dataclass(frozen=True)
class LogPart:
    """A part of a log, oldest line first, and the `cursor` after which the next one begins."""

    lines: Sequence[LogLine]
    cursor: str


@dataclass(frozen=True)
class Statement:
    """A kind of query, its constants taken out: how often it ran, seconds in all, rows in all."""

    database: str
    text: str
    calls: int
    seconds: float
    rows: int


@dataclass(frozen=True)
class PendingUpdates:
    """Updates that a machine which keeps itself up to date knows of and has not installed: those that close holes, and
    others. `restart` says that what runs is older than what is installed. When it last `asked` what there is, and when
    what installs by itself last ran; None: never, or it is not known.
    """

    security: int
    others: int
    restart: bool
    asked: datetime | None
    installed: datetime | None


class Observer(Protocol):
    """What a blueprint adds whose services tell of themselves."""

    @property
    def asks_queries(self) -> bool:
        """Whether `statements` are told of its services."""

    @property
    def metrics(self) -> Sequence[Metric]:
        """What is told, in an order that stays: values are kept by their place. A new one comes last."""

    @property
    def panels(self) -> Sequence[Panel]:
        """How it is shown."""

    def look(self, wanted: Wanted, credentials: Credentials, authority: str) -> Look:
        """Use the service as `probe` does and read its values, on one connection, within a few seconds."""

    def interruption(self, guest: Guest, wanted: Wanted) -> Interruption | None:
        """The last time its process ended though nobody asked for that; None if it never did since it was started.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart | None:
        """What the service wrote into its log since a cursor (empty: since it was made), about `most` bytes of it;
        None if its kind keeps no log.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """

    def statements(self, guest: Guest, wanted: Wanted, most: int) -> Sequence[Statement] | None:
        """The `most` kinds of query that took longest in all since the service counts them; None if its kind has none.

        Raises:
            ConfigurationFailed: the service does not tell.
        """

    def pending(self, guest: Guest, wanted: Wanted) -> PendingUpdates | None:
        """Which updates wait in a machine that installs them itself; None if its kind is renewed from outside.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """


class OnlyLooks:
    """An observer that tells nothing but what it sees: a base for those that name only what they tell besides.
    `Observer` says what each means.
    """

    asks_queries = False

    def interruption(self, guest: Guest, wanted: Wanted) -> Interruption | None:
        """Nobody saw one."""
        del guest, wanted
        return None

    def log(self, guest: Guest, wanted: Wanted, after: str, most: int) -> LogPart | None:
        """There is none."""
        del guest, wanted, after, most
        return None

    def statements(self, guest: Guest, wanted: Wanted, most: int) -> Sequence[Statement] | None:
        """There are no queries."""
        del guest, wanted, most
        return None

    def pending(self, guest: Guest, wanted: Wanted) -> PendingUpdates | None:
        """It is renewed from outside."""
        del guest, wanted
        return None
