"""What a check found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How it came out: kept, broken, or not asked of a blueprint that does not offer it."""

    KEPT = "kept"
    BROKEN = "broken"
    ABSENT = "absent"


@dataclass(frozen=True)
class Finding:
    """A promise, how it came out, and what was seen or what is missing."""

    promise: str
    verdict: Verdict
    seen: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


class Broken(Exception):
    """A promise is not kept; the message says what was seen instead."""


class Absent(Exception):
    """The blueprint does not offer this; the message says what would."""


Check = Callable[[], str]
"""Looks at one promise and says what it saw. Raises Broken or Absent."""
