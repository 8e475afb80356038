"""A parameter that does not fit is named, and what would fit is said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import translation

from souk.provisioning.contract import Abilities, Unfit
from souk.provisioning.errors import InvalidParameters
from souk.provisioning.schema import complete

BLUEPRINT = Abilities()
SCHEMA = {
    "type": "object",
    "properties": {
        "flavour": {"type": "string", "enum": ["plain", "mint"], "default": "plain"},
        "names": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}},
        "size": {"type": "integer", "minimum": 1},
    },
    "required": ["size"],
    "additionalProperties": False,
}


def test_defaults_are_filled_in() -> None:
    assert complete(SCHEMA, {"size": 2}, BLUEPRINT.check) == {"size": 2, "flavour": "plain"}


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"size": 2, "flavour": "salt"}, "The parameter /flavour is not valid. Choose one of: plain, mint."),
        ({"size": 0}, "The parameter /size is not valid. At least 1."),
        ({}, "The parameter /size is not valid. This field is needed."),
        ({"size": 2, "colour": 1}, "The parameter /colour is not valid. There is a parameter that does not exist."),
        (
            {"size": 2, "names": ["a", "B"]},
            "The parameter /names/1 is not valid. This does not have the expected form.",
        ),
    ],
)
def test_the_parameter_at_fault_is_named_with_what_would_fit(parameters: dict[str, Any], told: str) -> None:
    with translation.override("en"), pytest.raises(InvalidParameters) as caught:
        complete(SCHEMA, parameters, BLUEPRINT.check)
    with translation.override("en"):
        assert caught.value.sentence == told


def test_what_a_schema_can_not_say_is_told_the_same_way() -> None:
    def check(given: Mapping[str, Any]) -> None:
        raise Unfit("size", "At least 1.", least=given["size"])

    with translation.override("en"), pytest.raises(InvalidParameters) as caught:
        complete(SCHEMA, {"size": 2}, check)
    assert caught.value.details == {"pointer": "/size", "reason": "At least 1."}
