"""`-p key=value` against a JSON Schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from souk.cli.errors import Stopped
from souk.cli.parameters import plain, read

SCHEMA = {
    "properties": {
        "text": {"type": "string"},
        "whole": {"type": "integer"},
        "share": {"type": "number"},
        "on": {"type": "boolean"},
        "words": {"type": "array", "items": {"type": "string"}},
        "ports": {"type": "array", "items": {"type": "integer"}},
        "maybe": {"type": ["integer", "null"]},
        "tree": {"type": "object"},
        "untyped": {},
    }
}


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("text=a=b", "a=b"),
        ("text=", ""),
        ("whole=-3", -3),
        ("share=0.5", 0.5),
        ("on=true", True),
        ("on=No", False),
        ("words=a, b,", ["a", "b"]),
        ("words=", []),
        ('words=["a,b"]', ["a,b"]),
        ("ports=1,2", [1, 2]),
        ("maybe=null", None),
        ("maybe=4", 4),
        ('tree={"a": 1}', {"a": 1}),
        ("untyped=x", "x"),
    ],
)
def test_a_value_becomes_what_the_schema_asks_for(pair: str, value: object) -> None:
    assert read([pair], SCHEMA) == {pair.partition("=")[0]: value}


@pytest.mark.parametrize(
    "pair", ["whole=x", "whole=1.5", "on=perhaps", "ports=a", "tree={", "words=[", "lonely", "no=1"]
)
def test_what_does_not_fit_is_refused_with_a_sentence(pair: str) -> None:
    with pytest.raises(Stopped) as refused:
        read([pair], SCHEMA)
    assert str(refused.value).endswith(".")


def test_without_pairs_there_is_nothing_to_send() -> None:
    assert read([], SCHEMA) == {}


def test_a_value_comes_from_a_file_and_an_arrays_from_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("one, still one\n\ntwo\n")
    given = read([f"text=@{file}", f"words=@{file}"], SCHEMA)
    assert given == {"text": "one, still one\n\ntwo\n", "words": ["one, still one", "two"]}


@pytest.mark.parametrize(("content", "why"), [(None, "No such file"), (b"\xff\xfe\x00", "it is no text")])
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, content: bytes | None, why: str) -> None:
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    with pytest.raises(Stopped, match=why):
        read([f"text=@{tmp_path / 'file'}"], SCHEMA)


def test_without_a_schema_a_file_is_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("one\n\ntwo\n")
    assert plain([f"keys=@{file}", "pool=off"]) == {"keys": ["one", "two"], "pool": "off"}
