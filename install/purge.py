"""`make purge`: undo all that the namespace did, and the host's changes when it was the last one."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

from install import (
    apparmor,
    application,
    bridged,
    firewall,
    folders,
    incus_api,
    incus_objects,
    incusd,
    kernel_limits,
    lanes,
    lifecycle,
    nightly,
    packages,
    subordinate_ids,
    users,
)
from install.failure import Failure
from install.here import HOST
from install.ledger import Ledger
from install.services import Service, log_folder
from install.steps import Progress, Steps


def purge(ns: Any, steps: Steps) -> int:
    """Ask, then delete. Returns an exit status.

    `PURGE=yes` in the environment answers the question; `PURGE=namespace` does too, and leaves what namespaces
    share even if this was the last one.

    Raises:
        Failure: nobody confirmed, or the state folder does not look like ours.
    """
    _check_state(ns)
    _confirm(ns, steps)
    ledger = Ledger()
    for beside in lanes.every(ns):
        if beside.name in ledger.others(ns.name):
            steps.say(f"    First {beside.name}, beside it for tests and trials:")
            _forget(beside, ledger, steps)
    _forget(ns, ledger, steps)
    if os.geteuid() == 0:
        if os.environ.get("PURGE") == "namespace":
            steps.say("    This host's own changes stay, as asked.")
        elif ledger.others(ns.name):
            steps.say(f"    This host's own changes stay for {', '.join(ledger.others(ns.name))}.")
        else:
            _undo_host(ns, ledger, steps)
    return 0


def _forget(ns: Any, ledger: Ledger, steps: Steps) -> None:
    for service in reversed(application.every_service(ns)):
        steps.step(f"Process {service.name}", partial(_remove, service))
    nightly.remove(ns)
    if os.geteuid() == 0:
        steps.step("Machines, images, pool, bridge", lambda _: _remove_from_engine(ns, ledger))
        steps.step("Firewall", lambda _: firewall.remove(ns))
    steps.step("Data, keys and logs", lambda _: folders.remove(ns, log_folder(ns)))
    if os.geteuid() == 0:
        ledger.leave(ns.name)


def _remove(service: Service, _: Progress) -> None:
    service.remove()


def _remove_from_engine(ns: Any, ledger: Ledger) -> str:
    """A stopped Incus still holds what the namespace owns: it is started to let go of it."""
    if not incusd.installed():
        return "Incus is not installed"
    incusd.ensure(ledger)
    return incus_objects.remove(ns)


def _check_state(ns: Any) -> None:
    """A folder is deleted only if the installer filled it."""
    if ns.state.exists() and not any((ns.state / name).exists() for name in ("namespace.env", "postgresql", "keys")):
        raise Failure(f"{ns.state} is not a folder that Souk made.", "Check SOUK_STATE.")


def _confirm(ns: Any, steps: Steps) -> None:
    if os.environ.get("PURGE") in ("yes", "namespace"):
        return
    steps.say(f"This deletes, for good, everything of the namespace {ns.name}:")
    steps.say(f"  its machines, their data and images (Incus project {ns.project})")
    steps.say(f"  its database, documents, keys and logs ({ns.state}, {log_folder(ns)})")
    if not Ledger().others(ns.name):
        steps.say("  and, as no other lives here, Souk's users, limits and package source on this host")
    if not sys.stdin.isatty():
        raise Failure("Nobody is here to confirm it.", "To delete without being asked: make purge PURGE=yes")
    if input(f"Type {ns.name} to go on: ").strip() != ns.name:
        raise Failure("That is not its name; nothing was deleted.")


_ENGINE = {"btrfs-progs", "dnsmasq-base", "incus-base", "incus-client", "lxcfs", "nftables"}


def _uninstall(ledger: Ledger, in_use: bool) -> str:
    """Remove our packages, except those that somebody else's machines or databases have come to need."""
    keep: set[str] = set()
    if in_use:
        keep |= _ENGINE
    else:
        incusd.stop_units()
    if any(Path("/etc/postgresql").glob("*/*")):
        keep |= {name for name in ledger.get("packages", []) if name.startswith("postgresql")}
    removed = packages.uninstall(ledger, keep=keep)
    kept = sorted(keep & set(ledger.get("packages", [])))
    return f"{len(removed)} removed" + (f"; in use by others: {' '.join(kept)}" if kept else "")


def _undo_host(ns: Any, ledger: Ledger, steps: Steps) -> None:
    in_use = incus_api.answers() and incus_objects.anything_left()
    steps.step("Incus daemon", lambda _: lifecycle.stop_incus(ns))
    if in_use:
        steps.say("    Incus holds what others made: its limits and user ids stay.")
    else:
        steps.step("Kernel limits", lambda _: kernel_limits.undo(ledger))
        steps.step("Bridges and IP filter", lambda _: bridged.undo(ledger))
        steps.step("User ids of containers", lambda _: subordinate_ids.undo(ledger))
    steps.step("System users", lambda _: users.remove(ledger))
    apparmor.undo(ledger)
    if os.environ.get("PACKAGES") == "yes":
        steps.step("Debian packages", lambda _: _uninstall(ledger, in_use))
    elif ledger.get("packages"):
        steps.say("    Debian packages stay; `make purge PACKAGES=yes` removes those Souk installed:")
        steps.say(f"    {' '.join(ledger.get('packages'))}")
    packages.forget_source(ledger)
    for folder in (application.CACHE, Path("/var/log/souk"), Path("/run/souk")):
        shutil.rmtree(folder, ignore_errors=True)
    if not ledger.get("packages"):
        shutil.rmtree(HOST, ignore_errors=True)
