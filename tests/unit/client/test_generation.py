"""The client is what the document says, and the document says one thing by one name."""

from __future__ import annotations

from typing import Any

import pytest
from ninja.openapi.schema import OpenAPISchema

from souk.doors.rest.api import api
from souk.settings.openapi.generation import FOLDER, document, generated, stale
from souk.settings.openapi.kinds import kind
from souk.settings.openapi.methods import files


def test_the_client_is_what_the_api_says_now() -> None:
    behind = [str(path.relative_to(FOLDER)) for path in stale(generated())]
    assert behind == [], "The API has changed. Write its client anew: souk-manage client"


def test_no_two_schemas_of_the_document_share_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    shared: set[str] = set()

    def add(self: OpenAPISchema, definitions: dict[str, Any]) -> None:
        shared.update(name for name, schema in definitions.items() if told.setdefault(name, schema) != schema)
        self.schemas.update(definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", add)
    api.get_openapi_schema()
    assert len(told) > 100
    assert shared == set(), "Give one of them another name: the document knows a schema by its name alone."


def test_headers_are_called_as_http_calls_them() -> None:
    operation = document()["paths"]["/api/v1/orders"]["post"]
    assert [each["name"] for each in operation["parameters"]] == ["Idempotency-Key"]


def test_every_operation_may_answer_a_problem() -> None:
    operations = [each for path in document()["paths"].values() for each in path.values()]
    assert all("application/problem+json" in each["responses"]["default"]["content"] for each in operations)


def _method(operation: dict[str, Any], path: str = "/api/v1/things/{thing}", verb: str = "get") -> str:
    told = {"operationId": "getThing", "tags": ["Things"], "summary": "Thing", "description": "A thing.", **operation}
    page = {"properties": {"items": {"type": "array", "items": {"type": "string"}}, "next": {"type": "string"}}}
    return files({"paths": {path: {verb: told}}, "components": {"schemas": {"Page": page}}})["things.py"]


def test_a_list_in_pages_is_an_iterator() -> None:
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}}
    asked = [{"in": "query", "name": name, "schema": {"type": "string"}} for name in ("after", "limit", "q")]
    text = _method({"responses": answer, "parameters": asked}, "/api/v1/things")
    assert "def get_thing(self, *, limit: int = 100, q: str | None = None) -> Iterator[str]:" in text
    assert 'return self._rows(path("things"), limit, {"q": q})' in text


def test_a_file_is_a_download_and_one_in_parts_is_saved() -> None:
    content = {"content": {"application/pdf": {}}}
    assert "def get_thing(self, thing: str) -> Download:" in _method({"responses": {"200": content}})
    parts = _method({"responses": {"200": content, "206": content}})
    assert "def get_thing(self, thing: str, target: Path, tag: str) -> None:" in parts


def test_nothing_is_answered_with_nothing() -> None:
    assert "def get_thing(self, thing: str) -> None:" in _method({"responses": {"204": {}}}, verb="delete")


def test_an_answer_that_may_be_nothing_says_so() -> None:
    answer = {"content": {"application/json": {"schema": {"type": "string"}}}}
    assert "-> str | None:" in _method({"responses": {"200": answer, "204": {}}})


def test_something_read_has_to_say_what_it_is() -> None:
    with pytest.raises(ValueError, match="getThing"):
        _method({"responses": {"200": {}}})


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "array", "items": {"$ref": "#/components/schemas/Page_OrderRow_"}}, "list[models.PageOrderRow]"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "int | None"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "dict[str, float]"),
        ({"type": "object", "additionalProperties": True}, "dict[str, Any]"),
        ({"enum": ["a", "b"], "type": "string"}, "Literal['a', 'b']"),
        ({"title": "Anything"}, "Any"),
    ],
)
def test_a_schema_is_written_as_python_does(schema: dict[str, Any], written: str) -> None:
    assert kind(schema) == written


def test_a_form_that_is_not_known_is_refused_instead_of_guessed() -> None:
    with pytest.raises(ValueError, match="type of its own"):
        kind({"oneOf": []})
