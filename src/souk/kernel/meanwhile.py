"""Two people who change the same at once: the second is told, and nothing of the first's is lost unseen.

Whoever replaces something as a whole says what was seen of it, by a mark; the command compares while it holds the row.
"""

from __future__ import annotations

import hashlib

import msgspec

from souk.kernel.errors import Problem


class ChangedMeanwhile(Problem):
    """Somebody else changed this meanwhile. Look at what there is now, then repeat your change if it still holds."""

    status = 412
    field = "If-Match"


def mark(shown: object) -> str:
    """What tells a state of something from every other: a digest of all that is shown of it."""
    return hashlib.sha256(msgspec.json.encode(shown, order="deterministic")).hexdigest()[:32]


def unchanged(seen: str, present: object) -> None:
    """Refuse what was meant for another state. Who saw nothing (empty), or would have anything (`*`), is not refused.

    Raises:
        ChangedMeanwhile.
    """
    if seen not in ("", "*", mark(present)):
        raise ChangedMeanwhile
