"""A log as a file: text as people read it, or a JSON object a line as programs do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

import msgspec

from souk.monitoring.logs.queries import LogRow

MOST = 50_000
"""Lines that one file holds."""


@dataclass(frozen=True)
class File:
    """A file's content, media type, and the ending of its name."""

    content: bytes
    media_type: str
    ending: str


def as_text(rows: Sequence[LogRow]) -> File:
    """A line each: when, how grave, what."""
    lines = (f"{row.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ} {row.severity:7} {row.text}\n" for row in rows)
    return File("".join(lines).encode(), "text/plain; charset=utf-8", "log")


def as_ndjson(rows: Sequence[LogRow]) -> File:
    """A JSON object each, with id, at, severity and text."""
    return File(b"".join(msgspec.json.encode(row) + b"\n" for row in rows), "application/x-ndjson", "ndjson")


FORMATS = {"text": as_text, "ndjson": as_ndjson}
