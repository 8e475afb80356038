"""The name server of this machine: where its files are, and how it is told of them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Mapping, Sequence

from machine import Failure, journal, systemctl, write

FOLDER = "/etc/souk/dns"
DATA = "/var/lib/souk-dns"
ZONES, KEYS = DATA + "/zones", DATA + "/keys"
CONF, ZONE_CONF, KEY_CONF = FOLDER + "/knot.conf", FOLDER + "/zones.conf", FOLDER + "/keys.conf"
LISTED = DATA + "/zones.json"
"""Of each zone what its text was called, and whether it is signed."""

RESTORED = DATA + "/restored"
"""There while what was restored is not known to the platform."""

PENDING = DATA + "/pending"
"""There while something was written that the server may not have read yet. Lists it reads only if they differ: what it
counts begins anew then.
"""

CONFIGURED, WAITS = FOLDER + "/configured", FOLDER + "/waits"
SERVICE, STATUS = "souk-dns.service", "souk-dns-status.service"
GROUP = "knot"

Listed = dict[str, dict[str, object]]


def put(path: str, content: str) -> bool:
    """Write a file that the server reads. Returns whether it differed."""
    changed: bool = write(path, content, GROUP)
    return changed


def knotc(*arguments: str, within: int = 60) -> str:
    """Tell the running server something, and wait until it is done.

    Raises:
        Failure.
    """
    command = ["knotc", "-c", CONF, "-t", str(within), *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"knotc {arguments[0]}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def listed() -> Listed:
    """The zones that there are."""
    try:
        with open(LISTED, encoding="utf-8") as file:
            found: Listed = json.load(file)
    except FileNotFoundError:
        return {}
    return found


def zone_file(name: str) -> str:
    return f"{ZONES}/{name}.zone"


def list_zones(zones: Mapping[str, Mapping[str, object]]) -> bool:
    """Have the server know these zones and no others, once it is told to look. Returns whether that differs."""
    put(LISTED, json.dumps(zones, sort_keys=True))
    blocks = [
        f"  - domain: {name}.\n    template: {'signed' if zone['signed'] else 'plain'}\n"
        for name, zone in sorted(zones.items())
    ]
    return put(ZONE_CONF, "zone:\n" + "".join(blocks) if blocks else "")


def begin_lists() -> bool:
    """Say that lists are to be written; whether a killed attempt had said so."""
    pending = os.path.exists(PENDING)
    put(PENDING, "")
    return pending


def end_lists() -> None:
    """Say that the server has read them."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(PENDING)


def list_keys() -> bool:
    """Have the server know the keys that lie in their folder. Returns whether that differs."""
    folder = FOLDER + "/keys"
    names = sorted(name for name in os.listdir(folder) if not name.endswith(".new"))
    blocks = []
    for name in names:
        with open(f"{folder}/{name}", encoding="ascii") as file:
            blocks.append(f"  - id: {name}.\n    algorithm: hmac-sha256\n    secret: {file.read().strip()}\n")
    rule = f"acl:\n  - id: transfer\n    key: [{', '.join(name + '.' for name in names)}]\n    action: transfer\n"
    return put(KEY_CONF, "key:\n" + "".join(blocks) + rule)


def bring_up(units: Sequence[str], verb: str, deadline: float) -> None:
    """Start units, or make running ones take what changed.

    Raises:
        Failure: with what they logged.
    """
    for unit in units:
        running = systemctl("is-active", "--quiet", unit, deadline=deadline) == 0
        done = systemctl(verb if running else "start", unit, deadline=deadline)
        if done != 0 and verb != "restart":
            done = systemctl("restart", unit, deadline=deadline)
        if done != 0:
            raise Failure(f"{unit} does not {verb}:\n{journal(unit)}")


def keymgr(zone: str, command: str) -> str:
    """Ask about a zone's keys.

    Raises:
        Failure.
    """
    told = ["keymgr", "-c", CONF, zone + ".", command]
    done = subprocess.run(told, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failure(f"keymgr {command}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout
