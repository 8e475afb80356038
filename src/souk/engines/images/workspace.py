"""A folder to build in that no interrupted build leaves behind."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "work-"


@contextmanager
def workspace(folder: Path) -> Iterator[Path]:
    """A locked folder below `folder`, removed at the end; those that a killed build left are removed first."""
    for left in folder.glob(f"{_PREFIX}*"):
        _remove_if_abandoned(left)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
    work.chmod(0o755)
    handle = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(handle)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait for any other process that builds the same image, then hold it off."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _remove_if_abandoned(work: Path) -> None:
    try:
        handle = os.open(work, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(work, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(handle)
