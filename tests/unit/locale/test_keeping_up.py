"""`souk-manage messages` brings a room's files up to date and loses no translator's work."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.core.management import CommandError, call_command

from souk.settings.locales import blueprint_locales
from souk.settings.messages.catalogs import faults, update
from souk.settings.messages.extraction import template
from souk.settings.messages.rooms import Room, rooms, sources


def messages(*texts: str) -> Catalog:
    catalog = Catalog()
    for text in texts:
        catalog.add(text, locations=[("souk/room/errors.py", 3)])
    return catalog


def translate(room: Room, text: str, translation: str) -> None:
    path = room.catalog("fr")
    path.write_text(path.read_text().replace(f'msgid "{text}"\nmsgstr ""', f'msgid "{text}"\nmsgstr "{translation}"'))


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room("room", tmp_path)


def test_a_new_message_is_added_and_counts_as_not_translated(room: Room) -> None:
    assert update(room, "fr", messages("A disk is full."))
    assert list(faults(room, "fr", messages("A disk is full."))) == ["room fr: not translated: 'A disk is full.'"]


def test_a_translated_message_is_kept_and_no_fault(room: Room) -> None:
    update(room, "fr", messages("A disk is full."))
    translate(room, "A disk is full.", "Un disque est plein.")
    assert update(room, "fr", messages("A disk is full.", "It is empty."))
    assert list(faults(room, "fr", messages("A disk is full."))) == []


def test_a_second_time_changes_nothing(room: Room) -> None:
    update(room, "ar", messages("A disk is full."))
    assert not update(room, "ar", messages("A disk is full."))


def test_a_message_nobody_says_any_more_is_kept_as_obsolete(room: Room) -> None:
    update(room, "fr", messages("A disk is full."))
    translate(room, "A disk is full.", "Un disque est plein.")
    update(room, "fr", messages("The disk is full."))
    content = room.catalog("fr").read_bytes()
    assert [message.string for message in read_po(io.BytesIO(content)).obsolete.values()] == ["Un disque est plein."]
    assert b"fuzzy" not in content


def test_a_translation_that_lost_what_is_filled_in_is_a_fault(room: Room) -> None:
    update(room, "fr", messages("{name} is full."))
    translate(room, "{name} is full.", "Le disque est plein.")
    assert list(faults(room, "fr", messages("{name} is full."))) == ["room fr: other placeholders: '{name} is full.'"]


def test_french_gets_the_spaces_and_apostrophes_that_keyboards_lack(room: Room) -> None:
    update(room, "fr", messages("Is “{name}” full?"))
    translate(room, "Is “{name}” full?", "L'espace « {name} » est-il plein ?")
    update(room, "fr", messages("Is “{name}” full?"))
    assert "L’espace «\u202f{name}\u202f» est-il plein\u202f?" in room.catalog("fr").read_text()


def test_a_room_that_says_nothing_gets_no_file(room: Room) -> None:
    assert not update(room, "fr", messages())
    assert not room.catalog("fr").exists()


def test_checking_writes_nothing_and_fails_with_what_is_missing(monkeypatch: pytest.MonkeyPatch, room: Room) -> None:
    from souk.settings.management.commands import messages as command

    monkeypatch.setattr(command, "rooms", lambda: [room])
    monkeypatch.setattr(command, "template", lambda _: messages("A disk is full."))
    with pytest.raises(CommandError, match=r"room fr: missing: 'A disk is full\.'"):
        call_command("messages", "--check")
    assert not room.catalog("fr").exists()


def test_an_unknown_room_is_refused() -> None:
    with pytest.raises(CommandError, match="No such room: cellar"):
        call_command("messages", "cellar")


def test_messages_are_found_in_python_templates_and_problems() -> None:
    said = {room.name: {message.id for message in template(room)} for room in rooms()}
    assert "Small or medium firm (TPME)" in said["parties"]
    assert "The service answers." in said["provisioning"]
    assert "Skip to the content" in said["ui"]
    assert "This password is not safe enough. {reasons}" in said["parties"]


def test_what_lies_in_no_room_is_kept_by_settings() -> None:
    settings = next(room for room in rooms() if room.name == "settings")
    assert "etags.py" in {path.name for path in sources(settings)}


def test_a_blueprints_translations_are_found_in_its_own_folder() -> None:
    (folder,) = (folder for folder in blueprint_locales() if folder.parent.name == "postgresql")
    assert (folder / "fr" / "LC_MESSAGES" / "django.po").exists()
