"""Promises that can be seen without running a blueprint: each is missed when it is broken."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from souk.kit import form
from souk.kit.finding import Absent, Broken
from souk.provisioning.contract import Blueprint, Size


def _spoilt(blueprint: Blueprint, **other: Any) -> Any:
    """A blueprint in which one thing is another."""
    kind = type(blueprint)
    return type(kind.__name__, (kind,), {"__module__": kind.__module__, **other})()


def _broken(blueprint: Any, promise: str, entry_point: str = "gazette") -> str:
    """What is said of the one promise that is broken: the others are kept."""
    said = {}
    for name, look in form.checks(blueprint, entry_point):
        try:
            look()
        except Broken as broken:
            said[name] = str(broken)
        except Absent:
            pass
    assert list(said) == [promise]
    return said[promise]


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"key": "Gazette"}, "Gazette"),
        ({"prefix": "g"}, "prefix"),
        ({"port": 0}, "port"),
        ({"prefix": "ex"}, "“example” has the prefix"),
    ],
)
def test_names_of_somebody_else_s_or_of_no_use(blueprint: Blueprint, other: dict[str, Any], word: str) -> None:
    spoilt = _spoilt(blueprint, **other)
    assert word in _broken(spoilt, "Its names are its own", entry_point=spoilt.key)


def test_an_entry_point_that_is_called_otherwise(blueprint: Blueprint) -> None:
    assert "journal" in _broken(blueprint, "Its names are its own", entry_point="journal")


def _missing(_: object) -> Any:
    raise AttributeError


def test_a_part_of_the_contract_that_is_missing(blueprint: Blueprint) -> None:
    assert "probe" in _broken(_spoilt(blueprint, probe=property(_missing)), "It answers all of the contract")


def _schema(blueprint: Blueprint, change: Callable[[dict[str, Any]], object]) -> Any:
    schema: dict[str, Any] = copy.deepcopy(dict(blueprint.schema()))
    change(schema)
    return _spoilt(blueprint, schema=staticmethod(lambda: schema))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda schema: schema.update(type=7), "no JSON Schema"),
        (lambda schema: schema.pop("additionalProperties"), "additionalProperties"),
        (lambda schema: schema["properties"]["words"].pop("title"), "title"),
        (lambda schema: schema.update(examples=[{"words": 7}]), "words"),
        (lambda schema: schema.update(required=["colour"]), "colour"),
    ],
)
def test_parameters_that_a_form_could_not_ask_for(
    blueprint: Blueprint, change: Callable[[dict[str, Any]], object], word: str
) -> None:
    promise = "Its parameters are a JSON Schema with an example that fits"
    assert word in _broken(_schema(blueprint, change), promise)


def test_a_text_that_nobody_translated(blueprint: Blueprint) -> None:
    def change(schema: dict[str, Any]) -> None:
        schema["properties"]["words"]["title"] = "Words that nobody knows"

    assert "Words that nobody knows" in _broken(
        _schema(blueprint, change), "Its parameters are told in French and Arabic"
    )


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ({"texts": {"fr": {"name": "a", "summary": "b", "description": "c"}}}, "ar"),
        ({"plans": ()}, "plans"),
    ],
)
def test_an_offering_that_lacks_something(blueprint: Blueprint, other: dict[str, Any], word: str) -> None:
    offering = blueprint.starting_offering
    assert offering is not None
    spoilt = _spoilt(blueprint, starting_offering=replace(offering, **other))
    assert word in _broken(spoilt, "It is offered in three languages and three sizes")


def test_a_month_that_costs_more_than_its_hours(blueprint: Blueprint) -> None:
    offering = blueprint.starting_offering
    assert offering is not None
    dear = [replace(plan, per_month="10000.00") for plan in offering.plans]
    spoilt = _spoilt(blueprint, starting_offering=replace(offering, plans=tuple(dear)))
    assert "672" in _broken(spoilt, "It is offered in three languages and three sizes")


def test_a_machine_that_gets_less_than_was_sold(blueprint: Blueprint) -> None:
    def limits(size: Size) -> Any:
        return replace(blueprint.limits(size), memory=size.memory - 1)

    assert "less" in _broken(_spoilt(blueprint, limits=staticmethod(limits)), "Larger plans get more of the machine")


def test_a_program_that_is_not_among_the_image_s_files(blueprint: Blueprint) -> None:
    recipe = replace(blueprint.recipe, executables=("usr/lib/souk/nowhere",))
    assert "nowhere" in _broken(_spoilt(blueprint, recipe=recipe), "Its image's recipe can be read")
