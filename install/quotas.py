"""Disk limits that hold whatever is deleted: btrfs must go on counting when a large machine goes.

Since Linux 6.1 btrfs spares itself the work of counting what a large subvolume shared when that is deleted, marks all
of the file system's quotas as inconsistent, and enforces none of them any more, silently, until they are counted anew.
What it is told lasts as long as the file system stays mounted, so it is told again at each boot.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from install import units
from install.failure import Failure
from install.here import CHECKOUT
from install.host import has_systemd
from install.shell import run

POOLS = Path("/var/lib/incus/storage-pools")
_SYSFS = Path("/sys/fs/btrfs")
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


def at_boot(ns: Any) -> None:
    """Have the pool's limits held after each boot, where systemd runs."""
    if has_systemd():
        units.keep(_unit(ns), unit(ns))


def unit(ns: Any) -> str:
    """The text of the unit. Incus mounts the pool some time after it has started; until then it is tried again."""
    return "\n".join(
        [
            units.HEAD,
            "[Unit]",
            f"Description=Souk {ns.name}: disk limits of its machines",
            "After=incus.service",
            "Wants=incus.service",
            "StartLimitIntervalSec=0",
            "",
            "[Service]",
            "Type=oneshot",
            "RemainAfterExit=yes",
            "Restart=on-failure",
            "RestartSec=5",
            f"Environment=SOUK_NAMESPACE={ns.name} SOUK_STATE={ns.state} SOUK_RUN={ns.run}",
            f"ExecStart={CHECKOUT}/install/with-python quotas",
            "",
            "[Install]",
            "WantedBy=multi-user.target",
            "",
        ]
    )


def again(ns: Any) -> int:
    """Hold the limits of a pool that was mounted anew.

    Raises:
        Failure: it is not mounted yet.
    """
    pool = POOLS / ns.pool
    if not pool.is_mount():
        raise Failure(f"{pool} is not mounted", "Wait for Incus, then run this again.")
    hold(pool)
    return 0


def forget(ns: Any) -> None:
    """Have them held at boot no more."""
    units.forget(_unit(ns))


def _unit(ns: Any) -> str:
    return f"souk-{ns.name}-quotas.service"
