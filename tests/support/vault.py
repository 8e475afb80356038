"""Backups without a disk: an archivist and an object storage that keep what they are given in memory.

`tests/engine/reconciler/test_backups.py` holds them to the real ones: the same story on PostgreSQL and
a real S3 server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from unittest import mock

from tests.support.example import Example
from tests.support.succession import Line, Succeeding

from souk.kernel import clock
from souk.provisioning import registry
from souk.provisioning.contract import (
    BackupFound,
    BackupKind,
    BindingRole,
    ConfigurationFailed,
    Connection,
    Converted,
    Credentials,
    Declined,
    Exported,
    ExtensionRaised,
    Extent,
    Fingerprint,
    Guest,
    Obstacle,
    Repository,
    Settled,
    Version,
    Vessel,
    Wanted,
)


class ExampleUpgrader:
    """Two versions of the example; data with `obstacles` in it can't be converted."""

    versions = (Version("2", date(2030, 1, 1), "example"), Version("1", date(2027, 6, 1), "example", together=False))

    def __init__(self) -> None:
        self.obstacles: list[Obstacle] = []
        self.converted: set[str] = set()
        self.line: Line | None = None

    def environment(self, version: str) -> Mapping[str, str]:
        return {"VERSION": version}

    def convert(self, guest: Guest, wanted: Wanted, to: str) -> Converted:
        guest.execute(["convert", to])
        if not self.obstacles:
            self.converted.add(wanted.address)
            if self.line is not None:
                self.line.begin_anew(guest)
        return Converted(list(self.obstacles), {"convert": 1.5})

    def settle(self, guest: Guest, wanted: Wanted, *, whole: bool) -> Settled:
        guest.execute(["settle"])
        return Settled([ExtensionRaised("main", "trigram", "1.0", "1.1")], 3, {"learn": 0.5})


@dataclass
class ExampleExporter:
    """Files of the example: what was written under which key. One that is `broken` fails."""

    suffix: str = ".txt"
    written: dict[str, str] = field(default_factory=dict)
    broken: bool = False

    def export(self, guest: Guest, wanted: Wanted, database: str, vessel: Vessel) -> Exported:
        if self.broken:
            raise ConfigurationFailed("the disk is gone")
        guest.execute(["export", database])
        self.written[vessel.key] = database
        return Exported(1234, "ab" * 32)


@dataclass
class Vault:
    """Buckets by their key, what is in each by label, and how often something was copied; `told` are the addresses of
    machines that keep their history in one; `broken` refuses, `damaged` restores other data than was kept.
    """

    keys: dict[str, str] = field(default_factory=dict)
    kept: dict[str, dict[str, BackupFound]] = field(default_factory=dict)
    attached: dict[str, Repository] = field(default_factory=dict)
    restored: dict[str, tuple[str, datetime | None]] = field(default_factory=dict)
    let_in: dict[str, set[str]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    copies: int = 0
    broken: bool = False
    upgrader: ExampleUpgrader = field(default_factory=ExampleUpgrader)
    damaged: bool = False
    marks: list[str] = field(default_factory=list)
    exporter: ExampleExporter = field(default_factory=ExampleExporter)
    along: list[str] = field(default_factory=list)
    timelines: int = 1
    on: dict[str, int] = field(default_factory=dict)
    backups_only: bool = False
    replaces_system: bool = False
    roles: tuple[BindingRole, ...] = (BindingRole.OWNER,)

    @property
    def history(self) -> Vault | None:
        return None if self.backups_only else self

    def binding(self, wanted: Wanted, name: str, password: str) -> Credentials:
        return Credentials(name, password, f"bucket-{name}".replace("_", "-"))

    def grant(
        self, guest: Guest, wanted: Wanted, credentials: Credentials, role: BindingRole = BindingRole.OWNER
    ) -> None:
        self.keys[credentials.username] = credentials.password
        self.kept.setdefault(credentials.database, {})

    def revoke(self, guest: Guest, wanted: Wanted, username: str) -> None:
        self.keys.pop(username, None)

    def attach(self, guest: Guest, wanted: Wanted, repository: Repository) -> None:
        self._open(repository)
        self.attached[wanted.hostname] = repository
        self.told.add(wanted.address)

    def back_up(self, guest: Guest, wanted: Wanted, kind: BackupKind, label: str) -> None:
        kept = self._of(wanted)
        if label in kept:
            return
        self.copies += 1
        now = clock.now()
        first = BackupKind.FULL if not kept else kind
        kept[label] = BackupFound(label, first, now, now, size=100_000_000, stored=20_000_000)

    def backups(self, guest: Guest, wanted: Wanted) -> Mapping[str, BackupFound]:
        return dict(self._of(wanted))

    def restore(
        self, guest: Guest, wanted: Wanted, repository: Repository, until: datetime | None, mark: str = ""
    ) -> None:
        self._open(repository)
        if not self.kept[repository.bucket]:
            raise Declined("nothing to restore")
        if mark and mark not in self.marks:
            raise Declined("the mark is not in the repository")
        self.restored[wanted.hostname] = (repository.bucket, until)
        self.along.append(repository.timeline)
        self.timelines += 1
        self.on[wanted.address] = self.timelines

    def timeline(self, guest: Guest, wanted: Wanted) -> str:
        return str(self.on.get(wanted.address, 1))

    def begin_timeline(self, guest: Guest, wanted: Wanted) -> bool:
        if self.on.get(wanted.address, 1) == self.timelines:
            return False
        self.timelines += 1
        self.on[wanted.address] = self.timelines
        return True

    def shut_out_all_but(self, guest: Guest, wanted: Wanted, usernames: Collection[str]) -> None:
        self.let_in[wanted.address] = set(usernames)

    def mark(self, guest: Guest, wanted: Wanted, name: str, seed: int) -> Fingerprint:
        self.marks.append(name)
        return Fingerprint({"db: public.t": "same"})

    def fingerprint(self, guest: Guest, wanted: Wanted, extent: Extent | None = None) -> Fingerprint:
        return Fingerprint({"db: public.t": "other" if self.damaged else "same"})

    def expire(self, guest: Guest, wanted: Wanted, keep_full: int) -> None:
        kept = self._of(wanted)
        fulls = [label for label, found in kept.items() if found.kind == BackupKind.FULL]
        for label in list(kept)[: list(kept).index(fulls[-keep_full])] if len(fulls) > keep_full else []:
            del kept[label]

    def _of(self, wanted: Wanted) -> dict[str, BackupFound]:
        return self.kept[self.attached[wanted.hostname].bucket]

    def _open(self, repository: Repository) -> None:
        if self.broken or self.keys.get(repository.access_key) != repository.secret_key:
            raise ConfigurationFailed("the repository refuses")


class ExampleStorage(Example):
    """Object storage as the platform runs it for itself."""

    key = "objectstorage"
    prefix = "os"
    port = 8333
    serves_neighbours = True
    starting_offering = None  # type: ignore[assignment]

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        return Connection("https://example/", {"region": "example"}, ("true",))


@contextmanager
def vault(example: Example | None = None, others: Mapping[str, Example] | None = None) -> Iterator[Vault]:
    """For the block, the example keeps backups, and there is an object storage to keep them in."""
    kept = Vault()
    example, storage = example or Example(), ExampleStorage()
    example.archivist = kept
    example.upgrader, example.exporter = kept.upgrader, kept.exporter
    kept.upgrader.line = example.line if isinstance(example, Succeeding) else None
    storage.binder = kept
    sold = {example.key: example, storage.key: storage, **(others or {})}
    with mock.patch.object(registry, "blueprints", return_value=sold):
        yield kept
