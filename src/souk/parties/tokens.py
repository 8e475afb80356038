"""Bearer tokens: 256 random bits behind a prefix that secret scanners can recognise; only a digest is kept."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "souk_"

#: What a token may be limited to; `*` is everything its person may do.
SCOPES = ("*", "read", "order", "services", "billing", "organization")


def new_token() -> tuple[str, bytes]:
    """A fresh token and the digest to keep."""
    token = PREFIX + secrets.token_urlsafe(32)
    return token, digest(token)


def digest(token: str) -> bytes:
    """What is kept of a token. A plain SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()
