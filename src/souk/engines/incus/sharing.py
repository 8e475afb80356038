"""What machines share on a copy-on-write pool: bytes that count against each quota, and that Incus calls nobody's.

A machine and its copies are a family. As long as one of it has a relative, it counts what was on its disk when it was
copied, or came from there, beside what Incus calls its own: what was written anew since counts twice, so that a disk is
rather told too full than not full enough. The same holds for a machine and its snapshots.
"""

from __future__ import annotations

from collections.abc import Sequence

from souk.engines.incus.wire import Instance

_FAMILY, _SHARED, _KEPT = "user.souk-family", "user.souk-shared", "user.souk-kept"
KEYS = (_FAMILY, _SHARED, _KEPT)
"""The configuration keys that remember it."""


def related(row: Instance) -> bool:
    """Whether a machine was copied once, is a copy, or has snapshots."""
    return _FAMILY in row.config or _KEPT in row.config


def shared(row: Instance, rows: Sequence[Instance]) -> int:
    """Bytes that a machine shares with its snapshots, and with its relatives among `rows` unless it is the last of its
    family.
    """
    family, kept = row.config.get(_FAMILY), int(row.config.get(_KEPT) or 0)
    if not family or all(other.name == row.name or other.config.get(_FAMILY) != family for other in rows):
        return kept
    return max(kept, int(row.config.get(_SHARED) or 0))


def keeping(on_disk: int) -> dict[str, str]:
    """The configuration keys of a machine of which a snapshot is about to be taken; with 0, of one that has none."""
    return {_KEPT: str(on_disk) if on_disk else ""}


def kinship(row: Instance, on_disk: int) -> dict[str, str]:
    """The configuration keys of a machine that is about to be copied, and of its copy."""
    return {_FAMILY: row.config.get(_FAMILY) or row.name, _SHARED: str(on_disk)}
