"""Which folder's sentences are kept in which `locale` folder."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import souk

SOUK = Path(souk.__file__).parent
LANGUAGES = ("fr", "ar")


@dataclass(frozen=True)
class Room:
    """A folder with a `locale` of its own; `domain` is its catalogs' file name."""

    name: str
    folder: Path
    domain: str = "django"

    def catalog(self, language: str) -> Path:
        """The file of a language's translations."""
        return self.folder / "locale" / language / "LC_MESSAGES" / f"{self.domain}.po"


def rooms() -> list[Room]:
    """Every Django app of Souk's and every blueprint; and the command line, which speaks without Django."""
    return list(_all_sources())


def sources(room: Room) -> Sequence[Path]:
    """The Python files and templates whose sentences the room keeps. What lies in no room is kept by settings."""
    return _all_sources()[room]


@functools.cache
def _all_sources() -> dict[Room, list[Path]]:
    found: dict[Room, list[Path]] = {room: [] for room in _find()}
    inmost = sorted(found, key=lambda room: -len(room.folder.parts))
    settings = next(room for room in found if room.name == "settings")
    for path in filter(_speaks, sorted(SOUK.rglob("*.*"))):
        found[next((room for room in inmost if path.is_relative_to(room.folder)), settings)].append(path)
    return found


def _find() -> list[Room]:
    apps = [path.parent for path in SOUK.rglob("apps.py")]
    blueprints = [path.parent for path in SOUK.glob("blueprints/*/__init__.py")]
    named = [Room(".".join(folder.relative_to(SOUK).parts), folder) for folder in sorted(apps + blueprints)]
    return [*named, Room("cli", SOUK / "cli", "souk")]


_TO_BE_COPIED = ("kit", "template")


def _speaks(path: Path) -> bool:
    inside = path.relative_to(SOUK).parts
    if inside[:2] == _TO_BE_COPIED:
        return False
    if path.suffix == ".py":
        return "migrations" not in inside
    return "templates" in inside and path.suffix in {".html", ".txt"}
