"""`souk-manage build_images`: build and import the image of every installed blueprint that isn't there yet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from souk.engines import images
from souk.engines.current import engine
from souk.provisioning.registry import blueprints


class Command(BaseCommand):
    """Builds images from the host's own Debian mirror, cached by recipe and mirror release."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(os.environ.get("SOUK_CACHE") or settings.NAMESPACE.state) / "images"
        for blueprint in blueprints().values():
            images.ensure(engine(), blueprint.recipe, folder, self._report)

    def _report(self, fraction: float, sentence: str) -> None:
        """One line per step, the percentage first: the installer draws its bar from it."""
        self.stdout.write(f"{fraction:4.0%} {sentence}")
