"""What Souk asks of an engine, in Souk's words. Implemented by `incus` and by `memory`; one contract suite holds both.

Every call is synchronous, takes seconds as timeouts, and is safe to repeat: callers observe, compare, then act.
No Django here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from souk.engines.exposure import Exposure


class EngineError(Exception):
    """The engine refused or failed; the message is the engine's own and safe to log."""


class EngineUnavailable(EngineError):
    """The engine cannot be reached at all. Worth a retry."""


class HostOffline(EngineUnavailable):
    """The host that the machine stands on, or is to stand on, does not answer; the others do. Worth a retry."""


class NotFound(EngineError):
    """No such machine, image, network or host."""


class ImageMissing(NotFound):
    """The engine has no such image to make a machine from. The operator must build it."""


class AlreadyExists(EngineError):
    """The name is taken. The caller observes again and adopts or refuses what is there."""


class Outdated(EngineError):
    """The object changed since it was observed (ETag mismatch): somebody else acted. Observe again."""


class PoolFull(EngineError):
    """The storage pool has no room left."""


class DiskFull(EngineError):
    """The machine's own disk is full, or smaller than its image. The pool may have room."""


class AddressTaken(EngineError):
    """Another machine has this address. Choose another one."""


class NotRunning(EngineError):
    """The machine must run for this, and doesn't."""


class Busy(EngineError):
    """The machine is in the middle of another change. Worth a retry."""


class Refused(EngineError):
    """The change would break the machine, such as a disk smaller than what is on it."""


class MachineKind(StrEnum):
    """How a machine is isolated: a system container or a virtual machine."""

    CONTAINER = "container"
    VM = "virtual-machine"


class MachineStatus(StrEnum):
    """What a machine is doing, as far as the engine knows."""

    RUNNING = "running"
    STOPPED = "stopped"
    FROZEN = "frozen"
    ERROR = "error"


@dataclass(frozen=True)
class Limits:
    """What the kernel enforces on a machine. Sizes in bytes; `vcpus` whole processors."""

    vcpus: int
    memory: int
    disk: int
    processes: int = 4096


@dataclass(frozen=True)
class MachineSpec:
    """A machine to be made. `image` is an alias or fingerprint; `address` its fixed IPv4 on the bridge.

    `labels` are kept by the engine with the machine (`user.souk.*`): instance, epoch, generation. `neighbours` opens it
    to the other machines of its network, which never reach each other. `private` names a private network in which it
    has a second card, `eth1`, without an address of the engine's. `environment` is what its first process is started
    with: never a secret. Where there are several hosts it stands on `host`; None leaves the choice to the engine.
    """

    name: str
    image: str
    limits: Limits
    address: str
    labels: Mapping[str, str] = field(default_factory=dict)
    kind: MachineKind = MachineKind.CONTAINER
    host: str | None = None
    neighbours: bool = False
    private: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """A machine's card in a private network in which it has a fixed IPv4 address."""

    network: str
    address: str


@dataclass(frozen=True)
class Machine:
    """A machine as observed. `etag` fences a later change; `address` is what was configured, not a lease; `private` is
    the private network that it joined, or nothing; `card` the one that it was attached to; `image` the fingerprint of
    what it was made from. Of one that stands on a host that is offline only its name, kind, host and that it is in
    error are known.
    """

    name: str
    status: MachineStatus
    kind: MachineKind
    limits: Limits
    address: str | None
    labels: Mapping[str, str]
    host: str
    etag: str | None = None
    private: str = ""
    image: str = ""
    card: Card | None = None


@dataclass(frozen=True)
class Snapshot:
    """A machine's disk as it was at an instant, kept beside it. `size` is bytes that nothing else holds any more."""

    name: str
    created_at: datetime
    size: int


@dataclass(frozen=True)
class Usage:
    """Counters of a machine, read from the engine's metrics.

    `disk` is bytes of its own in use now, without what it shares with its image; `egress` bytes that it sent to
    clients, who opened the connection, in a counter that may begin anew (None where nobody counts); `cpu_seconds` and
    `memory` since start and now, `processes` now; `received` bytes over its card on the bridge since start, if known.
    """

    name: str
    disk: int
    egress: int | None
    cpu_seconds: float
    memory: int
    processes: int = 0
    received: int | None = None


