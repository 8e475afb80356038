"""`souk-manage build_images`: build and import the image of every installed blueprint that isn't there yet."""

from __future__ import annotations

import os
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from souk.engines import images
from souk.engines.current import engine
from souk.kernel.scope import System
from souk.provisioning.contents import record_contents
from souk.provisioning.contract import Blueprint
from souk.provisioning.registry import blueprints

AT_ONCE = 2
"""Builds that run beside each other: each downloads, unpacks and compresses in turn, and memory is not endless."""


class Command(BaseCommand):
    """Builds images from the host's own Debian mirror, cached by what is in them, and records that; tells what changed
    since the image before.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        told = "Record nothing: there is no database yet."
        parser.add_argument("--only-engine", action="store_true", help=told)

    def handle(self, *args: Any, **options: Any) -> None:
        known = list(blueprints().values())
        together = _Together(len(known), self._report)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="build") as pool:
            made = list(pool.map(lambda numbered: _ensure(numbered[1], together.part(numbered[0])), enumerate(known)))
        if not options["only_engine"]:
            for blueprint, built in zip(known, made, strict=True):
                self._record(blueprint, built)

    def _record(self, blueprint: Blueprint, built: images.Built) -> None:
        alias, bill = blueprint.recipe.alias, built.bill
        held = next(image for image in engine().images() if alias in image.aliases)
        if bill is None:
            return
        news = record_contents(System("images"), alias, held.fingerprint, bill)
        for change in news or ():
            self.stdout.write(f"100% {alias}: {change.name} {change.before or '–'} → {change.after or '–'}")

    def _report(self, fraction: float, sentence: str) -> None:
        """One line per step, the percentage first: the installer draws its bar from it."""
        self.stdout.write(f"{fraction:4.0%} {sentence}")


def _ensure(blueprint: Blueprint, progress: images.Progress) -> images.Built:
    folder = Path(os.environ.get("SOUK_CACHE") or settings.NAMESPACE.state) / "images"
    return images.ensure(engine(), blueprint.recipe, folder, progress)


class _Together:
    """The progress of several builds as one, told whenever one of them gets on."""

    def __init__(self, parts: int, report: Callable[[float, str], None]) -> None:
        self._fractions, self._report, self._lock = [0.0] * parts, report, threading.Lock()

    def part(self, number: int) -> images.Progress:
        """What one of the builds tells its own progress."""

        def tell(fraction: float, sentence: str) -> None:
            with self._lock:
                self._fractions[number] = fraction
                self._report(sum(self._fractions) / len(self._fractions), sentence)

        return tell
