"""An image recipe: packages, a tree of files and hooks, on top of the base recipe."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parents[1] / "base_image"
_PLACES = {"trees", "extras"}
"""Fields that say where files are on this host: neither declared in recipe.toml nor part of what an image is."""
_ONLY_READ = {"unmask"}
"""What a service's recipe says of the base recipe's lists."""
_TOLD = {"versioned"}
"""Fields that say what is told of an image, not what is in it."""
_BLOCK = 1024**2


class InvalidRecipe(ValueError):
    """A recipe.toml has a key or a value of the wrong kind."""


@dataclass(frozen=True)
class Recipe:
    """What goes into an image. Lists are the base recipe's, then the service's.

    `alias` is the name the engine knows the image by, `executables` the files of `trees` that get mode 0755
    (all others 0644; everything belongs to root). `beside` are older suites for what `suite` has no more: of
    two packages apt takes the newer. `hooks` are shell commands run as root when all packages
    are installed, with the new root folder as `$1`. `exclude` and `include` are dpkg path patterns. `extras` are
    single files from elsewhere on this host, as (path in the image, where it is now). `versioned` are the packages,
    apart by spaces, whose versions a service can have.
    """

    alias: str
    description: str
    suite: str
    packages: tuple[str, ...]
    exclude: tuple[str, ...]
    include: tuple[str, ...]
    mask: tuple[str, ...]
    enable: tuple[str, ...]
    executables: tuple[str, ...]
    hooks: tuple[str, ...]
    trees: tuple[Path, ...]
    beside: tuple[str, ...] = ()
    extras: tuple[tuple[str, Path], ...] = ()
    versioned: str = ""

    @property
    def name(self) -> str:
        """The alias's last segment, fit for a file name."""
        return self.alias.rpartition("/")[2]

    @property
    def suites(self) -> tuple[str, ...]:
        """Every suite that packages are taken from."""
        return (self.suite, *self.beside)

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, of everything declared and of every file's path and content."""
        seen = hashlib.sha256()
        for item in fields(self):
            if item.name not in _PLACES | _TOLD:
                seen.update(f"{item.name}={getattr(self, item.name)!r}\n".encode())
        for relative, path in self.files():
            seen.update(f"{relative} {path.stat().st_size}\n".encode())
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    seen.update(block)
        return seen.hexdigest()

    def files(self) -> Iterator[tuple[str, Path]]:
        """Every file to lay down, as (path without the leading slash, where it is now); the last to name one wins."""
        found: dict[str, Path] = {}
        for tree in self.trees:
            for path in tree.rglob("*"):
                if path.is_file() and "__pycache__" not in path.parts:
                    found[path.relative_to(tree).as_posix()] = path
        found.update(self.extras)
        yield from sorted(found.items())


def load(folder: Path, *, base: Path = BASE) -> Recipe:
    """Read `folder/recipe.toml` and add it to the base recipe. `unmask` in it are units that the base masks, and this
    image needs.

    Raises:
        InvalidRecipe: a key is unknown, or is not text or a list of texts.
    """
    own, common = _read(folder), _read(base)
    needed = _texts(own, "unmask")
    if strange := sorted(set(needed) - set(_texts(common, "mask"))):
        raise InvalidRecipe(f"unmask: not masked: {strange}")

    def both(key: str) -> tuple[str, ...]:
        return tuple(_texts(common, key) + _texts(own, key))

    return Recipe(
        alias=_text(own, "alias"),
        description=_text(own, "description"),
        suite=_text({**common, **own}, "suite"),
        packages=both("packages"),
        exclude=both("exclude"),
        include=both("include"),
        mask=tuple(unit for unit in both("mask") if unit not in needed),
        enable=both("enable"),
        executables=both("executables"),
        hooks=both("hooks"),
        versioned=_text({"versioned": "-", **own}, "versioned").strip("-"),
        beside=both("beside"),
        trees=tuple(tree for tree in (base / "files", folder / "files") if tree.is_dir()),
    )


def _read(folder: Path) -> dict[str, Any]:
    content = tomllib.loads((folder / "recipe.toml").read_text(encoding="utf-8"))
    known = {item.name for item in fields(Recipe)} - _PLACES | _ONLY_READ
    if unknown := sorted(set(content) - known):
        raise InvalidRecipe(f"{folder / 'recipe.toml'}: unknown keys {unknown}")
    return content


def _text(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidRecipe(f"{key} must be text: {value!r}")
    return value


def _texts(table: dict[str, Any], key: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise InvalidRecipe(f"{key} must be a list of texts: {value!r}")
    return value
