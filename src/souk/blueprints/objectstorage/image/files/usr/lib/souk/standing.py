"""The server stands still for an instant, and goes on whatever becomes of the program that asked for it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

from machine import Failure

SERVICE = "souk-objectstorage.service"
LONGEST = 0.9
"""Seconds: less than passes between two looks of the steward, who has it go on after the second."""


@contextlib.contextmanager
def still() -> Iterator[Callable[[], float]]:
    """The server does nothing in the block. What is given tells for how many seconds it has stood, and fails if it
    went on.
    """
    pid = _server()
    handle = os.pidfd_open(pid)
    try:
        begun = time.monotonic()

        def stands() -> float:
            lasted = time.monotonic() - begun
            if lasted > LONGEST or not _stopped(pid):
                raise Failure("the server did not stand still")
            return lasted

        signal.pidfd_send_signal(handle, signal.SIGSTOP)
        while not _stopped(pid) and time.monotonic() - begun < LONGEST:
            time.sleep(0.001)
        stands()
        yield stands
    finally:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGCONT)
        os.close(handle)


def go_on(stood: set[int]) -> set[int]:
    """Have those of this user's processes go on that stand still and did when this was asked before; who stands now."""
    standing = {pid for pid in _own() if _state(f"/proc/{pid}/stat") == "T"}
    for pid in standing & stood:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    return standing


def _server() -> int:
    told = subprocess.run(
        ["systemctl", "show", "--property=MainPID", "--value", SERVICE], capture_output=True, text=True
    )
    pid = int(told.stdout.strip() or 0)
    if not pid:
        raise Failure("the server does not run")
    return pid


def _stopped(pid: int) -> bool:
    """Whether no thread of it does anything. One that waits for the disk ends what it asked for and no more."""
    try:
        return all(_state(f"/proc/{pid}/task/{thread}/stat") in "TD" for thread in os.listdir(f"/proc/{pid}/task"))
    except FileNotFoundError:
        return False


def _own() -> Iterator[int]:
    for entry in os.scandir("/proc"):
        with contextlib.suppress(FileNotFoundError):
            if entry.name.isdigit() and entry.stat().st_uid == os.getuid():
                yield int(entry.name)


def _state(path: str) -> str:
    """The letter for what a process does; one that is gone has none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""
