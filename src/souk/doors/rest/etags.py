"""ETags: a resource's version is a digest of what it shows."""

from __future__ import annotations

import hashlib

import msgspec

from souk.kernel.errors import Problem


class Changed(Problem):
    """Someone changed this in the meantime. Fetch it again, then repeat your change."""

    status = 412
    field = "If-Match"


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
    return etag(msgspec.json.encode(row, order="deterministic"))


def check_match(given: str | None, row: object) -> None:
    """Refuse a change that was made against another version.

    Raises:
        Changed.
    """
    if given is not None and given.strip() not in {"*", resource_etag(row)}:
        raise Changed