@dataclass(frozen=True)
class Host:
    """A cluster member (or the only server) with its totals and what is in use, bytes; zeros while it is offline.

    `reachable` says whether machines that stand on it are reached over the network from where the engine is asked: a
    bridge ends at its host, unless something carries it on.
    """

    name: str
    online: bool
    vcpus: int
    memory_total: int
    memory_used: int
    disk_total: int
    disk_used: int
    reachable: bool = True


UNPACKED = "souk.unpacked"
"""The image property that tells the size of its files in bytes: a machine's disk starts with them."""

VERSION = "souk.version"
"""The image property that tells the versions of the software that it is for, as its authors write them, apart by
spaces: one, or one for each major version.
"""


@dataclass(frozen=True)
class Image:
    """An image the engine holds."""

    fingerprint: str
    aliases: Sequence[str]
    size: int
    properties: Mapping[str, str]


@dataclass(frozen=True)
class Execution:
    """The outcome of a command in a machine."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Event:
    """A hint that something happened to a machine. Events may be lost; a resync finds what they missed."""

    machine: str
    action: str


MOST_SAID = 32 * 1024**2
"""Bytes that a command may write before it is killed: root in a machine may have put anything in its place."""


class Engine(Protocol):
    """One Incus (or its in-memory stand-in), seen through one project."""

    def hosts(self) -> Sequence[Host]:
        """Every cluster member with its capacity."""

    def supports(self, kind: MachineKind) -> bool:
        """Whether this engine can run machines of that kind (VMs need KVM and vsock)."""

    def machines(self) -> Sequence[Machine]:
        """Every machine of the project with its state, in one request."""

    def machine(self, name: str) -> Machine | None:
        """One machine, with its ETag, or None. On a host that is offline it is in error."""

    def create(self, spec: MachineSpec, *, start: bool = False) -> None:
        """Make a machine, stopped or, in the same round trip, started.

        Raises AlreadyExists, AddressTaken, ImageMissing, PoolFull, DiskFull, HostOffline, EngineUnavailable; NotFound
        if there is no such host. When starting fails, the machine may exist, stopped.
        """

    def copy(self, source: str, spec: MachineSpec, *, snapshot: str = "") -> None:
        """Make a machine, stopped, whose disk holds what another one's held at one instant, whether that runs or not:
        this one, or that of a snapshot.

        It shares its blocks with the other one until either writes them, and stands on the same host. Nothing else is
        the other one's: limits, address, labels and isolation are those of `spec`, whose image and host count for
        nothing. What was in the other one's memory is not there: what runs in it must come back from a power cut.

        Raises NotFound, AlreadyExists, AddressTaken, PoolFull, DiskFull, EngineUnavailable.
        """

    def snapshot(self, name: str, snapshot: str) -> None:
        """Keep a machine's disk as it is at this instant, whether it runs or not: as a power cut would leave it.

        Nothing to do if there is one of this name. It shares its blocks with the machine until that writes them, and
        goes with it. Raises NotFound, PoolFull, Busy.
        """

    def snapshots(self, name: str) -> Sequence[Snapshot]:
        """A machine's snapshots, oldest first. Raises NotFound."""

    def restore_snapshot(self, snapshot: str, spec: MachineSpec) -> None:
        """Have the disk of a stopped machine (`spec.name`) be what it was; later snapshots stay.

        Nothing else goes back: limits, labels, the card on the bridge and isolation are those of `spec`, as in `copy`;
        a card in another network is gone. Raises NotFound, Busy while it runs, Refused for a disk smaller than it was
        then, PoolFull.
        """

    def delete_snapshot(self, name: str, snapshot: str) -> None:
        """Forget a snapshot; nothing to do if it is gone."""

    def start(self, name: str) -> None:
        """Start; nothing to do if it runs. Raises NotFound, AddressTaken, Busy."""

    def stop(self, name: str, *, force: bool = False, timeout: float = 30.0) -> None:
        """Stop, cleanly unless `force`; nothing to do if it is stopped. Raises NotFound, Busy.

        A guest that doesn't stop within `timeout` seconds is an EngineError; use `force` then.
        """

    def move(self, name: str, host: str) -> None:
        """Have a stopped machine stand on another host, with its disk and all that it was given; nothing to do if it
        stands there.

        Raises NotFound (the host's name, too), Refused while it runs, PoolFull, Busy, HostOffline.
        """

    def delete(self, name: str) -> None:
        """Delete, stopping it first if needed; nothing to do if it is gone. Raises HostOffline."""

    def resize(self, name: str, limits: Limits, *, etag: str | None = None) -> None:
        """Change limits live.

        Raises Outdated when `etag` no longer matches, Refused for a disk smaller than what is on it, NotFound.
        """

    def label(self, name: str, labels: Mapping[str, str], *, etag: str | None = None) -> None:
        """Merge labels (`user.souk.*`). Raises Outdated when `etag` no longer matches, NotFound."""

    def execute(self, name: str, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command as root inside a running machine and wait for it.

        stdin may carry secrets; it is never logged and never part of the engine's own records. A program that
        isn't there gives exit code 127, one ended by signal N 128 + N. A command that outlives `timeout`
        seconds, or says more than `MOST_SAID`, is killed, and raises EngineError. Raises NotFound, NotRunning.
        """

    def push(self, name: str, path: str, content: bytes, *, mode: int = 0o600, uid: int = 0, gid: int = 0) -> None:
        """Write a file inside a machine, running or stopped, in a folder that exists. Raises NotFound."""

    def pull(self, name: str, path: str) -> bytes:
        """Read a file from a machine. Raises NotFound."""

    def join(self, name: str, private: str) -> None:
        """Give a machine a card in a private network, live; nothing to do if it has one there. Raises NotFound."""

    def attach(self, name: str, card: Card) -> None:
        """Give a machine this card, `eth2`, in the place of another one; live, if it runs. It sends from its own
        addresses only. Nothing to do if it has it. Raises NotFound, AddressTaken.
        """

    def readdress(self, name: str, address: str, *, neighbours: bool = False) -> None:
        """Give a stopped machine another fixed IPv4 on the bridge, and open it to the others there or not, as in
        `MachineSpec`; nothing to do if it has it. Another machine can have the address that it had.

        Raises NotFound, Refused while it runs, AddressTaken.
        """

    def detach(self, name: str) -> None:
        """Take this card from a machine, live; nothing to do if it has none. Raises NotFound."""

    def ensure_network(self, name: str) -> None:
        """Have a private network: its machines reach each other and nothing else, the host included.

        The name has at most 15 letters, digits and hyphens. Safe to repeat.
        """

    def delete_network(self, name: str) -> None:
        """Delete a private network; nothing to do if it is gone. Raises Busy while a machine has a card in it."""

    def networks(self) -> Sequence[str]:
        """The private networks that this made."""

    def occupied(self) -> Sequence[str]:
        """The IPv4 networks, in CIDR notation, that the hosts know a way to: nobody else may use them."""

    def expose(self, exposure: Exposure) -> None:
        """Have a machine be reached, and reach, like this and no otherwise, whether it runs or not; nobody in it can
        change that. Whoever had its public address has it no more; connections that nothing lets through any more end.
        Nothing to do if it is so. An engine that can't keep exposures (`exposures`) does nothing.

        Raises EngineError.
        """

    def exposures(self) -> Mapping[str, str] | None:
        """By address on the bridge what machines have been exposed to (`Exposure.token`; of what is not in force as a
        whole it is empty); None where the engine can't keep any. A machine that is deleted has none.
        """

    def keep_ranges(self, ranges: Sequence[str]) -> None:
        """Know which networks, in CIDR notation, are public addresses: one that no machine has leads nowhere."""

    def usage(self) -> Sequence[Usage]:
        """Counters of every running machine, in one request."""

    def usage_of(self, name: str) -> Usage | None:
        """Counters of one machine; None when it doesn't run, or isn't there."""

    def images(self) -> Sequence[Image]:
        """Images of the project."""

    def import_image(self, path: str, alias: str, properties: Mapping[str, str]) -> None:
        """Import a unified image tarball and point `alias` at it, moving the alias if it exists."""

    def delete_image(self, alias: str) -> None:
        """Delete the image an alias points at; nothing to do if there is none."""

    def events(self) -> Iterator[Event]:
        """Lifecycle events of machines, from now on, until the connection ends."""
