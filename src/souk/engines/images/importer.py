"""From a recipe to an image that the engine can launch."""

from __future__ import annotations

from pathlib import Path

from souk.engines.contract import Engine
from souk.engines.images.builder import Built, build
from souk.engines.images.progress import Progress, silent
from souk.engines.images.recipe import Recipe

DIGEST = "souk.digest"
"""The image property that says what an image was made from."""


def ensure(engine: Engine, recipe: Recipe, folder: Path, progress: Progress = silent) -> Built:
    """Make the engine hold the newest image of `recipe`; build and import only what is missing.

    Returns the image on disk. Safe to repeat, and to interrupt. Machines that exist
    keep the image they were made from.

    Raises:
        MirrorUnreachable: nothing is cached and the Debian mirror doesn't answer.
        BuildFailed: the recipe can't be built.
        EngineError: the engine doesn't take it.
    """
    built = build(recipe, folder, progress)
    if not _held(engine, recipe.alias, built.digest):
        progress(0.95, "Handing the image to the engine")
        properties = {DIGEST: built.digest, "description": recipe.description}
        engine.import_image(str(built.path), recipe.alias, properties)
    progress(1.0, "Image ready")
    return built


def _held(engine: Engine, alias: str, digest: str) -> bool:
    return any(alias in image.aliases and image.properties.get(DIGEST) == digest for image in engine.images())
