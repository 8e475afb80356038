"""A beginning as the kit writes it, loaded as a package of its own."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from souk.kit import scaffold
from souk.provisioning.contract import Blueprint


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh beginning, its translations compiled."""
    made = scaffold.begin("gazette", tmp_path_factory.mktemp("kit"))
    for source in made.rglob("*.po"):
        with source.open("rb") as told, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(told))
    return made


@pytest.fixture(scope="module")
def blueprint(folder: Path) -> Iterator[Blueprint]:
    """Its blueprint."""
    sys.path.insert(0, str(folder / "src"))
    try:
        yield importlib.import_module("souk_gazette").BLUEPRINT
    finally:
        sys.path.remove(str(folder / "src"))
        for name in [name for name in sys.modules if name.split(".")[0] == "souk_gazette"]:
            del sys.modules[name]
