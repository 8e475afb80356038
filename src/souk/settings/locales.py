"""Where translations lie outside Django's apps: in the folder of each installed blueprint."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path


def blueprint_locales() -> list[Path]:
    """The `locale` folders of the blueprints that have one. No blueprint is imported for it."""
    specs = (find_spec(point.module) for point in entry_points(group="souk.blueprints"))
    folders = (Path(folder) for spec in specs if spec for folder in spec.submodule_search_locations or ())
    return [folder / "locale" for folder in folders if (folder / "locale").is_dir()]
