"""The Incus daemon of this host: used as it is where one runs, started where none does."""

from __future__ import annotations

import subprocess
from pathlib import Path

from install import incus_api, mounts
from install.daemons import Daemon, wait_until
from install.failure import Failure
from install.host import has_systemd, in_container
from install.ledger import Ledger
from install.shell import attempt, clean_environment, run

GROUP = "incus-admin"
"""Debian's group that may use Incus' socket, and so is as powerful as root."""

_BINARY = Path("/usr/libexec/incus/incusd")
_LXCFS_MOUNT = Path("/var/lib/lxcfs")

_UNITS = ("lxcfs.service", "incus.socket", "incus.service")

LXCFS = Daemon("lxcfs", Path("/run/souk/lxcfs.pid"), Path("/var/log/souk/lxcfs.log"))
INCUSD = Daemon("incusd", Path("/run/souk/incusd.pid"), Path("/var/log/souk/incusd.log"))


def installed() -> bool:
    """Whether this host has an Incus daemon to run."""
    return _BINARY.exists()


def ensure(ledger: Ledger) -> str:
    """Have Incus answer. Returns a remark that says who runs it.

    Raises:
        Failure: it would not start.
    """
    if incus_api.answers():
        return "ours" if INCUSD.pid() else "already running, used as it is"
    with ledger.lock():
        if incus_api.answers():
            return "just started by another namespace"
        if has_systemd():
            _start_units()
        else:
            _start_lxcfs()
            _start_incusd()
    return "started"


def _start_units() -> None:
    """Start Debian's own units; a socket unit left over from an earlier installation needs a restart."""
    run("systemctl", "enable", "--now", *_UNITS)
    if not wait_until(incus_api.answers, 20):
        run("systemctl", "restart", *_UNITS)
        if not wait_until(incus_api.answers, 40):
            raise Failure("The Incus daemon started but does not answer.", "See journalctl -u incus.")


def _start_lxcfs() -> None:
    """Guests see the host's memory and CPUs unless lxcfs runs."""
    mounts.clear_dead(_LXCFS_MOUNT)
    if mounts.mounted(_LXCFS_MOUNT):
        return
    _LXCFS_MOUNT.mkdir(parents=True, exist_ok=True)
    LXCFS.start(["lxcfs", "--pidfile=/run/souk/lxcfs.own", _LXCFS_MOUNT])
    wait_until(lambda: mounts.mounted(_LXCFS_MOUNT) or LXCFS.pid() is None, 10)
    if not mounts.mounted(_LXCFS_MOUNT) and not in_container():
        raise LXCFS.failure("lxcfs, which shows guests their own memory and CPUs, did not start.")


def _start_incusd() -> None:
    Path("/var/log/incus").mkdir(parents=True, exist_ok=True)
    INCUSD.start(
        [_BINARY, "--group", GROUP, "--logfile=/var/log/incus/incus.log"],
        env=clean_environment(
            PATH="/usr/libexec/incus:/usr/sbin:/usr/bin:/sbin:/bin",
            INCUS_LXC_TEMPLATE_CONFIG="/usr/share/lxc/config",
        ),
    )
    try:
        subprocess.run([_BINARY, "waitready", "--timeout=60"], check=True, capture_output=True)
    except subprocess.CalledProcessError as late:
        raise INCUSD.failure("The Incus daemon did not come up within a minute.") from late
    if not wait_until(incus_api.answers, 10):
        raise INCUSD.failure("The Incus daemon started but does not answer.")


def stop_units() -> None:
    """End Debian's own units, before their package is removed: the package itself leaves the daemon running."""
    if has_systemd():
        attempt("systemctl", "stop", *reversed(_UNITS))


def stop() -> str:
    """End the daemons that we started. Machines shut down cleanly and come back with the daemon."""
    if not INCUSD.pid():
        return "not ours, left running" if incus_api.answers() else "not running"
    incus_api.call("PUT", "/internal/shutdown", timeout=300)
    if not wait_until(lambda: INCUSD.pid() is None, 120):
        INCUSD.stop()
    INCUSD.pidfile.unlink(missing_ok=True)
    if LXCFS.stop() and mounts.mounted(_LXCFS_MOUNT):
        run("umount", "--lazy", _LXCFS_MOUNT)
    mounts.clear_dead(_LXCFS_MOUNT)
    return "ended"
