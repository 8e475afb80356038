"""A machine's files: which are kept, which are the platform's own, and a walk over them."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterator

from repository import INCOMPLETE, KIND, OF, SIZE, change

STAGE = "/.souk"
"""Where a restore puts together what is to take the disk's place."""

SECRET = ("/etc/souk", "/usr/lib/souk", STAGE)
"""The platform's own, in no backup: the machine that is restored has its own."""

PASSING = (
    *("/tmp/*", "/swapfile", "/swap.img", "/lost+found", "/var/cache/souk"),  # noqa: S108
    *("/var/cache/apt/archives/*.deb", "/var/cache/apt/*.bin", "/var/lib/apt/lists/*_*"),
    *("/root/.cache", "/home/*/.cache"),
)
"""What whoever misses it makes anew, in restic's patterns."""

KEPT = re.compile(
    r"/(etc/souk|usr/lib/souk|etc/systemd/network/10-eth0\.network"
    r"|etc/systemd/system/((.+\.wants/)?souk-[^/]+|(systemd-resolved|systemd-udev-trigger|ssh)\.service\.d/"
    r"(souk|later|network-only)\.conf))"
)
"""What a machine keeps of its own whatever is restored on it."""


def back_up(tag: str, of: str, kind: str, *, whole: bool = False) -> None:
    """Copy what changed of this machine's files into the repository; `whole` reads those that did not, too."""
    excluded = [*SECRET, *PASSING, *(_escaped(path) + "/*" for path in mounts()), *_swap()]
    tags = [tag, KIND + kind, OF + of, SIZE + str(occupied())]
    change(
        *("backup", "/", "--host", "souk", "--group-by", "host", "--quiet", "--no-scan"),
        *(["--force"] if whole else []),
        *(word for each in tags for word in ("--tag", each)),
        *(word for path in excluded for word in ("--exclude", path)),
        accepted=(0, INCOMPLETE),
    )


def mounts() -> list[str]:
    """Where another file system lies over the disk's."""
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        points = {re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), line.split()[4]) for line in file}
    return sorted(points - {"/"})


def occupied() -> int:
    """Bytes that the files take on the disk, each once."""
    left_out = {*mounts(), *SECRET, "/var/cache/souk"}
    seen: set[int] = set()
    total = 0
    for _path, at in walk("/", left_out.__contains__):
        if at.st_nlink > 1 and not stat.S_ISDIR(at.st_mode):
            if at.st_ino in seen:
                continue
            seen.add(at.st_ino)
        total += at.st_blocks * 512
    return total


def walk(root: str, left_out: Callable[[str], bool]) -> Iterator[tuple[str, os.stat_result]]:
    """Every path under a root, itself included, in an order that is the same for the same names; nothing in what is
    left out. What vanishes meanwhile is left out, too.
    """
    waiting = [root]
    while waiting:
        path = waiting.pop()
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            at = os.lstat(path)
            yield path, at
            if stat.S_ISDIR(at.st_mode):
                inside = (os.path.join(path, name) for name in os.listdir(path))
                waiting.extend(sorted(each for each in inside if not left_out(each)))


def _swap() -> list[str]:
    with open("/proc/swaps", encoding="utf-8", errors="surrogateescape") as file:
        return [_escaped(line.split()[0]) for line in file.readlines()[1:] if line.startswith("/")]


def _escaped(path: str) -> str:
    return re.sub(r"([\\*?\[])", r"\\\1", path)
