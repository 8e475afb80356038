"""A sentence with gaps is never raised without what fills them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from souk.settings.messages.catalogs import placeholders
from souk.settings.messages.extraction import source
from souk.settings.messages.problems import Module


def made(module: Module) -> Iterator[tuple[str, int, set[str]]]:
    """Each place of a module where a problem is made: its full name, the line, and what it is given."""
    called = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and (name := source().resolve(module, node.func)) in source().problems:
            called.add(node.func)
            yield str(name), node.lineno, {f"{{{keyword.arg}}}" for keyword in node.keywords if keyword.arg != "field"}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and node.exc is not None and node.exc not in called:
            name = source().resolve(module, node.exc)
            if name in source().problems:
                yield str(name), node.lineno, set()


SITES = [
    pytest.param(name, given, id=f"{module.name}:{line}")
    for module in source().modules.values()
    for name, line, given in made(module)
]


@pytest.mark.parametrize(("name", "given"), SITES)
def test_a_problem_is_given_what_its_sentence_names_and_nothing_else(name: str, given: set[str]) -> None:
    assert given == placeholders(source().problems[name].message)


def test_the_places_where_problems_are_raised_are_found() -> None:
    found = {param.values[0] for param in SITES}
    assert {"souk.parties.errors.InvalidIce", "souk.provisioning.errors.instances.NoCapacity"} <= found
    assert "souk.engines.contract.NotFound" not in found
