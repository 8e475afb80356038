"""What goes wrong is told in the reader's language, with what it is about filled in."""

from __future__ import annotations

import functools
import importlib
import pkgutil

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation

import souk
from souk.catalog.errors import WrongState
from souk.kernel.errors import Problem
from souk.parties.errors import InvalidIce
from souk.settings.messages.catalogs import placeholders, read
from souk.settings.messages.extraction import source
from souk.settings.messages.problems import ProblemClass
from souk.settings.messages.rooms import LANGUAGES, Room, rooms, sources
from souk.ui.status import describe

PROBLEMS = list(source().problems.values())
#: They start something when they are imported.
ENTRANCES = {"souk.settings.wsgi", "souk.settings.testing", "souk.cli.__main__"}


@functools.cache
def catalog(room: Room, language: str) -> Catalog:
    return read(room.catalog(language), language)


def catalog_of(problem: ProblemClass, language: str) -> Catalog:
    """The catalog that must hold a problem's sentence."""
    return catalog(next(room for room in rooms() if problem.path in sources(room)), language)


def subclasses(kind: type[Problem]) -> set[type[Problem]]:
    return {kind, *(below for child in kind.__subclasses__() for below in subclasses(child))}


def test_reading_the_source_finds_every_problem_that_importing_it_makes() -> None:
    for module in pkgutil.walk_packages(souk.__path__, "souk."):
        if module.name not in ENTRANCES and ".migrations" not in module.name:
            importlib.import_module(module.name)
    made = {f"{kind.__module__}.{kind.__name__}" for kind in subclasses(Problem) if kind.__module__.startswith("souk.")}
    assert set(source().problems) == made


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_a_problem_says_what_happened_in_whole_sentences(problem: ProblemClass) -> None:
    assert len(problem.message) > 20
    assert problem.message.endswith((".", "}"))
    assert problem.message[0].isupper() or problem.message[0] in "“{"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_a_problem_has_a_sentence_of_its_own_in_each_language(problem: ProblemClass, language: str) -> None:
    message = catalog_of(problem, language).get(problem.message)
    assert message is not None
    assert message.string not in {"", problem.message}
    assert placeholders(str(message.string)) == placeholders(problem.message)


@pytest.mark.usefixtures("translated")
@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("fr", "«\u202f123\u202f» n’est pas un ICE valide."),
        ("ar", "«123» ليس معرّفا موحّدا للمقاولة صحيحا."),
        ("en", "“123” is not a valid ICE."),
    ],
)
def test_a_reader_is_told_in_its_own_language_what_was_wrong(language: str, opening: str) -> None:
    with translation.override(language):
        assert InvalidIce(ice="123").sentence.startswith(opening)


@pytest.mark.usefixtures("translated")
def test_a_state_inside_a_sentence_is_translated_too() -> None:
    problem = WrongState(state=describe("in_review", "offering").label)
    with translation.override("fr"):
        assert "«\u202fEn revue\u202f»" in problem.sentence


@pytest.mark.usefixtures("translated")
def test_braces_in_what_a_customer_typed_are_shown_as_they_are() -> None:
    with translation.override("fr"):
        assert "{0.__class__}" in InvalidIce(ice="{0.__class__}").sentence
