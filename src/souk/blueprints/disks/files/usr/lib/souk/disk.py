"""How much room a machine's disk has left, as far as that can be measured from inside.

Nothing in a machine can be asked for it, so some of it is set aside and given back: what can't be set aside is not
there. A file of nothing (the ballast) takes up room that is given free when all else is gone, so that a server always
has enough to come up again, to be emptied, and to be grown.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import sys
import time
from collections.abc import Callable

CALM, PRESSED = 1.0, 0.5
"""Seconds between two looks."""

libc = ctypes.CDLL(None, use_errno=True)
libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]


class Disk:
    """The disk that a folder lies on."""

    def __init__(self, place: str) -> None:
        self._place, self._ballast = place, place + "/ballast"
        self._scratch: int | None = None

    def has(self, count: int) -> bool:
        """Whether so many bytes more could be written. A scratch file without a name leaves nothing behind."""
        try:
            if self._scratch is None:
                self._scratch = os.open(self._place, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
            return set_aside(self._scratch, count)
        except OSError as error:
            return not full(error)
        finally:
            if self._scratch is not None:
                os.ftruncate(self._scratch, 0)

    def keep_ballast(self, count: int) -> None:
        """Take up so much room, if it is not taken up."""
        if os.path.exists(self._ballast):
            return
        with open(self._ballast + ".new", "wb") as file:
            if set_aside(file.fileno(), count):
                os.rename(self._ballast + ".new", self._ballast)

    def drop_ballast(self) -> None:
        """Give it free."""
        for path in (self._ballast, self._ballast + ".new"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)


def set_aside(file: int, count: int) -> bool:
    """Whether a file can have so many bytes on the disk; where nobody can tell, it can."""
    if libc.fallocate(file, 0, 0, count) == 0:
        return True
    error = OSError(ctypes.get_errno(), "fallocate")
    if full(error):
        return False
    if error.errno == errno.EOPNOTSUPP:
        return True
    raise error


def full(error: OSError) -> bool:
    return error.errno in (errno.EDQUOT, errno.ENOSPC)


def read(path: str) -> str:
    """What a file says; nothing if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def watch(look: Callable[[], float]) -> None:
    """Look again and again, each time after as many seconds as the look before has said."""
    while True:
        try:
            pause = look()
        except OSError as error:
            sys.stderr.write(f"room: {error}\n")
            sys.stderr.flush()
            pause = CALM
        time.sleep(pause)
