"""Disk limits that hold whatever is deleted: btrfs must go on counting when a large machine goes.

Since Linux 6.1 btrfs spares itself the work of counting what a large subvolume shared when that is deleted, marks all
of the file system's quotas as inconsistent, and enforces none of them any more, silently, until they are counted anew.
What it is told lasts as long as the file system stays mounted. And newer kernels (seen in 6.18) give all of them up for
one deleted machine whose own count had gone wrong. So a small process looks every few seconds, and has them counted
anew.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from install.failure import Failure
from install.here import CHECKOUT
from install.services import Service
from install.shell import run

POOLS = Path("/var/lib/incus/storage-pools")
_SYSFS = Path("/sys/fs/btrfs")
_EVERY = 15.0
"""Seconds."""

_EVERYTHING = "8"
"""More levels than a tree can have (`BTRFS_MAX_LEVEL`): each deletion is counted."""


def hold(pool: Path) -> bool:
    """Have quotas of the file system that is mounted at `pool` count every deletion, and count anew what was not;
    whether anything had to be counted.
    """
    identifier = run("findmnt", "--noheadings", "--output", "UUID", "--target", str(pool)).strip()
    quotas = _SYSFS / identifier / "qgroups"
    threshold, inconsistent = quotas / "drop_subtree_threshold", quotas / "inconsistent"
    if not quotas.exists():
        # Incus would switch them on for its first machine.
        run("btrfs", "quota", "enable", str(pool))
    if not threshold.exists():
        return False
    threshold.write_text(_EVERYTHING)
    if inconsistent.read_text().strip() == "0":
        return False
    run("btrfs", "quota", "rescan", "-w", str(pool))
    return True


def keep(ns: Any) -> str:
    """Have the pool's limits held from now on, whatever the kernel makes of them. Returns a remark."""
    if not (POOLS / ns.pool).is_mount():
        return "none to hold"
    service(ns).ensure()
    return "watched"


def service(ns: Any) -> Service:
    """The process that holds them, as root: nobody else may have them counted anew."""
    return Service(
        ns=ns,
        name="limits",
        command=(str(CHECKOUT / "install" / "with-python"), "limits"),
        user="root",
        environment={"SOUK_NAMESPACE": ns.name, "SOUK_STATE": str(ns.state), "SOUK_RUN": str(ns.run)},
        wants=("incus.service",),
    )


def watch(ns: Any) -> int:
    """Hold the limits of the pool as long as it lives: after each mount, and whenever the kernel lost count."""
    while True:
        if (POOLS / ns.pool).is_mount():
            try:
                if hold(POOLS / ns.pool):
                    sys.stderr.write("disk limits counted anew\n")
            except Failure as failure:
                sys.stderr.write(f"{failure.sentence} {failure.detail}\n")
        time.sleep(_EVERY)
