"""What a service shows the world, release by release, and a copy on which things are tried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from souk.provisioning.contract.serving import Guest, Wanted


class Source(StrEnum):
    """Where a release came from: it was there first, somebody pushed it, or it was tried out as the staging copy."""

    FIRST = "first"
    PUSH = "push"
    STAGING = "staging"


@dataclass(frozen=True)
class Release:
    """One state of what is shown: its number, when it was made, who made it with what note, and whether it is live."""

    number: int
    made_at: datetime
    source: Source
    by: str
    note: str
    live: bool


@dataclass(frozen=True)
class Published:
    """The releases that are kept, the newest first, and since when there is a staging copy (None: there is none)."""

    releases: Sequence[Release]
    staged_at: datetime | None


class Publisher(Protocol):
    """What a blueprint adds whose services show what their customer brings, release by release. Every call is safe to
    repeat.
    """

    def published(self, guest: Guest, wanted: Wanted) -> Published:
        """What is there.

        Raises:
            ConfigurationFailed: the machine does not tell.
        """

    def take(self, guest: Guest, wanted: Wanted, number: int) -> None:
        """Have a release be the live one.

        Raises:
            Declined: it is not there any more. ConfigurationFailed.
        """

    def stage(self, guest: Guest, wanted: Wanted, key: str) -> None:
        """Have the staging copy be what is live now, with its data; done once for each key.

        Raises:
            Declined: there is no room. ConfigurationFailed.
        """

    def publish(self, guest: Guest, wanted: Wanted, key: str) -> None:
        """Have what the staging copy shows be a new release, and live; the data stays what it is live. Done once for
        each key.

        Raises:
            Declined: there is no staging copy, it leads out of itself, or there is no room. ConfigurationFailed.
        """
