"""What a backup of the server is: its snapshot, of one instant, made for it while the server goes on. A server that
keeps nothing has none.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator

import server
from repository import KIND, OF, SIZE, change

STAGE = "/var/lib/souk-backup"
COPY = STAGE + "/dump.rdb"
WITHIN = 3600.0
"""Seconds in which a server has written all its memory to the disk."""


def back_up(tag: str, of: str, kind: str, *, whole: bool = False) -> None:
    """Copy what is kept into the repository; `whole` reads what seems not to have changed, too."""
    with instant():
        keep(tag, of, kind, whole=whole)


@contextlib.contextmanager
def instant() -> Iterator[None]:
    """The copy is there until the block's end."""
    clear()
    os.makedirs(STAGE, mode=0o700)
    try:
        if server.keeps() != "none":
            deadline = time.monotonic() + WITHIN
            with server.asking(deadline) as session:
                server.snapshot(session, deadline)
            os.link(server.SNAPSHOT, COPY)
        yield
    finally:
        clear()


def keep(tag: str, of: str, kind: str, *, whole: bool) -> None:
    """Copy what is in the stage."""
    size = os.path.getsize(COPY) if os.path.exists(COPY) else 0
    change(
        *("backup", "--host", "souk", "--group-by", "host", "--quiet", "--no-scan", "--ignore-ctime", "--ignore-inode"),
        *(["--force"] if whole else []),
        *(word for each in (tag, KIND + kind, OF + of, f"{SIZE}{size}") for word in ("--tag", each)),
        *("--", STAGE),
    )


def clear() -> None:
    shutil.rmtree(STAGE, ignore_errors=True)
