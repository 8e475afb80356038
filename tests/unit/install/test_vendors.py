"""A wheel that is to be installed: what it brings, or why it is not taken."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from install.failure import Failure
from install.vendors import blueprints


def _wheel(folder: Path, **files: str) -> Path:
    path = folder / "souk_gazette-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("souk_gazette/__init__.py", "")
        for name, text in files.items():
            packed.writestr(f"souk_gazette-0.1.0.dist-info/{name}.txt", text)
    return path


def test_it_says_which_blueprints_a_wheel_brings(tmp_path: Path) -> None:
    points = "[souk.blueprints]\ngazette = souk_gazette:BLUEPRINT\n"
    assert blueprints(_wheel(tmp_path, entry_points=points)) == ["gazette"]


@pytest.mark.parametrize("files", [{}, {"entry_points": "[console_scripts]\ngazette = souk_gazette:main\n"}])
def test_a_wheel_without_one_is_not_taken(files: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(Failure, match="brings no blueprint"):
        blueprints(_wheel(tmp_path, **files))


def test_what_is_no_wheel_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "notes.whl").write_text("no zip")
    for path in (tmp_path / "notes.whl", tmp_path / "nowhere.whl", tmp_path):
        with pytest.raises(Failure, match="no wheel"):
            blueprints(path)
