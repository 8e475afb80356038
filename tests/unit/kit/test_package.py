"""A folder that is to be checked, and in which there is no blueprint."""

from __future__ import annotations

from pathlib import Path

import pytest

from souk.kit.package import NoPackage, key_of

_POINT = '[project.entry-points."souk.blueprints"]\n'


def test_what_is_no_folder_is_the_key_of_an_installed_one() -> None:
    assert key_of("postgresql") == "postgresql"


@pytest.mark.parametrize(
    ("told", "word"),
    [
        (None, "no pyproject.toml"),
        ("[project", "can't be read"),
        ("[project]\nname = 'x'\n", "must register one blueprint"),
        (_POINT + "a = 'a:B'\nb = 'b:B'\n", "must register one blueprint"),
        (_POINT + "gazette = 'souk_gazette:BLUEPRINT'\n", "no souk_gazette"),
    ],
)
def test_each_says_what_is_missing(told: str | None, word: str, tmp_path: Path) -> None:
    if told is not None:
        (tmp_path / "pyproject.toml").write_text(told)
    with pytest.raises(NoPackage, match=word):
        key_of(str(tmp_path))
