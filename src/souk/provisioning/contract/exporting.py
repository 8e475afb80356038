"""A service's data as a file that needs nothing of the platform to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from souk.provisioning.contract.backups import Repository
from souk.provisioning.contract.serving import Guest, Wanted


@dataclass(frozen=True)
class Vessel:
    """Where a file is put: under a `key` in the service's repository, encrypted by a passphrase of its own."""

    repository: Repository
    key: str
    passphrase: str = field(repr=False)


@dataclass(frozen=True)
class Exported:
    """A file as who downloads it gets it: its size in bytes, and its SHA-256 (hexadecimal)."""

    size: int
    sha256: str


class Exporter(Protocol):
    """What a blueprint adds whose data can be had in an open format."""

    @property
    def suffix(self) -> str:
        """What the file's name ends with, such as `.sql.gz`."""

    def export(self, guest: Guest, wanted: Wanted, database: str, vessel: Vessel) -> Exported:
        """Write a database, as it is at one instant, into the vessel, while the service goes on; safe to repeat.

        Raises:
            Declined: there is no such database, or this machine can't.
            ConfigurationFailed.
        """
