"""Whether two copies of a machine's files are alike: of everything what it is and whose, of some files what is in them.

One copy belongs to a machine that goes on. What changed there since its backup began can't be compared; all else must
be the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import heapq
import os
import re
import stat
from collections.abc import Callable, Mapping
from typing import Any

from machine import Failure
from tree import KEPT, STAGE, mounts, walk

MIB = 1024**2
WINDOW, MOST_FILES = 16 * MIB, 20_000
"""Of a larger file so much is read; of more files, some."""

MOST_CHANGED, MOST_IN_FOLDER = 20_000, 1_000
LONGEST_NAME = 100

# What runs writes there before anything is compared, no backup holds it, or each machine has its own.
RESTLESS = re.compile(
    r"/(tmp|var/tmp|var/log|var/cache|var/lib/apt|var/lib/systemd|swapfile|swap\.img|lost\+found)"
    r"|/etc/(machine-id|hostname|ssh/ssh_host_[^/]+)"
    r"|/(root|home/[^/]+)/\.cache"
)

Extent = Mapping[str, Any]


def folders() -> dict[str, int]:
    """Every folder that is compared, and its inode: one that is moved looks as if it had always been there."""
    return {path: at.st_ino for path, at in walk("/", _left_out()) if stat.S_ISDIR(at.st_mode)}


def unchanged(since: int, before: Mapping[str, int], seed: int, most: int) -> dict[str, Any]:
    """What can be compared: what did not change `since` an instant (nanoseconds) at which there were these folders.

    `omitted` are paths that are not looked at, and nothing in them. `read` are the files that are read, about `most`
    bytes, others for each seed. Of folders whose entries changed, which end in a slash, it is told which did not.
    """
    omitted: list[str] = []
    inside: dict[str, list[str]] = {}
    picked = _Pick(seed, most)
    for path, at in walk("/", _left_out()):
        new = at.st_ctime_ns >= since
        if (parent := inside.get(os.path.dirname(path))) is not None:
            is_folder = stat.S_ISDIR(at.st_mode) and before.get(path) == at.st_ino
            if len(parent) < MOST_IN_FOLDER and (is_folder or not new):
                parent.append(os.path.basename(path))
        elif path != "/" and new and not stat.S_ISDIR(at.st_mode):
            omitted.append(path)
        if stat.S_ISDIR(at.st_mode):
            if before.get(path) != at.st_ino:
                omitted.append(path)
            elif new:
                inside[path] = []
        elif stat.S_ISREG(at.st_mode) and not new:
            picked.offer(path, at.st_size)
        if len(omitted) + sum(map(len, inside.values())) > MOST_CHANGED:
            raise Failure("too much changes in this machine for two copies of it to be compared")
    sampled = {"omitted": omitted, "read": picked.paths(), **{f"{path}/": names for path, names in inside.items()}}
    return {"share": picked.share, "seed": seed, "sampled": sampled}


def read(extent: Extent) -> dict[str, str]:
    """Checksums of this machine's files, by folder, as far as they can be compared."""
    parts, seed = extent["sampled"], extent["seed"]
    picked = frozenset(parts["read"])
    inside = {path[:-1]: frozenset(names) for path, names in parts.items() if path.endswith("/")}
    left_out, omitted = _left_out(), frozenset(parts["omitted"])

    def skipped(path: str) -> bool:
        of_parent = inside.get(os.path.dirname(path))
        return path in omitted or left_out(path) or (of_parent is not None and os.path.basename(path) not in of_parent)

    sums = _Sums()
    for path, at in walk("/", skipped):
        # Of a folder that changed, its owner may have, too.
        if path != "/" and path not in inside:
            with contextlib.suppress(FileNotFoundError):
                sums.add(path, _facts(path, at))
                if path in picked:
                    sums.add(path, _content(path, at.st_size, seed))
    return sums.told()


def _left_out() -> Callable[[str], bool]:
    covered = {*mounts(), STAGE}
    return lambda path: path in covered or bool(KEPT.fullmatch(path) or RESTLESS.fullmatch(path))


def _facts(path: str, at: os.stat_result) -> tuple[object, ...]:
    target = os.readlink(path) if stat.S_ISLNK(at.st_mode) else ""
    file = (at.st_size, at.st_mtime_ns) if stat.S_ISREG(at.st_mode) else ()
    more = [(name, os.getxattr(path, name, follow_symlinks=False)) for name in _attributes(path)]
    return (at.st_mode, at.st_uid, at.st_gid, target, *file, more)


def _attributes(path: str) -> list[str]:
    try:
        return sorted(os.listxattr(path, follow_symlinks=False))
    except OSError:
        return []


def _content(path: str, size: int, seed: int) -> str:
    start = _drawn(path, seed) % (size - WINDOW) if size > WINDOW else 0
    found, left = hashlib.sha256(), WINDOW
    with open(path, "rb") as file:
        file.seek(start)
        while left and (part := file.read(min(left, MIB))):
            found.update(part)
            left -= len(part)
    return found.hexdigest()


def _drawn(path: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed} {path!r}".encode()).digest()[:8], "big")


class _Pick:
    """Some of the files: so many, and so many bytes."""

    def __init__(self, seed: int, most: int) -> None:
        self._seed, self._most = seed, most
        self._found: list[tuple[int, str, int]] = []
        self._taken = self._all = 0

    def offer(self, path: str, size: int) -> None:
        taken = min(size, WINDOW)
        self._all += size
        self._taken += taken
        heapq.heappush(self._found, (-_drawn(path, self._seed), path, taken))
        while len(self._found) > MOST_FILES or self._taken > self._most:
            self._taken -= heapq.heappop(self._found)[2]

    @property
    def share(self) -> float:
        """Per cent."""
        return round(100 * self._taken / self._all, 1) if self._all else 100.0

    def paths(self) -> list[str]:
        return sorted(path for _order, path, _taken in self._found)


class _Sums:
    """Checksums by folder, two levels deep."""

    def __init__(self) -> None:
        self._sums: dict[str, Any] = {}

    def add(self, path: str, what: object) -> None:
        name = "/".join(path.split("/")[:3])
        self._sums.setdefault(name, hashlib.sha256()).update(f"{path!r} {what!r}\n".encode())

    def told(self) -> dict[str, str]:
        return {ascii(name)[1:-1][:LONGEST_NAME]: found.hexdigest() for name, found in self._sums.items()}
