"""Keys by which other name servers transfer zones (TSIG, RFC 8945): their names and their secrets."""

from __future__ import annotations

import base64
import hashlib

OWNER = "souk"
"""The name of an instance's own key."""

ALGORITHM = "hmac-sha256"


def secret(password: str) -> str:
    """The key's secret in base64, as name servers' settings have it; 256 bits of the password's SHA-256."""
    return base64.b64encode(hashlib.sha256(password.encode()).digest()).decode()
