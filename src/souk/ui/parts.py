"""Plain values that components show: crumbs, tabs, steps, events, facets, plans, menu items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.functional import Promise

from souk.kernel.money import Money

Text = str | Promise


@dataclass(frozen=True)
class Crumb:
    """A step on the way from the start to this page; the last has no address."""

    label: Text
    url: str = ""


@dataclass(frozen=True)
class Tab:
    """A part of a page that has its own address."""

    label: Text
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Step:
    """A step of something long: `state` is done, current, todo or failed."""

    label: Text
    state: str = "todo"
    detail: Text = ""


@dataclass(frozen=True)
class LogLine:
    """A line of a log that its customer may read; `tone` is info, ok, warn or bad, `style` how its instant is
    written.
    """

    at: datetime
    text: Text
    tone: str = "info"
    style: str = "time"


@dataclass(frozen=True)
class Event:
    """Something that happened, on a timeline; `style` is how its instant is written."""

    at: datetime
    title: Text
    detail: Text = ""
    actor: str = ""
    icon: str = "circle-dot"
    tone: str = "idle"
    style: str = "datetime"


@dataclass(frozen=True)
class Facet:
    """A choice beside a search box: all values of one parameter, the empty value meaning any."""

    name: str
    label: Text
    choices: Sequence[tuple[str, Text]]
    value: str = ""


@dataclass(frozen=True)
class Plan:
    """A plan to pick. `features` are short lines; `unavailable` says why it can't be had, if so."""

    value: str
    name: Text
    month: Money | None = None
    hour: Decimal | None = None
    currency: str = "MAD"
    features: Sequence[Text] = ()
    badge: Text = ""
    unavailable: Text = ""


@dataclass(frozen=True)
class Offer:
    """An offering as a card on the market place. `month` is the price it starts from."""

    url: str
    name: Text
    summary: Text
    icon: str = "package"
    vendor: str = ""
    month: Money | None = None
    tags: Sequence[Text] = ()
