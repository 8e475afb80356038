"""The `Engine` contract in memory, with the same errors as the real one."""

# The contract's parameters that mean nothing here keep their names.
# ruff: noqa: ARG002

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from souk.engines.contract import (
    MOST_SAID,
    AddressTaken,
    AlreadyExists,
    Busy,
    Card,
    EngineError,
    Event,
    Execution,
    Host,
    HostOffline,
    Image,
    ImageMissing,
    Limits,
    Machine,
    MachineKind,
    MachineSpec,
    MachineStatus,
    NotFound,
    NotRunning,
    Outdated,
    PoolFull,
    Refused,
    Snapshot,
    Usage,
)
from souk.engines.exposure import Exposure
from souk.engines.memory.calls import call
from souk.engines.memory.faults import Faults
from souk.engines.memory.guests import Guest, ToyGuest
from souk.engines.memory.state import Kept, Simulated, imported

_GIB = 1024**3
_HOST = "memory"


class MemoryEngine:
    """One simulated host, or several. Every method is the contract's; the rest is for tests.

    `images` are the aliases that exist at first; None means that every alias does. `guest` answers commands
    (`guests[NAME]` for one machine). `faults` makes calls fail. `disk` is the pool's size in bytes: what
    machines really use counts against it, not their limits. `ways` are the networks that the host knows a way to.
    Where there are several `hosts`, each has as much; those whose name is in `offline` do not answer.
    """

    def __init__(
        self,
        *,
        images: Iterable[str] | None = None,
        guest: Guest | None = None,
        vcpus: int = 64,
        memory: int = 256 * _GIB,
        disk: int = 4096 * _GIB,
        hosts: Sequence[str] = (_HOST,),
    ) -> None:
        self.faults = Faults()
        self.guest: Guest = guest or ToyGuest()
        self.guests: dict[str, Guest] = {}
        self.simulated: dict[str, Simulated] = {}
        self.ways: list[str] = []
        self.offline: set[str] = set()
        self.exposed: dict[str, Exposure] = {}
        self.ranges: list[str] = []
        self._hosts = list(hosts)
        self._any_image = images is None
        self._images = {alias: imported(alias, alias.encode(), {}) for alias in images or ()}
        self._vcpus, self._memory, self._disk = vcpus, memory, disk
        self._networks: set[str] = set()
        self._subscribers: list[queue.SimpleQueue[Event]] = []
        self.lock = threading.RLock()

    @call
    def hosts(self) -> Sequence[Host]:
        """See the contract."""
        return [self._host(name) for name in self._hosts]

    def _host(self, name: str) -> Host:
        if name in self.offline:
            return Host(name, False, 0, 0, 0, 0, 0)
        here = [machine for machine in self.simulated.values() if machine.host == name]
        memory = sum(machine.usage().memory for machine in here if machine.running)
        return Host(name, True, self._vcpus, self._memory, memory, self._disk, self._disk_used(name))

    @call
    def supports(self, kind: MachineKind) -> bool:
        """See the contract."""
        return kind == MachineKind.CONTAINER

    @call
    def machines(self) -> Sequence[Machine]:
        """See the contract."""
        return [replace(self._observed(machine), etag=None) for machine in self.simulated.values()]

    @call
    def machine(self, name: str) -> Machine | None:
        """See the contract."""
        found = self.simulated.get(name)
        return self._observed(found) if found else None

    @call
    def create(self, spec: MachineSpec, *, start: bool = False) -> None:
        """See the contract."""
        if not self._any_image and not any(spec.image in (i.fingerprint, *i.aliases) for i in self._images.values()):
            raise ImageMissing(f"Image {spec.image} not found")
        host = self._host_for(spec)
        self._make(Simulated(spec, labels=dict(spec.labels), image=self._fingerprint(spec.image), host=host))
        if start:
            self._start(spec.name)

    @call
    def copy(self, source: str, spec: MachineSpec, *, snapshot: str = "") -> None:
        """See the contract. What is shared counts once against the pool, as on the real one."""
        of = self._known(source)
        kept = self._kept(of, snapshot) if snapshot else Kept(datetime.now(UTC), of.files, of.disk, of.spec.limits.disk)
        files, labels = dict(kept.files), dict(spec.labels)
        self._make(
            Simulated(spec, labels=labels, files=files, disk=kept.disk, shared=kept.disk, image=of.image, host=of.host)
        )

    @call
    def snapshot(self, name: str, snapshot: str) -> None:
        """See the contract."""
        machine = self._known(name)
        limit = machine.spec.limits.disk
        machine.snapshots.setdefault(snapshot, Kept(datetime.now(UTC), dict(machine.files), machine.disk, limit))

    @call
    def snapshots(self, name: str) -> Sequence[Snapshot]:
        """See the contract. What is written since takes the place of what a snapshot keeps."""
        machine = self._known(name)
        return [Snapshot(each, kept.at, machine.lost_since(kept)) for each, kept in machine.snapshots.items()]

    @call
    def restore_snapshot(self, snapshot: str, spec: MachineSpec) -> None:
        """See the contract."""
        machine = self._known(spec.name)
        kept = self._kept(machine, snapshot)
        if machine.running:
            raise Busy(f"{spec.name} is running")
        if spec.limits.disk < kept.limit:
            raise Refused(f"{snapshot} is of a disk of {kept.limit} bytes, more than {spec.limits.disk}")
        machine.spec, machine.labels, machine.card = spec, dict(spec.labels), None
        machine.files, machine.disk = dict(kept.files), kept.disk

    @call
    def delete_snapshot(self, name: str, snapshot: str) -> None:
        """See the contract."""
        machine = self.simulated.get(name)
        if machine is not None:
            machine.snapshots.pop(snapshot, None)

    @call
    def start(self, name: str) -> None:
        """See the contract."""
        self._start(name)

    @call
    def stop(self, name: str, *, force: bool = False, timeout: float = 30.0) -> None:
        """See the contract."""
        machine = self._known(name)
        if machine.running:
            machine.status = MachineStatus.STOPPED
            self._tell(name, "instance-stopped")

    @call
    def move(self, name: str, host: str) -> None:
        """See the contract."""
        machine = self._known(name)
        self._stands(host)
        if machine.host == host:
            return
        if machine.running:
            raise Refused(f"{name} runs: only a stopped machine is moved")
        if self._disk_used(host) + machine.disk > self._disk:
            raise PoolFull("No space left on device")
        # It shares blocks with nothing there.
        machine.host, machine.shared = host, 0

    @call
    def delete(self, name: str) -> None:
        """See the contract."""
        machine = self.simulated.pop(name, None)
        if machine is not None:
            self.exposed.pop(machine.spec.address, None)
            self._tell(name, "instance-deleted")

    @call
    def resize(self, name: str, limits: Limits, *, etag: str | None = None) -> None:
        """See the contract."""
        machine = self._unchanged(name, etag)
        if limits.disk < machine.disk:
            raise Refused(f"{name} has {machine.disk} bytes on its disk, which is too much for {limits.disk}")
        machine.spec = replace(machine.spec, limits=limits)

    @call
    def label(self, name: str, labels: Mapping[str, str], *, etag: str | None = None) -> None:
        """See the contract."""
        self._unchanged(name, etag).labels.update(labels)

    def execute(self, name: str, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """See the contract. The guest answers outside the lock, as a real one does."""
        self.faults.strike("execute")
        with self.lock:
            self.answers(name)
            if not self._known(name).running:
                raise NotRunning(f"{name} is not running")
            guest = self.guests.get(name, self.guest)
        done = guest(name, command, stdin)
        if len(done.stdout) + len(done.stderr) > MOST_SAID:
            raise EngineError(f"{command[0]} said more than {MOST_SAID} bytes and was killed")
        return done

    @call
    def push(self, name: str, path: str, content: bytes, *, mode: int = 0o600, uid: int = 0, gid: int = 0) -> None:
        """See the contract."""
        self._known(name).files[path] = content

    @call
    def pull(self, name: str, path: str) -> bytes:
        """See the contract."""
        try:
            return self._known(name).files[path]
        except KeyError:
            raise NotFound(f"{path}: no such file") from None

    @call
    def join(self, name: str, private: str) -> None:
        """See the contract."""
        machine = self._known(name)
        if private not in self._networks:
            raise NotFound(f"Network {private} not found")
        machine.spec = replace(machine.spec, private=private)

    @call
    def readdress(self, name: str, address: str, *, neighbours: bool = False) -> None:
        """See the contract."""
        machine = self._known(name)
        if machine.spec.address == address:
            return
        if machine.running:
            raise Refused(f"{name} runs")
        self._free(address)
        machine.spec = replace(machine.spec, address=address, neighbours=neighbours)

    @call
    def attach(self, name: str, card: Card) -> None:
        """See the contract."""
        machine = self._known(name)
        if card.network not in self._networks:
            raise NotFound(f"Network {card.network} not found")
        if any(other.card == card for other in self.simulated.values() if other is not machine):
            raise AddressTaken(f"Address {card.address} already in use")
        machine.card = card

    @call
    def detach(self, name: str) -> None:
        """See the contract."""
        self._known(name).card = None

    @call
    def occupied(self) -> Sequence[str]:
        """See the contract."""
        return list(self.ways)

    @call
    def ensure_network(self, name: str) -> None:
        """See the contract."""
        self._networks.add(name)

    @call
    def delete_network(self, name: str) -> None:
        """See the contract."""
        if any(name in machine.networks for machine in self.simulated.values()):
            raise Busy(f"Network {name} is in use")
        self._networks.discard(name)

    @call
    def networks(self) -> Sequence[str]:
        """See the contract."""
        return sorted(self._networks)

    @call
    def expose(self, exposure: Exposure) -> None:
        """See the contract."""
        for address, other in list(self.exposed.items()):
            if exposure.public and other.public == exposure.public:
                del self.exposed[address]
        self.exposed.pop(exposure.address, None)
        if not exposure.closed:
            self.exposed[exposure.address] = exposure

    @call
    def exposures(self) -> Mapping[str, str] | None:
        """See the contract."""
        return {address: exposure.token for address, exposure in self.exposed.items()}

    @call
    def keep_ranges(self, ranges: Sequence[str]) -> None:
        """See the contract."""
        self.ranges = list(ranges)

    @call
    def usage(self) -> Sequence[Usage]:
        """See the contract."""
        return [machine.usage() for machine in self.simulated.values() if self._counts(machine)]

    @call
    def usage_of(self, name: str) -> Usage | None:
        """See the contract."""
        machine = self.simulated.get(name)
        return machine.usage() if machine is not None and self._counts(machine) else None

    @call
    def images(self) -> Sequence[Image]:
        """See the contract."""
        return list(self._images.values())

    @call
    def import_image(self, path: str, alias: str, properties: Mapping[str, str]) -> None:
        """See the contract."""
        self._images[alias] = imported(alias, Path(path).read_bytes(), properties)

    @call
    def delete_image(self, alias: str) -> None:
        """See the contract."""
        self._images.pop(alias, None)

    def events(self) -> Iterator[Event]:
        """See the contract. The subscription begins with this call."""
        self.faults.strike("events")
        subscriber: queue.SimpleQueue[Event] = queue.SimpleQueue()
        with self.lock:
            self._subscribers.append(subscriber)
        return iter(subscriber.get, None)

    def _fingerprint(self, image: str) -> str:
        """Of an image by its alias, or by its fingerprint; one that nobody imported is called after its alias."""
        known = (each.fingerprint for each in self._images.values() if image in each.aliases)
        return next(known, image if image in self._fingerprints() else imported(image, image.encode(), {}).fingerprint)

    def _fingerprints(self) -> set[str]:
        return {each.fingerprint for each in self._images.values()}

    def _make(self, machine: Simulated) -> None:
        spec = machine.spec
        if spec.name in self.simulated:
            raise AlreadyExists(f'Instance "{spec.name}" already exists')
        self._free(spec.address)
        self._stands(machine.host)
        if self._disk_used(machine.host) + machine.disk - machine.shared > self._disk:
            raise PoolFull("No space left on device")
        if spec.private and spec.private not in self._networks:
            raise NotFound(f"Network {spec.private} not found")
        self.simulated[spec.name] = machine
        self._tell(spec.name, "instance-created")

    def _free(self, address: str) -> None:
        if any(other.spec.address == address for other in self.simulated.values()):
            raise AddressTaken(f"Address {address} already in use")

    def _start(self, name: str) -> None:
        machine = self._known(name)
        if not machine.running:
            machine.start()
            self._tell(name, "instance-started")

    def _known(self, name: str) -> Simulated:
        try:
            return self.simulated[name]
        except KeyError:
            raise NotFound(f"Instance {name} not found") from None

    def _kept(self, machine: Simulated, snapshot: str) -> Kept:
        try:
            return machine.snapshots[snapshot]
        except KeyError:
            raise NotFound(f"Snapshot {machine.spec.name}/{snapshot} not found") from None

    def _unchanged(self, name: str, etag: str | None) -> Simulated:
        machine = self._known(name)
        if etag is not None and etag != machine.etag:
            raise Outdated(f"{name}: ETag doesn't match")
        return machine

    def _disk_used(self, host: str) -> int:
        return sum(machine.disk - machine.shared for machine in self.simulated.values() if machine.host == host)

    def _host_for(self, spec: MachineSpec) -> str:
        """The one that was named, where there are several; else the one with the fewest machines."""
        if spec.host is not None and len(self._hosts) > 1:
            return spec.host
        there = [machine.host for machine in self.simulated.values()]
        online = [name for name in self._hosts if name not in self.offline]
        return min(online, key=there.count, default=self._hosts[0])

    def _stands(self, host: str) -> None:
        if host not in self._hosts:
            raise NotFound(f"Host {host} not found")
        if host in self.offline:
            raise HostOffline(f"Host {host} is offline")

    def answers(self, name: str) -> None:
        """Raise HostOffline if the machine stands on a host that can't be reached."""
        machine = self.simulated.get(name)
        if machine is not None:
            self._stands(machine.host)

    def _counts(self, machine: Simulated) -> bool:
        return machine.running and machine.host not in self.offline

    def _observed(self, machine: Simulated) -> Machine:
        return machine.out_of_sight() if machine.host in self.offline else machine.observed()

    def _tell(self, machine: str, action: str) -> None:
        for subscriber in self._subscribers:
            subscriber.put(Event(machine, action))
