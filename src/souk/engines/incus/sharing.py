"""What machines share on a copy-on-write pool: bytes that count against each quota, and that Incus calls nobody's.

A machine and its copies are a family. As long as one of it has a relative, it counts what was on its disk when it was
copied, or came from there, beside what Incus calls its own: what was written anew since counts twice, so that a disk is
rather told too full than not full enough.
"""

from __future__ import annotations

from collections.abc import Sequence

from souk.engines.incus.wire import Instance

_FAMILY, _SHARED = "user.souk-family", "user.souk-shared"


def related(row: Instance) -> bool:
    """Whether a machine was copied once, or is a copy."""
    return _FAMILY in row.config


def shared(row: Instance, rows: Sequence[Instance]) -> int:
    """Bytes that a machine shares with its relatives among `rows`; none when it is the last of its family."""
    family = row.config.get(_FAMILY)
    if not family or all(other.name == row.name or other.config.get(_FAMILY) != family for other in rows):
        return 0
    return int(row.config.get(_SHARED) or 0)


def kinship(row: Instance, on_disk: int) -> dict[str, str]:
    """The configuration keys of a machine that is about to be copied, and of its copy."""
    return {_FAMILY: row.config.get(_FAMILY) or row.name, _SHARED: str(on_disk)}
