"""SCRAM-SHA-256 verifiers (RFC 5802, RFC 7677): what a server stores instead of a password."""

from __future__ import annotations

import base64
import hashlib
import hmac

ITERATIONS = 4096
"""What PostgreSQL itself uses (`scram_iterations`)."""

SALT_BYTES = 16


def scram_verifier(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """The verifier in PostgreSQL's form, `SCRAM-SHA-256$ITERATIONS:SALT$STORED:SERVER`, base64.

    Raises:
        ValueError: the password is not printable ASCII, for which SASLprep would change nothing.
    """
    if not (password.isascii() and password.isprintable()):
        raise ValueError("a password must be printable ASCII")
    stored, server = scram_keys(password, salt, iterations)
    return f"SCRAM-SHA-256${iterations}:{_text(salt)}${_text(stored)}:{_text(server)}"


def scram_keys(password: str, salt: bytes, iterations: int) -> tuple[bytes, bytes]:
    """StoredKey and ServerKey of RFC 5802, section 3."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    client = hmac.digest(salted, b"Client Key", "sha256")
    return hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
