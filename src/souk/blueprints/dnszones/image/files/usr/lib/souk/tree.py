"""What is backed up of a name server: its zones as the platform told them, and the keys that sign them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

import nameserver
from machine import Failure
from repository import KIND, OF, SIZE, change

STAGE = "/var/lib/souk-backup"
PRIVATE = "keys"
"""Below the folder of keys: the keys themselves."""


def back_up(tag: str, of: str, kind: str, *, whole: bool = False) -> None:
    """Copy what changed into the repository; `whole` reads what did not, too."""
    with instant():
        keep(tag, of, kind, whole=whole)


@contextlib.contextmanager
def instant() -> Iterator[None]:
    """In the stage, until the block's end, what the server holds."""
    shutil.rmtree(STAGE, ignore_errors=True)
    os.makedirs(STAGE, mode=0o700)
    try:
        shutil.copytree(nameserver.ZONES, STAGE + "/zones")
        if os.path.exists(nameserver.LISTED):
            shutil.copy2(nameserver.LISTED, STAGE)
        copy_keys(STAGE + "/keys")
        yield
    finally:
        shutil.rmtree(STAGE, ignore_errors=True)


def copy_keys(to: str) -> None:
    """A copy of the list of keys as of one instant, while the server goes on; a key is there before it is listed."""
    os.makedirs(to)
    if not os.path.exists(nameserver.KEYS + "/data.mdb"):
        return
    done = subprocess.run(["mdb_copy", nameserver.KEYS, to], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"the list of keys can't be copied: {done.stderr.strip()[-200:]}")
    if os.path.isdir(f"{nameserver.KEYS}/{PRIVATE}"):
        shutil.copytree(f"{nameserver.KEYS}/{PRIVATE}", f"{to}/{PRIVATE}")


def lay_down(tree: str) -> None:
    """Have a server that was never begun hold what such a tree holds."""
    for name, place in (("zones", nameserver.ZONES), ("keys", nameserver.KEYS)):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(f"{tree}/{name}", place)
    own(nameserver.ZONES, "root:knot")
    own(nameserver.KEYS, "knot:knot")
    if os.path.exists(tree + "/zones.json"):
        shutil.copy2(tree + "/zones.json", nameserver.LISTED)
        own(nameserver.LISTED, "root:knot")


def own(path: str, whose: str) -> None:
    subprocess.run(["chown", "-R", whose, path], check=True)
    subprocess.run(["chmod", "-R", "u=rwX,g=rX,o=", path], check=True)


def keep(tag: str, of: str, kind: str, *, whole: bool) -> None:
    """Copy what is in the stage."""
    size = sum(os.stat(os.path.join(at, name)).st_size for at, _, names in os.walk(STAGE) for name in names)
    tags = [tag, KIND + kind, OF + of, SIZE + str(size)]
    change(
        *("backup", "--host", "souk", "--group-by", "host", "--quiet", "--no-scan", "--ignore-ctime", "--ignore-inode"),
        *(["--force"] if whole else []),
        *(word for each in tags for word in ("--tag", each)),
        *("--", STAGE),
    )
