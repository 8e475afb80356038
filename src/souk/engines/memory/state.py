"""A simulated machine, and images."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from souk.engines.contract import Card, Image, Limits, Machine, MachineSpec, MachineStatus, Usage

IMAGE_BYTES = 300 * 1024 * 1024
"""What a fresh machine has on its disk."""


@dataclass(frozen=True)
class Kept:
    """A machine's disk as it was at an instant."""

    at: datetime
    files: dict[str, bytes]
    disk: int
    limit: int


@dataclass
class Simulated:
    """A machine as the in-memory engine keeps it. `disk` and `egress` are bytes that tests may set; `shared` those of
    its disk that another machine's holds as well.
    """

    spec: MachineSpec
    status: MachineStatus = MachineStatus.STOPPED
    labels: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    disk: int = IMAGE_BYTES
    shared: int = 0
    egress: int = 0
    started: float = 0.0
    image: str = ""
    card: Card | None = None
    snapshots: dict[str, Kept] = field(default_factory=dict)
    host: str = ""

    def lost_since(self, kept: Kept) -> int:
        """Bytes of files that are in a snapshot and no more in the machine."""
        return sum(len(content) for path, content in kept.files.items() if self.files.get(path) != content)

    @property
    def networks(self) -> set[str]:
        """The private networks that it has a card in."""
        return {self.spec.private, self.card.network if self.card else ""} - {""}

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.status == MachineStatus.RUNNING

    @property
    def etag(self) -> str:
        """Changes with whatever a caller can change, as the engine's own does."""
        seen = f"{self.spec.limits}{self.spec.private}{self.card}{sorted(self.labels.items())}{self.status}"
        return hashlib.sha256(seen.encode()).hexdigest()

    def observed(self) -> Machine:
        """The machine as the contract shows it."""
        return Machine(
            name=self.spec.name,
            status=self.status,
            kind=self.spec.kind,
            limits=self.spec.limits,
            address=self.spec.address,
            labels=dict(self.labels),
            host=self.host,
            etag=self.etag,
            private=self.spec.private,
            image=self.image,
            card=self.card,
        )

    def out_of_sight(self) -> Machine:
        """The machine while its host does not answer."""
        return Machine(self.spec.name, MachineStatus.ERROR, self.spec.kind, Limits(0, 0, 0, 0), None, {}, self.host)

    def usage(self) -> Usage:
        """Plausible counters: five per cent of one processor, a quarter of the memory, one process."""
        cpu = 0.05 * (time.monotonic() - self.started)
        return Usage(self.spec.name, self.disk, self.egress, cpu, self.spec.limits.memory // 4, processes=1)

    def start(self) -> None:
        """Run, with counters from zero."""
        self.status, self.started, self.egress = MachineStatus.RUNNING, time.monotonic(), 0


def imported(alias: str, content: bytes, properties: Mapping[str, str]) -> Image:
    """An image as the engine knows it, by what is in it."""
    return Image(hashlib.sha256(content).hexdigest(), (alias,), len(content), dict(properties))
