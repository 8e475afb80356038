"""How the image of a web server is built: its own files, and what keeps a machine in a repository."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from souk.blueprints import machine, objectstorage
from souk.engines.images import Recipe, load

_SHARED = (
    "etc/systemd/system/souk-host-key.service",
    "usr/lib/souk/attach",
    "usr/lib/souk/backups",
    "usr/lib/souk/repository.py",
)
_SILENT = "etc/systemd/resolved.conf.d/silent.conf"


def recipe() -> Recipe:
    """The recipe that a site's image is, and others begin with."""
    machines = Path(machine.__file__).parent / "image/files"
    silent = Path(objectstorage.__file__).parent / "image/files" / _SILENT
    extras = (*((path, machines / path) for path in _SHARED), (_SILENT, silent))
    return replace(load(Path(__file__).parent / "image"), extras=extras)
