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


def with_more(folder: Path) -> Recipe:
    """That recipe with what another one in `folder` adds to it; of two files of one name it has the other one's."""
    web, more = recipe(), load(folder)
    return replace(
        more,
        packages=_both(web.packages, more.packages),
        mask=_both(web.mask, more.mask),
        enable=_both(web.enable, more.enable),
        executables=_both(web.executables, more.executables),
        hooks=_both(web.hooks, more.hooks),
        trees=tuple(dict.fromkeys((*web.trees, *more.trees))),
        extras=web.extras,
    )


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
