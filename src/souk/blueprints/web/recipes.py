"""How the image of a web server is built: its own files, and what keeps a machine in a repository."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from souk.blueprints import acme, joining, recipes, restic, ssh
from souk.engines.images import Recipe, load


def recipe() -> Recipe:
    """The recipe that a site's image is, and others begin with."""
    return recipes.load(Path(__file__).parent / "image", acme.FILES, joining.FILES, restic.FILES, ssh.FILES)


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
    )


def _both(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))
