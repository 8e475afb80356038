"""What a check found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """`fail` means that something a customer or operator needs does not work; `warn` that it soon may not."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what was seen, and how to mend it if it is not well."""

    level: Level
    subject: str
    seen: str
    mend: str = ""

    def as_json(self) -> dict[str, str]:
        """As plain JSON."""
        return asdict(self)


def ok(subject: str, seen: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, subject, seen)


def warn(subject: str, seen: str, mend: str) -> Finding:
    """It works, but not for long or not as it should."""
    return Finding(Level.WARN, subject, seen, mend)


def fail(subject: str, seen: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(Level.FAIL, subject, seen, mend)
