"""Usage over time as SVG drawn by the server: no script, no inline style, readable by a screen reader."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

Text = str | Promise

#: Drawing units; the picture is stretched to its box, lines keep their width.
WIDTH, HEIGHT = 1000, 200


@dataclass(frozen=True)
class Series:
    """Values over time, oldest first, None where nothing was seen. `tone` is 1 to 4 and picks the colour."""

    name: Text
    points: Sequence[tuple[datetime, float | None]]
    tone: int = 1


@dataclass(frozen=True)
class Chart:
    """Up to four series that share their instants.

    `kind` is area, line or bar; `unit` is bytes or a plain word;
    `style` is how instants are written: date, time, datetime or month.
    """

    title: Text
    series: Sequence[Series]
    unit: str = ""
    kind: str = "area"
    style: str = "date"
    description: Text = ""


@dataclass(frozen=True)
class Mark:
    """The strip of one instant: where it lies, and every series' value there."""

    x: str
    width: str
    at: datetime
    values: Sequence[tuple[Series, float | None]]


@dataclass(frozen=True)
class Bar:
    """A bar's rectangle."""

    x: str
    y: str
    width: str
    height: str
    tone: int


@dataclass(frozen=True)
class Drawing:
    """A chart worked out: scale, paths and marks, ready for the template."""

    ceiling: float
    ticks: Sequence[float]
    lines: Sequence[tuple[int, str]]
    areas: Sequence[tuple[int, str]]
    bars: Sequence[Bar]
    marks: Sequence[Mark]
    instants: Sequence[datetime] = field(default_factory=tuple)


def draw(chart: Chart) -> Drawing:
    """Work out a chart's drawing."""
    highest = max((value or 0.0 for series in chart.series for _, value in series.points), default=0.0)
    ceiling = _ceiling(highest, binary=chart.unit == "bytes")
    times = [at for at, _ in chart.series[0].points] if chart.series else []
    lines, areas = [], []
    if chart.kind != "bar":
        for series in chart.series:
            stretches = _stretches(series, ceiling)
            lines.append((series.tone, "".join(map(_path, stretches))))
            if chart.kind == "area":
                areas += [(series.tone, _area(stretch)) for stretch in stretches]
    return Drawing(
        ceiling=ceiling,
        ticks=[ceiling * part / 4 for part in (4, 3, 2, 1, 0)],
        lines=lines,
        areas=areas,
        bars=_bars(chart, ceiling) if chart.kind == "bar" else [],
        marks=_marks(chart, times),
        instants=_labels(times),
    )


def _ceiling(highest: float, *, binary: bool) -> float:
    """The smallest pleasant number that is not below `highest`."""
    if highest <= 0:
        return 1.0
    base = 1024.0 ** math.floor(math.log(highest, 1024)) if binary and highest >= 1024 else 1.0
    scaled = highest / base
    power = 10.0 ** math.floor(math.log10(scaled))
    step = next(step for step in (1, 2, 4, 5, 8, 10) if scaled <= step * power * (1 + 1e-9))
    return float(step * power * base)


def _stretches(series: Series, ceiling: float) -> list[list[tuple[float, float]]]:
    """Where the line runs, in one piece for each time without a gap; what stands alone gets a step's length."""
    last = max(len(series.points) - 1, 1)
    stretches: list[list[tuple[float, float]]] = [[]]
    for index, (_, value) in enumerate(series.points):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append((WIDTH * index / last, HEIGHT * (1 - value / ceiling)))
    found = [stretch for stretch in stretches if stretch]
    return [_lengthened(stretch, WIDTH / last) if len(stretch) == 1 else stretch for stretch in found]


def _lengthened(stretch: list[tuple[float, float]], step: float) -> list[tuple[float, float]]:
    ((x, y),) = stretch
    return [(x, y), (x + step, y)] if x + step <= WIDTH else [(x - step, y), (x, y)]


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _area(places: Sequence[tuple[float, float]]) -> str:
    """The area below a stretch."""
    return f"{_path(places)}L{places[-1][0]:.0f} {HEIGHT}L{places[0][0]:.0f} {HEIGHT}Z"


def _bars(chart: Chart, ceiling: float) -> list[Bar]:
    bars = []
    for place, series in enumerate(chart.series):
        slot = WIDTH / max(len(series.points), 1)
        width = slot * 0.64 / len(chart.series)
        for index, (_, value) in enumerate(series.points):
            height = HEIGHT * (value or 0.0) / ceiling
            x = slot * index + slot * 0.18 + width * place
            bars.append(Bar(f"{x:.1f}", f"{HEIGHT - height:.1f}", f"{width:.1f}", f"{height:.1f}", series.tone))
    return bars


def _marks(chart: Chart, times: Sequence[datetime]) -> list[Mark]:
    count = len(times)
    if not count:
        return []
    slot = WIDTH / (count if chart.kind == "bar" else max(count - 1, 1))
    shift = 0 if chart.kind == "bar" else slot / 2
    return [
        Mark(
            x=f"{max(slot * index - shift, 0):.1f}",
            width=f"{slot:.1f}",
            at=at,
            values=[(series, series.points[index][1]) for series in chart.series if index < len(series.points)],
        )
        for index, at in enumerate(times)
    ]


def _labels(times: Sequence[datetime]) -> list[datetime]:
    """At most five instants, evenly spread, the first and last among them."""
    if len(times) <= 5:
        return list(times)
    return [times[round(index * (len(times) - 1) / 4)] for index in range(5)]
