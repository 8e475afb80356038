"""YAML with its places: each fault is told with line and column, and all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import yaml

from souk.cli.language import _

T = TypeVar("T")
Decoder = Callable[["Reader", yaml.Node], Any]
_MOST = 1_000_000
"""Characters in a file."""


class Reader:
    """A file's root, and what is wrong with it so far."""

    def __init__(self, text: str) -> None:
        self.faults: list[tuple[str, str]] = []
        self.root: yaml.Node | None = None
        if len(text) > _MOST:
            self.faults.append(("1:1", _("The file is too large.")))
            return
        try:
            for token in yaml.scan(text, Loader=yaml.SafeLoader):
                if isinstance(token, yaml.AliasToken | yaml.TagToken):
                    said = _("References and tags of YAML are not understood here. Write it out.")
                    self.faults.append((_place(token.start_mark), said))
            if not self.faults:
                self.root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            self.faults.append((_place(error.problem_mark), _("This is no YAML: {why}.").format(why=error.problem)))
        except (yaml.YAMLError, RecursionError) as error:
            self.faults.append(("1:1", _("This is no YAML: {why}.").format(why=type(error).__name__)))

    def fail(self, node: yaml.Node, sentence: str) -> None:
        """Something is wrong there."""
        self.faults.append((place(node), sentence))

    def pairs(self, node: yaml.Node) -> list[tuple[str, yaml.Node, yaml.Node]]:
        """Keys and values of a mapping, each key once."""
        if is_null(node):
            return []
        if not isinstance(node, yaml.MappingNode):
            self.fail(node, _("Here belong keys with their values."))
            return []
        found: dict[str, tuple[str, yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name:
                self.fail(key, _("Here belongs a name."))
            elif name in found:
                self.fail(key, _("“{key}” is said twice.").format(key=name))
            else:
                found[name] = (name, key, value)
        return list(found.values())

    def mapping(self, node: yaml.Node, known: Mapping[str, Decoder], needed: tuple[str, ...] = ()) -> dict[str, Any]:
        """A mapping of which the keys are known."""
        read: dict[str, Any] = {}
        for name, key, value in self.pairs(node):
            if name in known:
                read[name] = known[name](self, value)
            else:
                said = _("“{key}” is not known here. There are: {known}.")
                self.fail(key, said.format(key=name, known=", ".join(known)))
        for name in needed:
            if name not in read:
                self.fail(node, _("“{key}” is missing here.").format(key=name))
        return read

    def named(self, node: yaml.Node, inside: Callable[[Reader, yaml.Node], T]) -> dict[str, T]:
        """A mapping whose keys are names of the customer's own."""
        return {name: inside(self, value) for name, _key, value in self.pairs(node)}

    def listed(self, node: yaml.Node, inside: Callable[[Reader, yaml.Node], T]) -> list[T]:
        """A list."""
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node, _("Here belongs a list."))
            return []
        return [inside(self, each) for each in node.value]

    def value(self, node: yaml.Node) -> Any:
        """Anything that JSON has."""
        if isinstance(node, yaml.MappingNode):
            return self.named(node, Reader.value)
        if isinstance(node, yaml.SequenceNode):
            return self.listed(node, Reader.value)
        found = plain(node)
        if found is None or isinstance(found, str | int | float):
            return found
        return node.value


def text(reader: Reader, node: yaml.Node) -> str:
    """A text, or what YAML takes for a number or a date: it is meant as it is written."""
    if not isinstance(node, yaml.ScalarNode) or is_null(node):
        reader.fail(node, _("Here belongs a text."))
        return ""
    return str(node.value)


def whole(reader: Reader, node: yaml.Node) -> int:
    """A whole number, not below zero."""
    found = plain(node)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        reader.fail(node, _("Here belongs a whole number."))
        return 0
    return found


def truth(reader: Reader, node: yaml.Node) -> bool:
    """Yes or no."""
    found = plain(node)
    if not isinstance(found, bool):
        reader.fail(node, _("Here belongs true or false."))
        return False
    return found


def one_of(*words: str) -> Decoder:
    """One of these words."""

    def decode(reader: Reader, node: yaml.Node) -> str:
        found = node.value if isinstance(node, yaml.ScalarNode) else None
        if found not in words:
            reader.fail(node, _("Here belongs one of: {words}.").format(words=", ".join(words)))
            return words[0]
        return str(found)

    return decode


def is_null(node: yaml.Node) -> bool:
    """Nothing is said there, or null."""
    return node.tag == "tag:yaml.org,2002:null"


def plain(node: yaml.Node) -> Any:
    """A scalar as YAML takes it; None for anything else, and for what YAML itself can't make anything of."""
    if not isinstance(node, yaml.ScalarNode):
        return None
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node)
    except (ValueError, yaml.YAMLError):
        return node.value
    finally:
        loader.dispose()


def place(node: yaml.Node) -> str:
    """Where a node begins, `line:column`, both from one."""
    return _place(node.start_mark)


def _place(mark: yaml.Mark | None) -> str:
    return "1:1" if mark is None else f"{mark.line + 1}:{mark.column + 1}"
