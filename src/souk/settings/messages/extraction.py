"""What a room says: marked strings in Python and templates, and the sentences of its problems."""

from __future__ import annotations

import ast
import functools
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from souk.settings.messages.problems import Source
from souk.settings.messages.rooms import SOUK, Room, rooms, sources

_PLAIN = ("_", "gettext", "gettext_lazy", "gettext_noop", "n_")
_PLURAL = ("ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy")
_WITH_CONTEXT = ("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy")
#: What Django turns a template's tags into: where the context, the message and its plural stand in the call.
_IN_TEMPLATES = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

Found = tuple[int, str | tuple[str, ...], str | None]


def template(room: Room) -> Catalog:
    """The room's messages, untranslated, each with the files it is in."""
    catalog = Catalog(charset="utf-8")
    mine = list(sources(room))
    for path in mine:
        for line, message, context in (_in_python if path.suffix == ".py" else _in_template)(path):
            catalog.add(message, locations=[(_shown(path), line)], context=context)
    for problem in source().problems.values():
        if problem.path in mine and problem.message:
            catalog.add(problem.message, locations=[(_shown(problem.path), problem.line)])
    return catalog


@functools.cache
def source() -> Source:
    """Every Python file of Souk's that is not a migration."""
    return Source(path for room in rooms() for path in sources(room) if path.suffix == ".py")


def _in_python(path: Path) -> Iterator[Found]:
    """Calls whose arguments are spelled out; what is computed is marked where it is written."""
    module = source().of(path)
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        called = source().resolve(module, node.func) or getattr(node.func, "id", "")
        name = str(called).rpartition(".")[2]
        if name not in {*_PLAIN, *_PLURAL, *_WITH_CONTEXT}:
            continue
        count = 1 + (name in _PLURAL) + (name in _WITH_CONTEXT)
        texts = [argument.value for argument in node.args[:count] if isinstance(argument, ast.Constant)]
        said = [text for text in texts if isinstance(text, str)]
        if said and len(said) == count:
            context = said.pop(0) if name in _WITH_CONTEXT else None
            yield node.lineno, said[0] if len(said) == 1 else tuple(said), context


def _in_template(path: Path) -> Iterator[Found]:
    """Django turns a template into what reads as Python, save for its indentation."""
    python = templatize(path.read_text("utf-8"), origin=str(path))
    unindented = "\n".join(line.strip() for line in python.splitlines())
    for line, message, _, context in extract("python", io.BytesIO(unindented.encode()), _IN_TEMPLATES):
        yield line, message, context


def _shown(path: Path) -> str:
    return str(path.relative_to(SOUK.parent))
