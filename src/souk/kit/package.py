"""A package that is being written, as if it were installed: its blueprint and its translations are found like others'.

Before Django begins, since settings already ask which blueprints there are.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

GROUP = "souk.blueprints"


class NoPackage(Exception):
    """There is no blueprint to check here; the message says what is missing."""


def key_of(place: str) -> str:
    """The key of what is to be checked: the blueprint in a package's folder, or an installed one's own.

    Raises:
        NoPackage.
    """
    folder = Path(place)
    return _as_if_installed(folder.resolve()) if folder.is_dir() else place


def _as_if_installed(folder: Path) -> str:
    name, target = _entry_point(folder)
    module = target.partition(":")[0].replace(".", "/")
    places = [path for path in (folder / "src", folder) if (path / module).exists() or (path / f"{module}.py").exists()]
    if not places:
        raise NoPackage(f"There is no {module} in {folder}, which pyproject.toml names.")
    told = Path(tempfile.mkdtemp(prefix="souk-kit-"))
    about = told / f"{name}-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {target}\n")
    sys.path[:0] = [str(told), str(places[0])]
    return name


def _entry_point(folder: Path) -> tuple[str, str]:
    """What pyproject.toml registers in the group of blueprints."""
    try:
        told: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoPackage(f"There is no pyproject.toml in {folder}.") from None
    except tomllib.TOMLDecodeError as error:
        raise NoPackage(f"pyproject.toml can't be read: {error}.") from None
    points = told.get("project", {}).get("entry-points", {}).get(GROUP, {})
    if len(points) != 1:
        raise NoPackage(f'pyproject.toml must register one blueprint under [project.entry-points."{GROUP}"].')
    [(name, target)] = points.items()
    return str(name), str(target)
