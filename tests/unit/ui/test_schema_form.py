"""A form made from a JSON Schema, and the JSON read back."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.utils.translation import override

from souk.ui.schema_form import SchemaForm, canonical
from souk.ui.tags.forms import form_fields

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version", "databases"],
    "additionalProperties": False,
    "properties": {
        "version": {"type": "string", "enum": ["16", "17"], "default": "17"},
        "replicas": {"type": "integer", "enum": [1, 2, 3]},
        "databases": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
            "minItems": 1,
            "uniqueItems": True,
        },
        "extensions": {"type": "array", "items": {"enum": ["postgis", "vector"]}},
        "connections": {"type": "integer", "minimum": 10, "maximum": 500},
        "ratio": {"type": "number", "exclusiveMinimum": 0},
        "public": {"type": "boolean"},
        "note": {"type": "string", "maxLength": 10},
        "engine": {"const": "postgresql"},
    },
}


def read(posted: str) -> SchemaForm:
    form = SchemaForm(SCHEMA, QueryDict(posted))
    form.is_valid()
    return form


@pytest.fixture(autouse=True)
def french() -> Any:
    with override("fr"):
        yield


FOLDING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "title": "Kind"},
        "seconds": {"type": "integer", "title": "Seconds", "maximum": 300, "default": 30, "x-advanced": True},
    },
}


def test_what_most_do_well_without_is_folded_until_something_is_wrong_with_it() -> None:
    html = form_fields(SchemaForm(FOLDING))
    usual, folded = html.split("<details", 1)
    assert "p-kind" in usual
    assert "p-seconds" not in usual
    assert "p-seconds" in folded
    assert '<details class="sk-details" open>' not in html
    wrong = form_fields(SchemaForm(FOLDING, QueryDict("p-seconds=301")))
    assert '<details class="sk-details" open>' in wrong
    assert "<details" not in form_fields(SchemaForm(SCHEMA))


def test_every_kind_of_value_comes_back_with_its_json_type() -> None:
    form = read(
        "p-version=16&p-replicas=2&p-databases=compta%0D%0Apaie&p-extensions=vector&p-connections=50"
        "&p-ratio=0,5&p-public=on&p-note=bonjour"
    )
    assert form.errors == {}
    assert form.values == {
        "version": "16",
        "replicas": 2,
        "databases": ["compta", "paie"],
        "extensions": ["vector"],
        "connections": 50,
        "ratio": 0.5,
        "public": True,
        "note": "bonjour",
    }


def test_what_is_left_empty_is_left_out_so_that_defaults_hold() -> None:
    form = read("p-version=&p-databases=compta")
    assert form.errors == {}
    assert form.values == {"databases": ["compta"], "public": False}


def test_numbers_may_be_typed_in_arabic_digits() -> None:
    assert read("p-databases=a&p-connections=٥٠").values["connections"] == 50


@pytest.mark.parametrize(
    ("posted", "field", "sentence"),
    [
        ("p-databases=a&p-connections=5", "connections", "Au moins 10."),
        ("p-databases=a&p-connections=501", "connections", "Au plus 500."),
        ("p-databases=a&p-ratio=0", "ratio", "Plus de 0."),
        ("p-databases=a&p-note=beaucoup+trop+long", "note", "Au plus 10 caractères."),
        ("p-databases=Compta+2026", "databases", "Cela n’a pas la forme attendue."),
        ("p-databases=a%0Aa", "databases", "Chaque valeur ne peut être donnée qu’une fois."),
    ],
)
def test_a_fault_is_told_on_its_field_in_a_sentence(posted: str, field: str, sentence: str) -> None:
    form = read(posted)
    assert form.errors[field] == [sentence]
    assert form.values == {}


@pytest.mark.parametrize(
    ("posted", "field"),
    [("", "databases"), ("p-databases=a&p-version=15", "version"), ("p-databases=a&p-connections=x", "connections")],
)
def test_what_a_browser_would_not_send_is_refused_all_the_same(posted: str, field: str) -> None:
    assert field in read(posted).errors


def test_a_parameter_that_is_not_in_the_schema_never_gets_through() -> None:
    form = read("p-databases=a&p-root=yes&p-engine=oracle")
    assert "root" not in form.values
    assert "engine" not in form.values


def test_a_vendors_description_cannot_bring_markup_into_the_page() -> None:
    from django.template import Context, Template

    schema = {"properties": {"x": {"type": "string", "description": "<b>bold</b>", "title": "<i>x</i>"}}}
    page = Template("{% load souk %}{% form_fields form %}").render(Context({"form": SchemaForm(schema)}))
    assert "<b>" not in page
    assert "<i>" not in page


def test_the_same_choices_in_another_order_are_the_same_text() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'


DOCUMENT: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string", "contentMediaType": "text/plain", "maxLength": 40, "default": ""}},
}


def test_a_document_keeps_its_lines_and_how_they_are_indented() -> None:
    form = SchemaForm(DOCUMENT, {"p-text": "#cloud-config\r\na:\r\n  - b\r\n"})
    assert form.is_valid()
    assert form.values == {"text": "#cloud-config\na:\n  - b\n"}


@pytest.mark.parametrize("text", ["", "  \r\n "])
def test_a_document_that_is_empty_is_left_out(text: str) -> None:
    form = SchemaForm(DOCUMENT, {"p-text": text})
    assert form.is_valid()
    assert form.values == {}
