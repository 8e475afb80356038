"""Wheels of blueprints that others make, as they go into the platform's backup and come out of it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from install import virtualenv

_PREFIX = "wheel:"


def packed(ns: Any) -> dict[str, str]:
    """The wheels of a namespace as texts, by name: small enough to lie beside the keys, and sealed with them."""
    found = sorted((Path(ns.state) / virtualenv.VENDORS).glob("*.whl"))
    return {f"{_PREFIX}{each.name}": base64.b64encode(each.read_bytes()).decode() for each in found}


def unpack(ns: Any, contents: dict[str, str]) -> bool:
    """Put the wheels of a backup into the place of those that are there; whether that changed any. Safe to repeat."""
    folder, before = Path(ns.state) / virtualenv.VENDORS, packed(ns)
    wheels = {name: text for name, text in contents.items() if name.startswith(_PREFIX)}
    for name in before.keys() - wheels.keys():
        (folder / name.removeprefix(_PREFIX)).unlink()
    for name, text in wheels.items():
        folder.mkdir(exist_ok=True)
        (folder / Path(name.removeprefix(_PREFIX)).name).write_bytes(base64.b64decode(text))
    return wheels != before
