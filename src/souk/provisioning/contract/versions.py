"""Major versions: which there are, until when each is mended by its makers, and how data goes from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from souk.provisioning.contract.serving import Guest, Wanted

VERSION = "version"
"""The parameter that names a service's major version, where its blueprint has an `Upgrader`."""


@dataclass(frozen=True)
class Version:
    """A major version. Its makers mend it up to `ends_on`, says `source`. `together`: services on several machines have
    it too.
    """

    number: str
    ends_on: date
    source: str
    together: bool = True


@dataclass(frozen=True)
class Obstacle:
    """Why data can't be converted, in the words of the software that should, and what of it stands in the way."""

    text: str
    found: Sequence[str] = ()


@dataclass(frozen=True)
class Converted:
    """What came of a conversion: nothing if there are `obstacles`. `seconds` are those of its parts."""

    obstacles: Sequence[Obstacle]
    seconds: Mapping[str, float]


@dataclass(frozen=True)
class ExtensionRaised:
    """An extension that has another version now."""

    database: str
    extension: str
    before: str
    after: str


@dataclass(frozen=True)
class Settled:
    """What was done to converted data so that it can be used: extensions raised, indexes that were `sorted` anew."""

    extensions: Sequence[ExtensionRaised]
    sorted: int
    seconds: Mapping[str, float]


class Upgrader(Protocol):
    """What a blueprint adds whose services have one of several major versions, in the parameter `VERSION`."""

    @property
    def versions(self) -> Sequence[Version]:
        """Those that its image has, the newest first."""

    def environment(self, version: str) -> Mapping[str, str]:
        """What a machine is started with that begins with no data."""

    def convert(self, guest: Guest, wanted: Wanted, to: str) -> Converted:
        """Stop the service in a configured machine that nobody uses, and bring its data to another version. `configure`
        it after that, as wanted with the new version; then `settle` it. Where there were obstacles, or this was killed,
        the machine is thrown away.

        Raises:
            ConfigurationFailed.
        """

    def settle(self, guest: Guest, wanted: Wanted, *, whole: bool) -> Settled:
        """Make converted data fit to be used by the service that runs on it. Unless it is to be done as a `whole`, what
        can wait is done after this has ended. Safe to repeat.

        Raises:
            ConfigurationFailed.
        """
