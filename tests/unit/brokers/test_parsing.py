"""Catalogs are read strictly: what does not fit names its place, and nothing else gets in."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.vendor import catalog

from souk.brokers.catalogs import parsing, schemas
from souk.brokers.catalogs.changes import changes
from souk.brokers.catalogs.parsing import Fault

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    """The example's catalog, with something else in it."""
    body = copy.deepcopy(catalog())
    change(body)
    return body


def plan(body: dict[str, Any]) -> dict[str, Any]:
    return body["services"][0]["plans"][0]


def parameters(body: dict[str, Any]) -> dict[str, Any]:
    return plan(body)["schemas"]["service_instance"]["create"]["parameters"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda body: body.pop("services"), "services"),
        (lambda body: body.update(services="all"), "services"),
        (lambda body: body["services"].append(body["services"][0]), "services[].id"),
        (lambda body: body["services"][0].update(id=""), "services[0].id"),
        (lambda body: body["services"][0].update(id="x" * 256), "services[0].id"),
        (lambda body: body["services"][0].update(name=7), "services[0].name"),
        (lambda body: body["services"][0].update(bindable="yes"), "services[0].bindable"),
        (lambda body: body["services"][0].update(plans=[]), "services[0].plans"),
        (lambda body: body["services"][0].update(description="a\x07b"), "services[0].description"),
        (lambda body: plan(body).update(maximum_polling_duration="long"), "maximum_polling_duration"),
        (lambda body: plan(body).update(maximum_polling_duration=True), "maximum_polling_duration"),
        (lambda body: plan(body)["metadata"].update(costs=[{"amount": {"mad": "9"}, "unit": "M"}]), "costs.amount"),
        (lambda body: plan(body)["metadata"].update(costs=[{"amount": {"mad": 1e99}, "unit": "M"}]), "costs.amount"),
        (lambda body: plan(body).update(maintenance_info={"version": 1}), "maintenance_info.version"),
        (lambda body: parameters(body)["properties"].update(x={"$ref": "http://inside/"}), "properties.x"),
        (lambda body: parameters(body)["properties"].update(x={"type": "object"}), "properties.x"),
        (lambda body: parameters(body)["properties"].update(x={"type": "string", "enum": [1]}), "enum"),
        (lambda body: parameters(body).update(required=["nothing"]), "required"),
        (lambda body: parameters(body).update(required=[{}]), "required"),
        (lambda body: parameters(body)["properties"].update(x={"type": ["string", "null"]}), "properties.x"),
        (lambda body: parameters(body).update(title="x" * 70_000), "parameters"),
    ],
)
def test_what_does_not_fit_names_its_place(change: Change, place: str) -> None:
    with pytest.raises(Fault, match=place.replace("[", r"\[").replace("]", r"\]")):
        parsing.parse(changed(change))


def test_what_could_compute_for_long_or_fetch_is_not_kept() -> None:
    parsed = parsing.parse(catalog())
    rule = parsed["services"][0]["plans"][0]["create"]["properties"]["greeting"]
    assert "pattern" not in rule
    assert rule["maxLength"] == 2000


def test_what_can_be_changed_is_what_the_schema_of_changes_names() -> None:
    parsed = parsing.parse(catalog())
    properties = schemas.of_plan(parsed["services"][0]["plans"][0])["properties"]
    assert (properties["greeting"].get("x-changeable"), properties["shards"].get("x-changeable")) == (True, None)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda body: None, []),
        (lambda body: body["services"][0]["plans"].pop(), ["plan_removed"]),
        (lambda body: body.update(services=[]), ["service_removed"]),
        (lambda body: plan(body).update(description="Other"), ["description"]),
        (lambda body: plan(body)["metadata"].update(costs=[]), ["costs"]),
        (lambda body: parameters(body)["properties"]["shards"].update(maximum=3), ["create", "create"]),
        (lambda body: plan(body).update(maintenance_info={"version": "2.0.0"}), ["maintenance"]),
        (lambda body: plan(body).update(id="another"), ["plan_removed", "plan_added"]),
    ],
)
def test_changes_are_told_one_by_one(change: Change, kinds: list[str]) -> None:
    before, after = parsing.parse(catalog()), parsing.parse(changed(change))
    assert [each.kind for each in changes(before, after)] == kinds


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "plans", "metadata", "schemas", "costs"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_whatever_a_broker_says_it_is_a_fault_or_a_catalog(value: object) -> None:
    try:
        parsed = parsing.parse({"services": [value]})
    except Fault:
        return
    assert parsed["services"]
