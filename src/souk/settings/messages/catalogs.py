"""A room's translations on disk: brought up to date, and judged."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from souk.settings.messages.rooms import Room

_NAMES = {"fr": "French", "ar": "Arabic"}
_PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
    " : n%100>=11 && n%100<=99 ? 4 : 5);",
}
# Without the dates and addresses that make every version of a file differ from the last.
_HEADER = """{comment}
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_THIN_SPACE = re.compile(r" (?=[;:!?»])|(?<=«) ")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


def read(path: Path, language: str) -> Catalog:
    """A file of translations; an empty one where there is none yet."""
    content = path.read_bytes() if path.exists() else _header(language, "#").encode()
    return read_po(io.BytesIO(content), locale=language, charset="utf-8")


def update(room: Room, language: str, template: Catalog) -> bool:
    """Add what is new, mark what is gone as obsolete, keep every translation; say whether the file changed.

    French gets the thin spaces that do not break and the apostrophes that keyboards lack.
    """
    path = room.catalog(language)
    if not path.exists() and not len(template):
        return False
    catalog = read(path, language)
    catalog.update(template, no_fuzzy_matching=True)
    if language == "fr":
        for message in catalog:
            forms = tuple(typeset(form) for form in _forms(message.string))
            message.string = forms if message.pluralizable else forms[0]
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, sort_by_file=True, include_lineno=False)
    comment = catalog.header_comment if len(catalog.header_comment) > 1 else f"# Souk, {room.name}: {_NAMES[language]}."
    content = _header(language, comment).encode() + body.getvalue().strip() + b"\n"
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def faults(room: Room, language: str, template: Catalog) -> Iterator[str]:
    """What is wrong with a room's translations, one line each; nothing when all is well."""
    path = room.catalog(language)
    catalog = read(path, language)
    for wanted in template:
        if not wanted.id:
            continue
        given = catalog.get(wanted.id, wanted.context)
        if fault := _fault(given, catalog.num_plurals):
            yield f"{room.name} {language}: {fault}: {_forms(wanted.id)[0]!r}"


def _header(language: str, comment: str) -> str:
    return _HEADER.format(comment=comment, language=language, plurals=_PLURALS[language])


def _fault(given: Message | None, plurals: int) -> str:
    if given is None:
        return "missing"
    if given.fuzzy:
        return "fuzzy"
    said = _forms(given.string)
    if not all(said) or (given.pluralizable and len(said) != plurals):
        return "not translated"
    wanted = placeholders(_forms(given.id)[-1])
    # A form for none, one or two may do without the number.
    fits = all(placeholders(form) <= wanted for form in said) and placeholders(said[-1]) == wanted
    return "" if fits else "other placeholders"


def typeset(text: str) -> str:
    """French as a printer sets it: « thin spaces » before ; : ! ? and inside guillemets, curved apostrophes."""
    return _APOSTROPHE.sub("’", _THIN_SPACE.sub("\u202f", text))


def placeholders(text: str) -> set[str]:
    """The `{names}` and `%(names)s` in a message."""
    return set(_PLACEHOLDER.findall(text))


def _forms(text: str | Sequence[str] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)
