"""Where translations lie outside Django's apps: in the folder of each installed blueprint, and of what they share."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path


def blueprint_locales() -> list[Path]:
    """The `locale` folders of the blueprints that have one, and of folders beside ours. None is imported for it."""
    specs = (find_spec(point.module) for point in entry_points(group="souk.blueprints"))
    folders = (Path(folder) for spec in specs if spec for folder in spec.submodule_search_locations or ())
    beside = (Path(__file__).parent.parent / "blueprints").glob("*/")
    return sorted({folder / "locale" for folder in (*folders, *beside) if (folder / "locale").is_dir()})
