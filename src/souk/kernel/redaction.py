"""What this process has sealed or opened is blotted out of what it logs, whichever way it came to stand there.

A guest that fails may quote what it was told, an exception its arguments. Souk can't know where, but it knows the
secrets: the newest `REMEMBERED`, in memory only, as they are, in base64 and in hexadecimal digits.
"""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict

REMEMBERED = 1024
BLOT = "•••"
_SHORTEST = 8
"""Fewer characters would blot out ordinary words."""

_lock = threading.Lock()
_known: OrderedDict[str, None] = OrderedDict()


def remember(secret: bytes) -> None:
    """Let it be blotted out from now on; a text of several lines, each line."""
    lines = [line for line in secret.splitlines() if len(line) >= _SHORTEST and not line.startswith(b"-----")]
    with _lock:
        for line in (secret, *lines):
            for form in _forms(line):
                _known[form] = None
                _known.move_to_end(form)
        while len(_known) > REMEMBERED * 3:
            _known.popitem(last=False)


def clean(text: str) -> str:
    """`text` with every secret that is known blotted out."""
    with _lock:
        known = list(_known)
    for form in known:
        if form in text:
            text = text.replace(form, BLOT)
    return text


def _forms(value: bytes) -> list[str]:
    if len(value) < _SHORTEST:
        return []
    encoded = base64.b64encode(value).decode().rstrip("=")
    return [*_plain(value), encoded, value.hex()]


def _plain(value: bytes) -> list[str]:
    try:
        return [value.decode()]
    except UnicodeDecodeError:
        return []
