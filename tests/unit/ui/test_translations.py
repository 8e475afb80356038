"""Every sentence of the console is there in French and in Arabic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOM = Path(__file__).resolve().parents[3] / "src" / "souk" / "ui"
PLACEHOLDER = re.compile(r"%\([a-z]+\)[sd]")


def catalog(language: str) -> Catalog:
    with (ROOM / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> Iterator[Message]:
    return (message for message in catalog(language) if message.id)


def forms(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_sentence_is_left_untranslated_and_no_placeholder_lost(language: str) -> None:
    for message in messages(language):
        wanted = set(PLACEHOLDER.findall(forms(message.id)[-1]))
        for text in forms(message.string):
            assert text, message.id
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_sentence_a_template_or_module_uses_is_in_the_catalogue(language: str) -> None:
    known = {form for message in messages(language) for form in forms(message.id)}
    quoted = r"""(["'])(.+?)\1"""
    for path in ROOM.rglob("*.html"):
        for _, text in re.findall(r"{%\s*translate\s+" + quoted, path.read_text()):
            assert text in known, (path.name, text)


def test_french_and_arabic_have_the_same_sentences() -> None:
    assert {(m.id, m.context) for m in messages("fr")} == {(m.id, m.context) for m in messages("ar")}
