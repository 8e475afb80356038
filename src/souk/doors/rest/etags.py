"""ETags: a resource's version is a digest of what it shows."""

from __future__ import annotations

import hashlib

from souk.kernel.meanwhile import mark

#: Hashing more than 2047 bytes at once lets another thread run meanwhile, and waiting for one's next turn costs more
#: than hashing a body does.
_AT_ONCE = 2047


def etag(content: bytes) -> str:
    """The strong ETag of a body."""
    digest = hashlib.sha256()
    for start in range(0, len(content), _AT_ONCE):
        digest.update(content[start : start + _AT_ONCE])
    return f'"{digest.hexdigest()[:32]}"'


def resource_etag(row: object) -> str:
    """The ETag that a GET of this row carries as `ETag`."""
    return f'"{mark(row)}"'


def seen(if_match: str | None) -> str:
    """The mark that an `If-Match` names, for a command to compare with what is there."""
    return (if_match or "").strip().strip('"')
