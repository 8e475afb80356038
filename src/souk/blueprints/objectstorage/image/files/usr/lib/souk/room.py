"""How many bytes may still be stored: the plan's, less what the server's files take up. The front is let know, and
refuses what does not fit; the server is asked to give free what was deleted while it matters.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator

DATA = "/var/lib/souk-objectstorage"
QUOTA = "/etc/souk/objectstorage/quota"
MAP = "/run/souk-objectstorage/room.map"
FRONT = "/run/haproxy/admin"
MASTER = "127.0.0.1:9333"
VACUUM = "/vol/vacuum?garbageThreshold="
VACUUM_EVERY, AT_LEAST = 900.0, 0.3
"""Seconds, and how much of a volume must have been deleted for it to be given free."""

VACUUM_SOON, ANY = 15.0, 0.01
"""The same while there is little room."""

BALLAST = DATA + "/ballast"
BALLAST_SIZE = 192 * 1024**2
"""Bytes that are given free when the disk itself is full, so that deleting still finds the room that it takes."""

BACKUP = "/run/souk-objectstorage/backup"
"""Locked by whoever gives free what was deleted, and by a backup that still needs it: one waits for the other."""

LEAST = 64 * 1024**2
MIB = 1024**2


class Room:
    """What was seen last, in bytes: what may be stored in all, what is taken up, what is left."""

    def __init__(self) -> None:
        self.quota = self.used = self.left = 0
        self.full_since = 0.0
        self._vacuumed = 0.0
        self._told = ""

    def look(self) -> None:
        """Look at the disk, and let the front know."""
        self.quota = int(_read(QUOTA) or 0)
        self.used = sum(_files(DATA))
        left = self.quota - self.used
        if not _fits(LEAST):
            _unlink(BALLAST)
            left = 0
        elif not os.path.exists(BALLAST) and _fits(BALLAST_SIZE + LEAST):
            _set_aside(BALLAST)
        self.left = max(0, left)
        self.full_since = 0.0 if self.left else self.full_since or time.time()
        self._vacuum(little=self.left < max(self.quota // 10, 256 * MIB))
        self._tell()

    def _vacuum(self, *, little: bool) -> None:
        pause, least = (VACUUM_SOON, ANY) if little else (VACUUM_EVERY, AT_LEAST)
        if time.monotonic() - self._vacuumed < pause and self._vacuumed:
            return
        self._vacuumed = time.monotonic()
        threading.Thread(target=_ask_for_vacuum, args=(least,), daemon=True).start()

    def _tell(self) -> None:
        """The front reads the file when it begins, and is told of a change while it runs."""
        text = f"left {self.left}\n"
        if text != self._told:
            with open(MAP + ".new", "w", encoding="utf-8") as file:
                file.write(text)
            os.rename(MAP + ".new", MAP)
        # Also if nothing changed: it may have begun anew with what the file said a moment before.
        if command(f"set map {MAP} left {self.left}").strip() == "":
            self._told = text


def command(text: str) -> str:
    """What the front answers to a command; a complaint where it is not there."""
    try:
        with socket.socket(socket.AF_UNIX) as front:
            front.settimeout(2)
            front.connect(FRONT)
            front.sendall(text.encode() + b"\n")
            return b"".join(iter(lambda: front.recv(65536), b"")).decode()
    except OSError as error:
        return str(error)


def _files(folder: str) -> Iterator[int]:
    """What each file takes up on the disk; one that goes meanwhile takes nothing."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path)
        elif entry.path != BALLAST:
            try:
                yield entry.stat(follow_symlinks=False).st_blocks * 512
            except FileNotFoundError:
                continue


def _fits(count: int) -> bool:
    """Whether the disk itself takes so many bytes more: nothing in a machine can be asked, so it is tried."""
    scratch = os.open(DATA, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(scratch, 0, count)
    except OSError as error:
        if error.errno in (errno.EDQUOT, errno.ENOSPC):
            return False
        raise
    finally:
        os.close(scratch)
    return True


def _set_aside(path: str) -> None:
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(handle, 0, BALLAST_SIZE)
    finally:
        os.close(handle)


def _unlink(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _ask_for_vacuum(least: float) -> None:
    client = http.client.HTTPConnection(MASTER, timeout=600)
    # It is asked again later, also if the server has not begun yet, or a backup is under way.
    with contextlib.suppress(OSError, http.client.HTTPException), open(BACKUP, "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        client.request("GET", f"{VACUUM}{least}")
        client.getresponse().read()
    client.close()
