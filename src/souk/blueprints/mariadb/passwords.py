"""What MariaDB stores instead of a password (`mysql_native_password`): the only way in that every client speaks."""

from __future__ import annotations

import hashlib


def verifier(password: str) -> str:
    """SHA-1 of SHA-1, hexadecimal behind an asterisk. Who knows it can't sign in with it; that it is quickly made only
    matters for passwords that can be guessed, and these are the platform's own.
    """
    once = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return "*" + hashlib.sha1(once, usedforsecurity=False).hexdigest().upper()
