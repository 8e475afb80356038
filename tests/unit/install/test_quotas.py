"""Disk limits go on being counted, whatever the kernel would spare itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from install import quotas
from install.here import namespace


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A file system whose identifier is `abc`, and the commands that were run for it."""
    commands: list[tuple[str, ...]] = []

    def run(*command: str) -> str:
        commands.append(command)
        return "abc\n"

    monkeypatch.setattr(quotas, "_SYSFS", tmp_path)
    monkeypatch.setattr(quotas, "run", run)
    return commands


def _quotas(folder: Path, inconsistent: str) -> Path:
    told = folder / "abc/qgroups"
    told.mkdir(parents=True)
    (told / "drop_subtree_threshold").write_text("3\n")
    (told / "inconsistent").write_text(inconsistent + "\n")
    return told


def test_every_deletion_is_counted(tmp_path: Path, said: list[tuple[str, ...]]) -> None:
    told = _quotas(tmp_path, "0")
    assert quotas.hold(Path("/pool")) is False
    assert (told / "drop_subtree_threshold").read_text() == "8"
    assert [command[0] for command in said] == ["findmnt"]


def test_what_was_not_counted_is_counted_anew(tmp_path: Path, said: list[tuple[str, ...]]) -> None:
    _quotas(tmp_path, "1")
    assert quotas.hold(Path("/pool")) is True
    assert said[-1] == ("btrfs", "quota", "rescan", "-w", "/pool")


def test_a_fresh_pool_counts_from_the_beginning(tmp_path: Path, said: list[tuple[str, ...]]) -> None:
    assert quotas.hold(Path("/pool")) is False
    assert said[-1] == ("btrfs", "quota", "enable", "/pool")


def test_an_older_kernel_counts_by_itself(tmp_path: Path, said: list[tuple[str, ...]]) -> None:
    (tmp_path / "abc/qgroups").mkdir(parents=True)
    assert quotas.hold(Path("/pool")) is False
    assert [command[0] for command in said] == ["findmnt"]


def test_the_process_that_holds_them_is_a_unit_that_systemd_takes(tmp_path: Path) -> None:
    service = quotas.service(namespace.current())
    unit = tmp_path / service.unit
    unit.write_text(service.unit_file())
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []
