"""Disk limits that hold whatever is deleted: btrfs must go on counting when a large machine goes.

Since Linux 6.1 btrfs spares itself the work of counting what a large subvolume shared when that is deleted, marks all
of the file system's quotas as inconsistent, and enforces none of them any more, silently, until they are counted anew.
"""

from __future__ import annotations

from pathlib import Path

from install.shell import run

_SYSFS = Path("/sys/fs/btrfs")
_EVERYTHING = "8"
"""More levels than a tree can have (`BTRFS_MAX_LEVEL`): each deletion is counted."""


def hold(pool: Path) -> bool:
    """Have quotas of the file system that is mounted at `pool` count every deletion, and count anew what was not;
    whether anything had to be counted. It lasts as long as the file system stays mounted.
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
