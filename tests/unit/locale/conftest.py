"""The translations as readers meet them, compiled for the tests alone: a fresh clone has no compiled ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from django.conf import LazySettings

from souk.settings.messages.catalogs import read
from souk.settings.messages.rooms import LANGUAGES, rooms


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every room's translations, compiled; returns their `locale` folders."""
    folders = []
    for room in rooms():
        folder = tmp_path_factory.mktemp(room.name)
        folders.append(str(folder))
        for language in LANGUAGES:
            compiled = folder / language / "LC_MESSAGES" / "django.mo"
            compiled.parent.mkdir(parents=True)
            if room.domain == "django" and room.catalog(language).exists():
                with Path(compiled).open("wb") as file:
                    write_mo(file, read(room.catalog(language), language))
    return folders


@pytest.fixture
def translated(compiled: list[str], settings: LazySettings) -> None:
    """Let Django find the compiled translations."""
    settings.LOCALE_PATHS = compiled
