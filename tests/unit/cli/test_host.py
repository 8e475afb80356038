"""The operator's commands on the platform's own host."""

from __future__ import annotations

from pathlib import Path

import pytest

NOTE = '#!/bin/sh\necho "$0 $@" > "$NOTES"\nexit 7\n'


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("souk-manage", "make"):
        (tmp_path / name).write_text(NOTE)
        (tmp_path / name).chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("SOUK_MANAGE", str(tmp_path / "souk-manage"))
    monkeypatch.setenv("SOUK_CHECKOUT", str(tmp_path))
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    return tmp_path / "notes"


@pytest.mark.parametrize(
    ("words", "ran"),
    [
        (["doctor"], "souk-manage doctor"),
        (["--json", "doctor", "--audit"], "souk-manage doctor --json --audit"),
        (["upgrade"], "make -C {here} --no-print-directory upgrade"),
        (["rollback"], "make -C {here} --no-print-directory rollback"),
        (["rollback", "--restore", "/b.dump"], "make -C {here} --no-print-directory rollback RESTORE=/b.dump"),
        (["platform", "backup"], "make -C {here} --no-print-directory backup"),
        (["platform", "restore", "/b.souk"], "make -C {here} --no-print-directory restore FILE=/b.souk"),
        (
            ["platform", "restore", "/b.souk", "--replace", "demo"],
            "make -C {here} --no-print-directory restore FILE=/b.souk REPLACE=demo",
        ),
    ],
)
def test_the_hosts_own_program_runs_and_its_exit_status_is_handed_on(
    souk, notes: Path, tmp_path: Path, words: list[str], ran: str
):
    with pytest.raises(SystemExit) as ended:
        souk(*words)
    assert ended.value.code == 7
    assert notes.read_text().strip() == f"{tmp_path}/{ran.format(here=tmp_path)}"


@pytest.mark.parametrize("word", ["doctor", "upgrade", "rollback"])
def test_anywhere_else_it_says_who_runs_it_and_where(souk, monkeypatch: pytest.MonkeyPatch, word: str):
    for name in ("SOUK_MANAGE", "SOUK_CHECKOUT"):
        monkeypatch.delenv(name, raising=False)
    ran = souk(word)
    assert ran.status == 1
    assert "Its administrator runs it there, as root" in ran.err
