"""A figure says what it was measured beside, and whether it is where it should be."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from support.figures import Figure, Target, publish, significant
from support.pairs import Pairs, alternate


def figure(**changes: Any) -> Figure:
    values: dict[str, Any] = {
        "name": "a thing",
        "figure": 2.0,
        "unit": "s",
        "floor": 1.0,
        "floor_is": "nothing around it",
        "ratio": 2.0,
        **changes,
    }
    return Figure(**values)


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target("figure", 2.0), True),
        (Target("figure", 1.9), False),
        (Target("ratio", 2.1, at_least=True), False),
        (Target("statements", 1), True),
    ],
)
def test_a_target_judges_the_value_it_names(target: Target, met: bool) -> None:
    (told,) = figure(targets=[target], details={"statements": 1}).told()["targets"]
    assert told["met"] is met


def test_a_detail_cannot_hide_the_figure_it_belongs_to() -> None:
    (told,) = figure(targets=[Target("figure", 3)], details={"figure": 99}).told()["targets"]
    assert told["value"] == 2.0


def test_what_is_printed_is_a_list_of_figures_with_command_commit_and_machine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish([figure(), figure(name="another")], os.getloadavg())
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == ["a thing", "another"]
    for row in rows:
        assert {"figure", "unit", "floor", "ratio", "command", "commit", "machine"} <= set(row)
        assert len(row["machine"]["load_before"]) == 3


def test_a_missed_target_is_told_and_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    publish([figure(targets=[Target("figure", 1)])], os.getloadavg())
    assert json.loads(capsys.readouterr().out)[0]["targets"][0]["met"] is False


def test_a_measurement_is_not_told_with_more_digits_than_it_has() -> None:
    assert [significant(value) for value in (1234.5678, 0.00012345)] == [1235.0, 0.0001234]


def test_pairs_take_turns_at_going_first() -> None:
    order: list[str] = []

    def measure(name: str, value: float) -> float:
        order.append(name)
        return value

    measured = alternate(3, lambda: measure("ours", 2.0), lambda: measure("floor", 1.0))
    assert order == ["ours", "floor", "floor", "ours", "ours", "floor"]
    assert (measured.figure, measured.floor, measured.ratio) == (2.0, 1.0, 2.0)


def test_the_ratio_is_the_pairs_and_not_the_medians() -> None:
    """A machine that slows down for a whole pair slows both of it."""
    assert Pairs(ours=[2.0, 20.0, 2.2], floors=[1.0, 10.0, 2.0]).ratio == 2.0
