"""The problems that the source declares, found by reading it: a problem's docstring is its message."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from souk.settings.messages.rooms import SOUK

ROOT = "souk.kernel.errors.Problem"


@dataclass(frozen=True)
class ProblemClass:
    """A subclass of `Problem`, or `Problem` itself: its full name, where it is, and its message (empty for none)."""

    name: str
    path: Path
    line: int
    message: str


@dataclass
class Module:
    """A parsed file and what its names stand for."""

    name: str
    path: Path
    tree: ast.Module
    names: dict[str, str] = field(default_factory=dict)
    classes: list[ast.ClassDef] = field(default_factory=list)


class Source:
    """The modules of a source tree, with their problems."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.modules = {module.name: module for module in map(_parse, paths)}
        self.problems = self._find()

    def of(self, path: Path) -> Module:
        """The module that a file is."""
        return self.modules[_name(path)]

    def resolve(self, module: Module, expression: ast.expr) -> str | None:
        """The full name of what an expression names, wherever it was imported through."""
        if isinstance(expression, ast.Name):
            return self._origin(module.names.get(expression.id))
        if isinstance(expression, ast.Attribute):
            owner = self.resolve(module, expression.value)
            return self._origin(f"{owner}.{expression.attr}") if owner else None
        return None

    def _origin(self, name: str | None) -> str | None:
        while name:
            owner, _, last = name.rpartition(".")
            further = self.modules[owner].names.get(last) if owner in self.modules else None
            if further is None or further == name:
                break
            name = further
        return name

    def _find(self) -> dict[str, ProblemClass]:
        declared = {
            f"{module.name}.{node.name}": (module, node) for module in self.modules.values() for node in module.classes
        }
        found = {ROOT}
        while True:
            more = {
                name
                for name, (module, node) in declared.items()
                if name not in found and any(self.resolve(module, base) in found for base in node.bases)
            }
            if not more:
                return {name: _problem(name, *declared[name]) for name in sorted(found & declared.keys())}
            found |= more


def _problem(name: str, module: Module, node: ast.ClassDef) -> ProblemClass:
    return ProblemClass(name, module.path, node.lineno, " ".join((ast.get_docstring(node) or "").split()))


def _name(path: Path) -> str:
    parts = path.relative_to(SOUK.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _parse(path: Path) -> Module:
    name = _name(path)
    module = Module(name, path, ast.parse(path.read_text("utf-8"), str(path)))
    for node in ast.walk(module.tree):
        match node:
            case ast.ImportFrom(module=str(origin), level=0):
                module.names |= {alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names}
            case ast.Import():
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    module.names[alias.asname or first] = alias.name if alias.asname else first
            case ast.ClassDef():
                module.names[node.name] = f"{name}.{node.name}"
                module.classes.append(node)
    return module
