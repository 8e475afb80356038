"""The beginning of a blueprint: a small service that works, under another name."""

from __future__ import annotations

import re
from pathlib import Path

_TEMPLATE = Path(__file__).with_name("template")
_MODEL = "greeting"
_NAME = re.compile(r"[a-z]{4,30}")
_PREFIX_LETTERS = 4


class CannotBegin(Exception):
    """There can't be such a package here."""


class BadName(CannotBegin):
    """A name has four to thirty lowercase letters."""


class FolderThere(CannotBegin):
    """The folder is there already, and not empty; `args` has it."""


def begin(name: str, where: Path) -> Path:
    """Write the package of a blueprint into a new folder `souk-NAME`; returns that.

    Raises:
        BadName, FolderThere.
    """
    if not _NAME.fullmatch(name) or name == _MODEL:
        raise BadName
    folder = where / f"souk-{name}"
    if folder.exists() and any(folder.iterdir()):
        raise FolderThere(str(folder))
    for path in sorted(_TEMPLATE.rglob("*")):
        relative = path.relative_to(_TEMPLATE)
        if path.is_file() and "__pycache__" not in relative.parts and path.suffix != ".mo":
            target = folder / _renamed(str(relative), name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_renamed(path.read_text(encoding="utf-8"), name), encoding="utf-8")
    return folder


def _renamed(text: str, name: str) -> str:
    prefix = f'"{_MODEL[:_PREFIX_LETTERS]}"', f'"{name[:_PREFIX_LETTERS]}"'
    return text.replace(_MODEL, name).replace(_MODEL.capitalize(), name.capitalize()).replace(*prefix)
