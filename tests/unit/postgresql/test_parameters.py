"""What a customer may choose."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from souk.blueprints.databases import databases
from souk.blueprints.postgresql import BLUEPRINT
from souk.blueprints.postgresql.parameters import parameters_schema

VALIDATOR = Draft202012Validator(parameters_schema())


def test_the_schema_is_a_schema_and_its_defaults_are_valid() -> None:
    Draft202012Validator.check_schema(parameters_schema())
    defaults = {key: rule["default"] for key, rule in parameters_schema()["properties"].items()}
    assert VALIDATOR.is_valid(defaults)


@pytest.mark.parametrize("name", ["app", "boutique_2024", "a" * 63])
def test_sensible_database_names_are_taken(name: str) -> None:
    assert VALIDATOR.is_valid({"databases": [name]})


@pytest.mark.parametrize(
    "name",
    ["", "postgres", "template0", "template1", "pg_data", "Été", "9lives", "a-b", "a" * 64, 'x"; drop', "app\n"],
)
def test_reserved_and_strange_database_names_are_refused(name: str) -> None:
    assert not VALIDATOR.is_valid({"databases": [name]})


@pytest.mark.parametrize(
    "parameters",
    [
        {"databases": []},
        {"databases": ["app", "app"]},
        {"databases": [f"b{number}" for number in range(51)]},
        {"extensions": ["file_fdw"]},
        {"version": "9.6"},
        {"superuser": True},
    ],
)
def test_what_is_not_offered_is_refused(parameters: dict[str, object]) -> None:
    assert not VALIDATOR.is_valid(parameters)


def test_the_first_database_is_the_one_credentials_name() -> None:
    assert BLUEPRINT.credentials({"databases": ["boutique", "compta"]}, "p").database == "boutique"
    assert databases({}) == ["app"]


def test_an_older_version_has_what_debian_has_for_it_and_waits_for_nobody() -> None:
    assert VALIDATOR.is_valid({"version": "15", "extensions": ["hstore"]})
    assert VALIDATOR.is_valid({"version": "17", "extensions": ["vector"]})
    assert not VALIDATOR.is_valid({"version": "15", "extensions": ["vector"]})
    assert BLUEPRINT.warmer is not None
    assert BLUEPRINT.warmer.suits({"version": "17"})
    assert not BLUEPRINT.warmer.suits({"version": "15"})


def test_versions_are_told_with_their_end_the_newest_first() -> None:
    assert BLUEPRINT.upgrader is not None
    found = list(BLUEPRINT.upgrader.versions)
    assert [each.number for each in found] == parameters_schema()["properties"]["version"]["enum"]
    assert found == sorted(found, key=lambda each: each.ends_on, reverse=True)
    assert all(each.source.startswith("https://www.postgresql.org/") for each in found)
