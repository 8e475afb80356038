"""Blueprints that others make: wheels in a folder of the namespace, part of each release from then on."""

from __future__ import annotations

import configparser
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

from install import lifecycle, upgrade, virtualenv
from install.failure import Failure
from install.steps import Steps

_GROUP = "souk.blueprints"


def folder(ns: Any) -> Path:
    """Where they lie."""
    return Path(ns.state) / virtualenv.VENDORS


def add(ns: Any, steps: Steps) -> int:
    """Install the blueprint that the wheel `WHEEL` brings, in the place of an earlier version, while services run on.
    Returns an exit status.

    Raises:
        Failure: it is no wheel, or brings no blueprint.
    """
    lifecycle.require_root("souk blueprint add")
    wheel = Path(os.environ.get("WHEEL", ""))
    brings = blueprints(wheel)
    folder(ns).mkdir(exist_ok=True)
    for earlier in folder(ns).glob("*.whl"):
        if _project(earlier) == _project(wheel):
            earlier.unlink()
    shutil.copy(wheel, folder(ns))
    steps.say(f"  {wheel.name} brings {', '.join(brings)}.")
    return upgrade.upgrade(ns, steps)


def blueprints(wheel: Path) -> list[str]:
    """The blueprints that a wheel registers.

    Raises:
        Failure: it is no wheel, or brings none.
    """
    try:
        with zipfile.ZipFile(wheel) as packed:
            [points] = [name for name in packed.namelist() if name.endswith(".dist-info/entry_points.txt")] or [""]
            told = packed.read(points).decode() if points else ""
    except (OSError, zipfile.BadZipFile) as error:
        raise Failure(
            f"{wheel} is no wheel: {error}.", "Build one in the package's folder: uv build --wheel"
        ) from error
    found = configparser.ConfigParser(delimiters=("=",))
    found.read_string(told)
    if not found.has_section(_GROUP):
        raise Failure(f"{wheel.name} brings no blueprint.", f'Register it in pyproject.toml under "{_GROUP}".')
    return found.options(_GROUP)


def _project(wheel: Path) -> str:
    return wheel.name.partition("-")[0].lower()
