"""Every room says everything in French and in Arabic."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo

from souk.settings.messages.catalogs import faults, read
from souk.settings.messages.extraction import template
from souk.settings.messages.rooms import LANGUAGES, Room, rooms

CATALOGS = [pytest.param(room, language, id=f"{room.name}-{language}") for room in rooms() for language in LANGUAGES]
#: Where French sets a thin space that does not break, and where typewriters left their marks.
UNTYPOGRAPHIC = re.compile(r" [;:!?»]|« |\w'\w|\"")


def said(room: Room, language: str) -> Iterator[tuple[Message, str]]:
    """Each translation of a room with its message, every plural form for itself."""
    for message in read(room.catalog(language), language):
        for form in [message.string] if isinstance(message.string, str) else message.string or []:
            if message.id:
                yield message, form


@pytest.mark.parametrize(("room", "language"), CATALOGS)
def test_nothing_is_missing_fuzzy_or_without_its_placeholders(room: Room, language: str) -> None:
    assert list(faults(room, language, template(room))) == []


@pytest.mark.parametrize(("room", "language"), CATALOGS)
def test_translations_compile_and_keep_what_is_filled_in(room: Room, language: str) -> None:
    catalog = read(room.catalog(language), language)
    write_mo(io.BytesIO(), catalog)
    assert [(message.id, errors) for message, errors in catalog.check()] == []


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_french_is_set_as_french_is_set(room: Room) -> None:
    assert [form for _, form in said(room, "fr") if UNTYPOGRAPHIC.search(form)] == []


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_arabic_uses_its_own_comma_semicolon_and_question_mark(room: Room) -> None:
    arabic = re.compile(r"[\u0621-\u064a][,;?]")
    assert [form for _, form in said(room, "ar") if arabic.search(form)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_message_has_one_translation_wherever_it_is_said(language: str) -> None:
    """Django merges the rooms' catalogs: of two translations, one would silently win."""
    meanings: dict[object, dict[object, list[str]]] = defaultdict(lambda: defaultdict(list))
    for room in rooms():
        if room.domain == "django":
            for message in read(room.catalog(language), language):
                if message.id and message.string:
                    meanings[message.id, message.context][message.string].append(room.name)
    assert {str(key): dict(texts) for key, texts in meanings.items() if len(texts) > 1} == {}
