"""Words as HAProxy's configuration has them."""

from __future__ import annotations


def quoted(text: str) -> str:
    """A word of which nothing is read as anything but itself."""
    if not text.isprintable():
        raise ValueError("no word of one line")
    return "'" + text.replace("'", "'\\''") + "'"
