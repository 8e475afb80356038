"""Mount points whose file system may have died: a FUSE server that was killed leaves its mount behind."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from install.failure import Failure
from install.shell import run

_LAYERS = 20


def mounted(path: Path) -> bool:
    """Whether a file system that answers is mounted at `path`. Does not raise for one whose server is dead."""
    return not dead(path) and path.is_mount()


def dead(path: Path) -> bool:
    """Whether what is mounted at `path` has lost its server: each call that must ask it ends in ENOTCONN.

    Asks for the file system's figures, which the kernel, unlike a folder's own, never answers from its memory.
    """
    try:
        os.statvfs(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno in (errno.ENOTCONN, errno.ECONNABORTED):
            return True
        raise
    return False


def clear_dead(path: Path) -> None:
    """Take dead mounts off `path`, however many lie on each other. A living one stays.

    Raises:
        Failure: one of them can't be taken off.
    """
    for _ in range(_LAYERS):
        if not dead(path):
            return
        run("umount", "--lazy", path)
    raise Failure(f"{path} is covered by more dead mounts than can be right.", f"See `findmnt {path}`.")
