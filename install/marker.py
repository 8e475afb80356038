"""Which backup is on its way in, for as long as a restore has not come to its end."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from install.failure import Failure


@dataclass(frozen=True)
class Marker:
    """The SHA-256 of the backup's dump; `done` when all is in its place and only the start is left."""

    backup: str
    done: bool = False


def read(ns: Any) -> Marker | None:
    """The restore that has begun and not ended."""
    try:
        return Marker(**json.loads(_path(ns).read_text()))
    except FileNotFoundError:
        return None


def write(ns: Any, marker: Marker) -> None:
    """Say, at once and for good, how far a restore is."""
    draft = _path(ns).with_suffix(".new")
    draft.write_text(json.dumps(asdict(marker)))
    os.replace(draft, _path(ns))


def remove(ns: Any) -> None:
    """It has ended."""
    _path(ns).unlink(missing_ok=True)


def refuse_half_restored(ns: Any) -> None:
    """Raises Failure while a restore that began here has not ended."""
    if read(ns) is not None:
        raise Failure("A restore began here and did not end.", "Run the same `souk platform restore` again.")


def _path(ns: Any) -> Path:
    return Path(ns.state) / "restoring.json"
