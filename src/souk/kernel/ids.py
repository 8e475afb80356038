"""Identifiers: UUID version 7, so that rows are born in the order of their keys (RFC 9562, section 5.7)."""

from __future__ import annotations

import os
import time
import uuid


def new_id() -> uuid.UUID:
    """A fresh UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80
    value |= 0x7 << 76 | (random_bits >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random_bits & 0x3FFFFFFFFFFFFFFF
    return uuid.UUID(int=value)


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def short(identifier: uuid.UUID) -> str:
    """The last 40 bits of an identifier, which are random, as eight digits and letters that nobody takes for others."""
    value = identifier.int & (1 << 40) - 1
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(35, -1, -5))
