"""A killed lxcfs leaves a mount on which every call fails; the next start gets over it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from install import mounts
from install.daemons import wait_until

pytestmark = pytest.mark.engine

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "lxcfs"
    folder.mkdir()
    yield folder
    while folder.exists() and (mounts.dead(folder) or mounts.mounted(folder)):
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def start(folder: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts an lxcfs of the test's own on `folder`."""
    if shutil.which("lxcfs") is None:
        pytest.skip("lxcfs is not installed here")
    started: list[subprocess.Popen[bytes]] = []

    def once() -> subprocess.Popen[bytes]:
        pidfile = tmp_path / f"{len(started)}.pid"
        command = ["lxcfs", "-f", f"--pidfile={pidfile}", str(folder)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        started.append(process)
        assert wait_until(lambda: mounts.mounted(folder) or process.poll() is not None, 10)
        assert process.poll() is None
        return process

    yield once
    for process in started:
        process.kill()
        process.wait()


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_a_killed_file_system_is_known_to_be_dead_and_taken_off(start: Start, folder: Path):
    _kill(start())
    assert mounts.dead(folder)
    assert not mounts.mounted(folder)
    mounts.clear_dead(folder)
    assert not mounts.dead(folder)
    assert list(folder.iterdir()) == []


def test_after_that_it_is_mounted_again(start: Start, folder: Path):
    _kill(start())
    mounts.clear_dead(folder)
    start()
    assert (folder / "proc" / "meminfo").read_text().startswith("MemTotal")


def test_a_living_file_system_stays(start: Start, folder: Path):
    start()
    mounts.clear_dead(folder)
    assert mounts.mounted(folder)
