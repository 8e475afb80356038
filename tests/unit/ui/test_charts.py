"""Charts: the scale, the path, and the figures for those who can't see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils.translation import override

from souk.ui.charts import Chart, Series, draw

START = datetime(2026, 3, 1, tzinfo=UTC)


def chart(values: list[float], kind: str = "area", unit: str = "") -> Chart:
    points = [(START + timedelta(days=day), value) for day, value in enumerate(values)]
    return Chart("Disk", [Series("Used", points)], unit, kind=kind)


@pytest.mark.parametrize(
    ("highest", "unit", "ceiling"),
    [(3, "", 4), (9, "", 10), (0, "", 1), (0.07, "", 0.08), (101, "", 200), (3 * 1024**3, "bytes", 4 * 1024**3)],
)
def test_the_scale_ends_at_a_pleasant_number_above_the_highest_value(highest: float, unit: str, ceiling: float) -> None:
    assert draw(chart([0, highest], unit=unit)).ceiling == pytest.approx(ceiling)


def test_the_line_runs_from_edge_to_edge_and_higher_is_up() -> None:
    assert draw(chart([0, 5, 10])).lines == [(1, "M0.0 200.0L500.0 100.0L1000.0 0.0")]


def test_a_single_value_is_a_level_line() -> None:
    assert draw(chart([10])).lines == [(1, "M0.0 0.0L1000.0 0.0")]


def test_bars_of_two_series_stand_beside_each_other_within_their_slot() -> None:
    points = [(START, 5.0), (START + timedelta(days=1), 10.0)]
    bars = draw(Chart("x", [Series("a", points, 1), Series("b", points, 2)], kind="bar")).bars
    assert [bar.x for bar in bars] == ["90.0", "590.0", "250.0", "750.0"]
    assert bars[1].height == "200.0"


def test_at_most_five_instants_are_written_the_first_and_last_among_them() -> None:
    instants = draw(chart([1.0] * 30)).instants
    assert len(instants) == 5
    assert instants[0] == START
    assert instants[-1] == START + timedelta(days=29)


def test_every_value_is_also_in_a_table() -> None:
    with override("en"):
        page = Template("{% load souk %}{% usage_chart c 'disk' %}").render(Context({"c": chart([1.5, 2], unit="h")}))
    assert page.count("<td data-label") == 2
    assert "1.5\u00a0h" in page
    assert 'role="img" aria-labelledby="disk-title"' in page


def test_nothing_measured_is_said_and_not_drawn() -> None:
    with override("en"):
        page = Template("{% load souk %}{% usage_chart c 'cpu' %}").render(Context({"c": Chart("CPU", [])}))
    assert "Nothing was measured" in page
    assert "<svg viewBox" not in page


def test_a_line_is_broken_where_nothing_was_seen_and_a_value_that_stands_alone_is_seen() -> None:
    points = [(START + timedelta(days=day), value) for day, value in enumerate([5.0, 10.0, None, 10.0, None])]
    drawing = draw(Chart("Disk", [Series("Used", points)]))
    assert drawing.lines == [(1, "M0.0 100.0L250.0 0.0M750.0 0.0L1000.0 0.0")]
    assert drawing.areas[0][1].endswith("L250 200L0 200Z")
    assert drawing.areas[1][1].endswith("L1000 200L750 200Z")
    assert [value for mark in drawing.marks for _, value in mark.values] == [5.0, 10.0, None, 10.0, None]
