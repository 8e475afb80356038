"""What is backed up of an S3 server that goes on: its list of what is where and its volumes, as of one instant."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator

from machine import Failure

# Laid down beside this file.
from repository import KIND, OF, SIZE, change
from standing import still

DATA = "/var/lib/souk-objectstorage"
STAGE = "/var/lib/souk-backup"
LIST = "filerldb2"
"""The folder of the server's list: databases (LevelDB) whose tables never change once they are written."""

VOLUMES, SIZES = STAGE + "/volumes", STAGE + "/sizes"
UNDER_WAY = "/run/souk-objectstorage/backup"
"""The steward's file. Whoever has it locked keeps what was deleted from being given free."""

TRIES = 10


def back_up(tag: str, of: str, kind: str, *, whole: bool = False) -> None:
    """Copy what was added since, as of now; `whole` reads again what did not change, too."""
    with instant() as sizes:
        keep(sizes, tag, of, kind, whole=whole)


@contextlib.contextmanager
def instant() -> Iterator[dict[str, int]]:
    """In the stage, what the server holds at this instant, until the block's end. Volumes go on to grow there, and
    what was deleted is not given free: how long each was, in bytes, is what is given.
    """
    with _nothing_given_free():
        try:
            yield _stand_still_and_take()
        finally:
            shutil.rmtree(STAGE, ignore_errors=True)


def keep(sizes: dict[str, int], tag: str, of: str, kind: str, *, whole: bool) -> None:
    """Copy what is in the stage."""
    tags = [tag, KIND + kind, OF + of, SIZE + str(sum(sizes.values()))]
    change(
        *("backup", "--host", "souk", "--group-by", "host", "--quiet", "--no-scan"),
        # Being linked is a change to a file's inode, and none to what is in it.
        "--ignore-ctime",
        *(["--force"] if whole else []),
        *(word for each in tags for word in ("--tag", each)),
        *("--", SIZES, f"{STAGE}/{LIST}", VOLUMES),
    )


def _stand_still_and_take() -> dict[str, int]:
    for tried in range(TRIES):
        shutil.rmtree(STAGE, ignore_errors=True)
        os.makedirs(VOLUMES, mode=0o700)
        os.chmod(STAGE, 0o700)
        try:
            with still() as stands:
                _take_list()
                sizes = _take_volumes()
                stands()
            _describe_volumes(sizes)
        except (Failure, FileNotFoundError):
            if tried == TRIES - 1:
                raise
            time.sleep(1)
            continue
        with open(SIZES, "w", encoding="utf-8") as file:
            json.dump(sizes, file)
        return sizes
    raise AssertionError


def _take_list() -> None:
    for folder in glob.glob(f"{DATA}/{LIST}/*"):
        taken = f"{STAGE}/{LIST}/{os.path.basename(folder)}"
        os.makedirs(taken)
        for name in os.listdir(folder):
            if name.endswith((".ldb", ".sst")):
                os.link(f"{folder}/{name}", f"{taken}/{name}")
            elif not name.startswith(("LOCK", "LOG")):
                shutil.copyfile(f"{folder}/{name}", f"{taken}/{name}", follow_symlinks=False)


def _take_volumes() -> dict[str, int]:
    sizes = {}
    for path in glob.glob(DATA + "/*.dat"):
        name = os.path.basename(path)
        os.link(path, f"{VOLUMES}/{name}")
        sizes[name] = os.stat(path).st_size
    return sizes


def _describe_volumes(names: Iterable[str]) -> None:
    """What is told of a volume beside it never changes; of one that is gone it is in the volume itself."""
    for name in (each.removesuffix(".dat") + ".vif" for each in names):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{DATA}/{name}", f"{VOLUMES}/{name}", follow_symlinks=False)


@contextlib.contextmanager
def _nothing_given_free() -> Iterator[None]:
    """Wait for what is being given free, and have nothing be until the block's end, or this program's."""
    try:
        handle = os.open(UNDER_WAY, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise Failure("the steward does not run") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
