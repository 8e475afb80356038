"""Snapshots of a machine's disk, in Incus's words. Incus keeps what a machine was given with each of them, and gives it
back with the disk: whoever restores one sets it right again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from souk.engines.contract import AlreadyExists, NotFound, Snapshot
from souk.engines.incus import wire
from souk.engines.incus.transport import Transport

_WITHIN = 180.0


def take(transport: Transport, machine: str, name: str) -> None:
    """Take one; nothing to do if it is there. `machine` is the path of its machine."""
    try:
        transport.change("POST", f"{machine}/snapshots", body={"name": name, "stateful": False}, timeout=_WITHIN)
    except AlreadyExists:
        return


def listing(transport: Transport, machine: str) -> Sequence[Snapshot]:
    """All of a machine's, oldest first."""
    rows = transport.get(f"{machine}/snapshots", list[wire.SnapshotRow], recursion="1")
    found = [
        Snapshot(row.name.rpartition("/")[2], datetime.fromisoformat(row.created_at), max(0, row.size)) for row in rows
    ]
    return sorted(found, key=lambda each: (each.created_at, each.name))


def one(transport: Transport, machine: str, name: str) -> wire.SnapshotRow:
    """One, with what its machine was given when it was taken.

    Raises:
        NotFound.
    """
    return transport.get(_path(machine, name), wire.SnapshotRow)


def restore(transport: Transport, machine: str, name: str) -> None:
    """Have a stopped machine be what it was, disk and configuration."""
    transport.change("PUT", machine, body={"restore": name, "stateful": False}, timeout=_WITHIN)


def delete(transport: Transport, machine: str, name: str) -> None:
    """Delete one; nothing to do if it is gone."""
    try:
        transport.change("DELETE", _path(machine, name), timeout=_WITHIN)
    except NotFound:
        return


def _path(machine: str, name: str) -> str:
    return f"{machine}/snapshots/{quote(name, safe='')}"
