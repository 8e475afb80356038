"""How images are built of what several kinds of machines share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from souk.engines import images


def load(folder: Path, *shared: Path) -> images.Recipe:
    """The recipe in `folder`, with trees of files that others share beneath its own.

    Raises:
        InvalidRecipe.
    """
    own = images.load(folder)
    return replace(own, trees=(*own.trees[:-1], *shared, *own.trees[-1:]))
