"""What is backed up of a site: all that its customer brought and its programs wrote, as a copy of this instant.

The copy is made file by file within moments, and shares its blocks with what it is a copy of where the disk can. It is
made as the site itself, who owns it all: no link in a site leads root astray.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator

from machine import Failure
from parts import PASSING, copy
from repository import KIND, OF, SIZE, change

STAGE = "/var/lib/souk-backup"
TREE = STAGE + "/tree"
IDENTITY = STAGE + "/identity"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
SITE = "site"


def back_up(tag: str, of: str, kind: str, *, whole: bool = False) -> None:
    """Copy what changed of the site's files into the repository; `whole` reads those that did not, too."""
    with instant():
        keep(tag, of, kind, whole=whole)


@contextlib.contextmanager
def instant() -> Iterator[None]:
    """The copy is there until the block's end."""
    clear()
    os.makedirs(TREE)
    os.chmod(STAGE, 0o700)
    try:
        user = pwd.getpwnam(SITE)
        os.chown(TREE, user.pw_uid, user.pw_gid)
        copy(lambda place, name: _copy(place, name, user))
        for path in PASSING:
            _remove(f"{TREE}/{path}")
        for name in (HOST_KEY, HOST_KEY + ".pub"):
            if os.path.exists(name):
                os.makedirs(IDENTITY, mode=0o700, exist_ok=True)
                shutil.copy2(name, IDENTITY)
        yield
    finally:
        clear()


def keep(tag: str, of: str, kind: str, *, whole: bool) -> None:
    """Copy what is in the stage. A copy has inodes and change times of its own: neither says that a file is another."""
    tags = [tag, KIND + kind, OF + of, SIZE + str(occupied())]
    change(
        *("backup", "--host", "souk", "--group-by", "host", "--quiet", "--no-scan", "--ignore-ctime", "--ignore-inode"),
        *(["--force"] if whole else []),
        *(word for each in tags for word in ("--tag", each)),
        *("--", STAGE),
    )


def clear() -> None:
    shutil.rmtree(STAGE, ignore_errors=True)


def occupied() -> int:
    """Bytes that the copied files take."""
    return sum(at.st_blocks * 512 for _path, at in walk(TREE) if not stat.S_ISDIR(at.st_mode))


def walk(root: str) -> Iterator[tuple[str, os.stat_result]]:
    """Every path under a root, itself included, in an order that is the same for the same names."""
    waiting = [root]
    while waiting:
        path = waiting.pop()
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            at = os.lstat(path)
            yield path, at
            if stat.S_ISDIR(at.st_mode):
                waiting.extend(sorted(os.path.join(path, name) for name in os.listdir(path)))


def _copy(place: str, name: str, user: pwd.struct_passwd) -> None:
    """Begun within the copy's folder, to which no path leads that the site's user may go."""
    command = ["cp", "--archive", "--reflink=auto", "--", place, name]
    done = subprocess.run(
        command,
        cwd=TREE,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        errors="replace",
    )
    # What vanished meanwhile is none of the instant's.
    lost = [line for line in done.stderr.splitlines() if "No such file" not in line]
    if done.returncode != 0 and lost:
        raise Failure(f"the site's files can't be copied: {lost[-1][:200]}")


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)
