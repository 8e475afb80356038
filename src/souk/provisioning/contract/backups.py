"""Repositories, backups, and what keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from souk.provisioning.contract.serving import Guest, Wanted


@dataclass(frozen=True)
class Repository:
    """Where one instance's backups go: a bucket on an S3 server, or a `folder` in one, reached over TLS.

    `passphrase` encrypts the backups before they leave the machine. `address` is the server's IPv4 (nothing: its name
    is asked for), `host` the name in its certificate, which `authority` (a PEM text; nothing: whoever a system trusts)
    signed. `timeline` is the one along which its history is restored: the one that a backup was made on (`current`),
    the last that began (`latest`), or a number as `Archivist.timeline` tells it.
    """

    host: str
    address: str
    port: int
    region: str
    bucket: str
    access_key: str
    authority: str
    secret_key: str = field(repr=False)
    passphrase: str = field(repr=False)
    timeline: str = "current"
    folder: str = ""


class BackupKind(StrEnum):
    """How much a backup copies: everything, or what changed since the last full one."""

    FULL = "full"
    DIFFERENTIAL = "differential"


@dataclass(frozen=True)
class BackupFound:
    """A backup as its repository shows it: bytes of data it restores, bytes it takes in the repository."""

    label: str
    kind: BackupKind
    started_at: datetime
    finished_at: datetime
    size: int
    stored: int


@dataclass(frozen=True)
class Extent:
    """How much of a service's data is read for a fingerprint: `share` per cent of what is `sampled`, chosen by `seed`;
    everything else whole. What is sampled is in its archivist's words: of a database, by its name, large tables.
    """

    share: float = 100.0
    seed: int = 0
    sampled: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fingerprint:
    """Checksums over a customer's data, by table: equal for equal data that was read alike."""

    tables: Mapping[str, str]
    extent: Extent = field(default_factory=Extent)

    @property
    def digest(self) -> str:
        """All of them in one: SHA-256, hexadecimal."""
        lines = [f"{name}\n{value}\n" for name, value in sorted(self.tables.items())]
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def differences(self, other: Fingerprint) -> list[str]:
        """The tables that are not alike in the two, or only in one of them."""
        names = sorted({*self.tables, *other.tables})
        return [name for name in names if self.tables.get(name) != other.tables.get(name)]


class Timelines(Protocol):
    """What an archivist adds whose repositories hold a service's history between its backups, too. Every call is safe
    to repeat.
    """

    def timeline(self, guest: Guest, wanted: Wanted) -> str:
        """The number of the timeline that a service writes its history on: a restore begins another one, and so does a
        change of who leads.

        Raises:
            ConfigurationFailed.
        """

    def begin_timeline(self, guest: Guest, wanted: Wanted) -> bool:
        """If the repository knows of a later timeline than this machine's, one that was undone, begin another one, the
        last of all: no number may be given twice. Cuts connections then; returns whether it did.

        Raises:
            ConfigurationFailed.
        """


class Archivist(Protocol):
    """What a blueprint adds whose services are backed up into a repository. Every call is safe to repeat."""

    @property
    def history(self) -> Timelines | None:
        """Its services go back to any instant since their first backup; or, without a history, to backups only."""

    @property
    def replaces_system(self) -> bool:
        """Whether a restore replaces all that a machine runs. Such a machine is read before it runs on what it was
        given, which begins to write at once, and has to be started anew.
        """

    def attach(self, guest: Guest, wanted: Wanted, repository: Repository) -> None:
        """Let the service keep its history in the repository from now on.

        Raises:
            ConfigurationFailed.
        """

    def back_up(self, guest: Guest, wanted: Wanted, kind: BackupKind, label: str) -> None:
        """Make a backup and wait for its end; nothing to do if one that carries `label` (ours) is there already.

        Raises:
            ConfigurationFailed.
        """

    def backups(self, guest: Guest, wanted: Wanted) -> Mapping[str, BackupFound]:
        """What the repository holds, by our label."""

    def restore(
        self, guest: Guest, wanted: Wanted, repository: Repository, until: datetime | None, mark: str = ""
    ) -> None:
        """Fill a machine that was never configured with the data of a repository, as it was at `until` or, to the
        transaction, at a `mark` (neither: the last that was archived), and let it start from there. The repository is
        only read. It holds the history of whatever machine served at a time: what was undone by a later restore counts
        where it was.

        Raises:
            ConfigurationFailed: `until` lies outside of what the repository holds, or it can't be read.
        """

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        """Let of all credentials that the platform ever made only these sign in: restored data brings back others.

        Raises:
            ConfigurationFailed.
        """

    def mark(self, guest: Guest, wanted: Wanted, name: str, seed: int) -> Fingerprint:
        """Mark an instant in the service's history and make a fingerprint of its data as it was then, while it serves
        on. Its cost is bounded: of a large database a part is read, another one for each seed.

        Raises:
            Declined: this machine can't. ConfigurationFailed.
        """

    def fingerprint(self, guest: Guest, wanted: Wanted, extent: Extent | None = None) -> Fingerprint:
        """Make a fingerprint of a service's data as it is, reading so much of it (None: everything)."""

    def expire(self, guest: Guest, wanted: Wanted, keep_full: int) -> None:
        """Forget all but the newest `keep_full` full backups, with the history that only older ones need."""


class Brancher(Protocol):
    """What a blueprint adds whose services can begin as a copy of another one's machine, of this instant's disk. Every
    call is safe to repeat.
    """

    @property
    def mark(self) -> str:
        """A file. Where it lies, a machine that starts leaves the service alone: nothing of it runs, and nothing is
        written into the repository of the one that it is a copy of.
        """

    def prepare(self, guest: Guest, wanted: Wanted) -> bool:
        """Let a running service come back quickly from what would be a power cut to its copy; False where the machine
        is older than this, and can't be copied.

        Raises:
            ConfigurationFailed.
        """

    def branch(self, guest: Guest, wanted: Wanted) -> None:
        """Make a marked machine one that a service can be configured on, as if its data had been restored: it has no
        repository, and no credential that the platform made for the other service signs in. Takes the mark away.

        Raises:
            ConfigurationFailed: the data does not come back.
        """
