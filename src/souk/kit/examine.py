"""All promises of a blueprint, one after another."""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from souk.kit import form, scratch
from souk.kit.finding import Absent, Broken, Check, Finding, Verdict
from souk.kit.life import Life
from souk.kit.package import NoPackage
from souk.provisioning import registry
from souk.provisioning.contract import Blueprint
from souk.settings.seeds import seed


def examine(place: str, key: str) -> Iterator[Finding]:
    """Look at what can be seen without running it; if that is well, at its life, up to what is broken first. `place`
    is what a worker of its own is told to find the blueprint by.

    Raises:
        NoPackage: nothing of this key is installed, or it can't be loaded.
    """
    blueprint = _blueprint(key)
    well = True
    for promise, look in form.checks(blueprint, key):
        finding = _look(promise, look)
        well &= finding.verdict != Verdict.BROKEN
        yield finding
    if not well or blueprint.starting_offering is None:
        return
    seed()
    folder = Path(os.environ.get("SOUK_CACHE") or settings.NAMESPACE.state) / "images"
    trial = scratch.begin(place, blueprint, form.example(blueprint), folder)
    for promise, look in Life(trial, folder, _progress).checks():
        finding = _look(promise, look)
        yield finding
        if finding.verdict == Verdict.BROKEN:
            return


def _blueprint(key: str) -> Blueprint:
    try:
        return registry.blueprints()[key]
    except KeyError:
        raise NoPackage(f"“{key}” is neither a folder nor an installed blueprint.") from None
    except (ImportError, AttributeError) as error:
        raise NoPackage(f"The entry point can't be loaded: {error}.") from error


def _look(promise: str, look: Check) -> Finding:
    began = time.monotonic()
    try:
        verdict, seen = Verdict.KEPT, look()
    except Broken as broken:
        verdict, seen = Verdict.BROKEN, str(broken)
    except Absent as absent:
        verdict, seen = Verdict.ABSENT, str(absent)
    except Exception as error:
        # What is being written may fail in any way.
        where = traceback.extract_tb(error.__traceback__)[-1]
        verdict, seen = Verdict.BROKEN, f"{type(error).__name__}: {error} ({where.filename}:{where.lineno})"
    return Finding(promise, verdict, seen, time.monotonic() - began)


def _progress(fraction: float, sentence: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r    {fraction:4.0%} {sentence:<60}\r")
        sys.stderr.flush()
