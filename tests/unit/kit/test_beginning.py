"""What the kit writes for whoever begins a blueprint."""

from __future__ import annotations

from pathlib import Path

import pytest

from souk.kit import form, scaffold
from souk.provisioning.contract import Blueprint


def test_a_beginning_keeps_every_promise_that_can_be_seen(blueprint: Blueprint) -> None:
    for _promise, look in form.checks(blueprint, "gazette"):
        look()


def test_nothing_of_the_model_is_left_in_it(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert "greeting" not in str(path.relative_to(folder)).lower()
        if path.is_file() and path.suffix not in {".mo", ".pyc"}:
            assert "greeting" not in path.read_text().lower(), path


@pytest.mark.parametrize("name", ["", "abc", "Gazette", "ma-gazette", "../x", "gazette1", "a" * 31, "greeting"])
def test_a_name_that_can_t_be_a_blueprint_s_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(scaffold.BadName):
        scaffold.begin(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "souk-gazette").mkdir()
    (tmp_path / "souk-gazette" / "mine").write_text("mine")
    with pytest.raises(scaffold.FolderThere):
        scaffold.begin("gazette", tmp_path)
    assert [path.name for path in (tmp_path / "souk-gazette").iterdir()] == ["mine"]
