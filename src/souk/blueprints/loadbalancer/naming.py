"""What members and pools are called in HAProxy's configuration and in what it tells."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from souk.provisioning.contract import PoolMember

_LONGEST = 24
_POOL = "pool-"
_LISTENER = "at-"


def backend(pool: str) -> str:
    """A pool's name there."""
    return _POOL + pool


def listener(port: int) -> str:
    """A listener's name there."""
    return f"{_LISTENER}{port}"


def is_listener(frontend: str) -> bool:
    """Whether a frontend is a listener of its customer's."""
    return frontend.startswith(_LISTENER)


def pool_of(backend: str) -> str | None:
    """The pool of a backend, if it is one."""
    return backend.removeprefix(_POOL) if backend.startswith(_POOL) else None


def server(member: PoolMember) -> str:
    """A member's name there: what of its own name can be written, and what tells it from all others. It is the same
    wherever the member stands in its pool, so that a visitor's cookie and what was counted stay its own.
    """
    digest = hashlib.blake2b(f"{member.pool}\n{member.name}".encode(), digest_size=4).hexdigest()
    plain = unicodedata.normalize("NFKD", member.name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    return f"{slug or 'member'}.{digest}"
