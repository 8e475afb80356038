"""The `Engine` contract on Incus."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from souk.engines.contract import (
    AlreadyExists,
    Busy,
    Card,
    DiskFull,
    EngineError,
    Event,
    Execution,
    Host,
    HostOffline,
    Image,
    Limits,
    Machine,
    MachineKind,
    MachineSpec,
    MachineStatus,
    NotFound,
    NotRunning,
    Refused,
    Snapshot,
    Usage,
)
from souk.engines.exposure import Exposure
from souk.engines.incus import files, images, networks, sharing, snapshots, spec, wire
from souk.engines.incus.address import Https, UnixSocket
from souk.engines.incus.cards import Cards
from souk.engines.incus.events import follow
from souk.engines.incus.execution import execute
from souk.engines.incus.exposing import Exposures
from souk.engines.incus.full_disks import patiently
from souk.engines.incus.spec import Place
from souk.engines.incus.traffic import Traffic
from souk.engines.incus.transport import Transport

_INSTANCES = "/1.0/instances"
_ONLINE, _STOPPED = "Online", "Stopped"
_CREATE_WITHIN = 180.0
_MOVE_WITHIN = 3600.0
"""Seconds: a disk goes over the network."""

_SYNC_WITHIN = 60.0
_MARGIN = 128 * 1024 * 1024
"""Bytes that a disk must keep free beyond what is on it: btrfs needs room to give room back."""


class IncusEngine:
    """One Incus server or cluster, seen through one project."""

    def __init__(
        self, transport: Transport, place: Place, traffic: Traffic, cards: Cards, exposures: Exposures, *, local: bool
    ) -> None:
        self._transport = transport
        self._local = local
        self._place = place
        self._traffic = traffic
        self._cards = cards
        self._exposures = exposures

    @classmethod
    def connect(cls, place: Place, address: UnixSocket | Https | None = None) -> IncusEngine:
        """The engine at `address` (by default this host's own), in the project and on the network of `place`.

        Nothing is sent before the first call. Only this host's own firewall can be asked what machines sent, and be
        told about their cards and exposures.
        """
        local = not isinstance(address, Https)
        transport = Transport(address or UnixSocket(), place.project)
        traffic, cards = Traffic(place.counters if local else ""), Cards(place.cards if local else "")
        return cls(transport, place, traffic, cards, Exposures(place.reach if local else ""), local=local)

    def close(self) -> None:
        """End all idle connections."""
        self._transport.close()

    # Hosts

    @functools.cached_property
    def _server(self) -> wire.Environment:
        server = self._transport.get("/1.0", wire.Server)
        if server.auth != "trusted":
            raise EngineError("Incus does not trust this client")
        return server.environment

    def hosts(self) -> Sequence[Host]:
        """See the contract. One Incus member after another: their inventories are read live."""
        here = self._server.server_name
        if not self._server.server_clustered:
            return [self._host(here, online=True, reachable=True)]
        members = self._transport.get("/1.0/cluster/members", list[wire.Member], recursion="1")
        spans = networks.spans(self._transport, self._place.bridge)
        return [
            self._host(
                member.server_name,
                online=member.status == _ONLINE,
                reachable=spans or (self._local and member.server_name == here),
            )
            for member in members
        ]

    def _host(self, name: str, *, online: bool, reachable: bool) -> Host:
        if not online:
            return Host(name, False, 0, 0, 0, 0, 0, reachable)
        target = self._on(name)
        pool = f"/1.0/storage-pools/{self._place.pool}/resources"
        resources = self._transport.get("/1.0/resources", wire.Resources, **target)
        space = self._transport.get(pool, wire.PoolResources, **target).space
        memory = resources.memory
        return Host(name, True, resources.cpu.total, memory.total, memory.used, space.total, space.used, reachable)

    def _members(self) -> list[str]:
        """The hosts' names, where there are several."""
        if not self._server.server_clustered:
            return []
        members = self._transport.get("/1.0/cluster/members", list[wire.Member], recursion="1")
        return [member.server_name for member in members]

    def _on(self, host: str | None) -> dict[str, str]:
        """The query that names a host, where there are several."""
        return {"target": host} if host and self._server.server_clustered else {}

    def supports(self, kind: MachineKind) -> bool:
        """See the contract."""
        driver = "lxc" if kind == MachineKind.CONTAINER else "qemu"
        return driver in self._server.driver.split(" | ")

    # Machines

    def machines(self) -> Sequence[Machine]:
        """See the contract."""
        rows = self._rows()
        self._cards.know_all(known for row in rows for known in spec.known_of(row))
        server = self._server.server_name
        return [spec.machine(row, server=server) for row in rows]

    def _rows(self) -> list[wire.Instance]:
        return self._transport.get(_INSTANCES, list[wire.Instance], recursion="1")

    def machine(self, name: str) -> Machine | None:
        """See the contract."""
        try:
            response = self._transport.raw("GET", self._path(name))
        except NotFound:
            return None
        except HostOffline:
            return self._listed(name)
        row = self._transport.read(response, wire.Instance)
        return spec.machine(row, server=self._server.server_name, etag=response.headers.get("ETag"))

    def _listed(self, name: str) -> Machine | None:
        """What the others know of a machine whose host does not answer."""
        return next((machine for machine in self.machines() if machine.name == name), None)

    def create(self, spec_: MachineSpec, *, start: bool = False) -> None:
        """See the contract."""
        body = spec.request(self._place, spec_, start=start)
        body["source"] = images.source(spec_.image)
        self._make(body, self._on(spec_.host))

    def copy(self, source: str, spec_: MachineSpec, *, snapshot: str = "") -> None:
        """See the contract."""
        row = self._transport.get(self._path(source), wire.Instance)
        kinship = sharing.kinship(row, self._own(row) + self._shared(row))
        of = row
        if snapshot:
            kept = snapshots.one(self._transport, self._path(source), snapshot)
            of = wire.Instance(f"{source}/{snapshot}", row.status, row.type, row.location, kept.config, kept.devices)
        # First, so that there is no copy of whose blocks the source does not know.
        self._patch(source, {"config": kinship}, None)
        self._make(spec.copy(self._place, spec_, of, kinship), self._on(row.location))

    def snapshot(self, name: str, snapshot: str) -> None:
        """See the contract."""
        row = self._transport.get(self._path(name), wire.Instance)
        self._settle(name)
        # First, so that what is shared then is not called nobody's.
        self._patch(name, {"config": sharing.keeping(self._own(row) + self._shared(row))}, None)
        snapshots.take(self._transport, self._path(name), snapshot)

    def snapshots(self, name: str) -> Sequence[Snapshot]:
        """See the contract."""
        return snapshots.listing(self._transport, self._path(name))

    def restore_snapshot(self, snapshot: str, spec_: MachineSpec) -> None:
        """See the contract."""
        path = self._path(spec_.name)
        before = self._transport.get(path, wire.Instance)
        kept = snapshots.one(self._transport, path, snapshot)
        if spec.machine(before, server="").status == MachineStatus.RUNNING:
            raise Busy(f"{spec_.name} is running")
        was = int(kept.devices.get("root", {}).get("size") or 0)
        if spec_.limits.disk < was:
            raise Refused(f"{snapshot} is of a disk of {was} bytes, more than {spec_.limits.disk}")
        snapshots.restore(self._transport, path, snapshot)
        shared = {key: before.config[key] for key in sharing.KEYS if key in before.config}
        row = self._transport.get(path, wire.Instance)
        row.given_config = {**row.config, **shared}
        body = spec.anew(self._place, spec_, row, sharing.KEYS)
        self._know(spec_.name, body)
        self._transport.change("PUT", path, body=body)

    def delete_snapshot(self, name: str, snapshot: str) -> None:
        """See the contract."""
        path = self._path(name)
        snapshots.delete(self._transport, path, snapshot)
        with contextlib.suppress(NotFound):
            if not snapshots.listing(self._transport, path):
                self._patch(name, {"config": sharing.keeping(0)}, None)

    def _make(self, body: Mapping[str, Any], query: Mapping[str, str]) -> None:
        self._know(body["name"], body)
        try:
            self._transport.change("POST", _INSTANCES, body=body, query=query, timeout=_CREATE_WITHIN)
        except Busy as error:
            raise AlreadyExists(f"{body['name']} is being created already") from error

    def _know(self, name: str, body: Mapping[str, Any]) -> None:
        """First, so that no card is heard before it is known."""
        self._cards.know(spec.known(self._place, name, *(body["devices"].keys() & spec.CARDS)))

    def start(self, name: str) -> None:
        """See the contract."""
        self._set_state(name, "start", 60.0)

    def stop(self, name: str, *, force: bool = False, timeout: float = 30.0) -> None:
        """See the contract."""
        self._set_state(name, "stop", timeout, force=force)

    def _set_state(self, name: str, action: str, timeout: float, *, force: bool = False) -> None:
        body = {"action": action, "timeout": max(1, round(timeout)), "force": force}
        try:
            self._transport.change("PUT", f"{self._path(name)}/state", body=body, timeout=timeout + 15)
        except EngineError as error:
            done = "already running" if action == "start" else "already stopped"
            if done not in str(error):
                raise

    def move(self, name: str, host: str) -> None:
        """See the contract."""
        row = self._transport.get(self._path(name), wire.Instance)
        if spec.machine(row, server=self._server.server_name).host == host:
            return
        if not self._server.server_clustered:
            raise NotFound(f"there is no host {host}")
        if row.status != _STOPPED:
            raise Refused(f"{name} is {row.status}: only a stopped machine is moved")
        body = {"name": name, "migration": True}
        self._transport.change("POST", self._path(name), body=body, query=self._on(host), timeout=_MOVE_WITHIN)

    def delete(self, name: str) -> None:
        """See the contract."""
        with contextlib.suppress(NotFound):
            address = spec.machine(self._transport.get(self._path(name), wire.Instance), server="").address
            patiently(lambda: self.stop(name, force=True))
            if address:
                # First: what comes after it may get its address.
                self._exposures.forget(address)
            patiently(lambda: self._transport.change("DELETE", self._path(name)))
        self._cards.forget(spec.known(self._place, name))

    def resize(self, name: str, limits: Limits, *, etag: str | None = None) -> None:
        """See the contract. A disk may shrink to what is on it and some more; less would wedge the machine."""
        row = self._transport.get(self._path(name), wire.Instance)
        before = spec.machine(row, server="").limits
        if limits.disk < before.disk:
            self._settle(name)
            needed = self._on_disk(row) + _MARGIN
            if limits.disk < needed:
                raise Refused(f"{name} needs {needed} bytes of disk, more than {limits.disk}")
        devices = {"root": spec.root(self._place, limits)}
        try:
            patiently(lambda: self._patch(name, {"config": spec.limits(limits), "devices": devices}, etag))
        except DiskFull as error:
            if limits.disk >= before.disk:
                raise
            # The file system took the quota before it found it too small: nothing could be written any more.
            self._patch(name, {"devices": {"root": spec.root(self._place, before)}}, None)
            raise Refused(f"{name} has more on its disk than {limits.disk} bytes") from error

    def _settle(self, name: str) -> None:
        """Have what a running machine wrote last be counted: the file system counts when it commits."""
        with contextlib.suppress(NotRunning):
            self.execute(name, ["sync"], timeout=_SYNC_WITHIN)

    def _on_disk(self, row: wire.Instance) -> int:
        """What btrfs counts against a machine's quota, or more: its own bytes, which Incus tells, and its image's and
        those that it shared with a copy, which it does not."""
        image = images.unpacked_size(self._transport, row.config.get("volatile.base_image", ""))
        return self._own(row) + self._shared(row) + image

    def _shared(self, row: wire.Instance) -> int:
        return sharing.shared(row, self._rows()) if sharing.related(row) else 0

    def _own(self, row: wire.Instance) -> int:
        state = self._transport.get(f"{self._path(row.name)}/state", wire.State)
        return (state.disk or {}).get("root", wire.Amount()).usage

    def label(self, name: str, labels: Mapping[str, str], *, etag: str | None = None) -> None:
        """See the contract."""
        self._patch(name, {"config": spec.labels(labels)}, etag)

    def _patch(self, name: str, body: Mapping[str, object], etag: str | None) -> None:
        headers = {"If-Match": etag} if etag else {}
        self._transport.change("PATCH", self._path(name), body=body, headers=headers)

    def join(self, name: str, private: str) -> None:
        """See the contract."""
        row = self._transport.get(self._path(name), wire.Instance)
        if spec.machine(row, server="").private != private:
            self._cards.know(spec.known(self._place, name, spec.JOINED))
            self._patch(name, {"devices": {spec.JOINED: spec.private_card(self._place, name, private)}}, None)

    def readdress(self, name: str, address: str, *, neighbours: bool = False) -> None:
        """See the contract. Taking the card away ends the lease by which its machine had the address before."""
        observed = spec.machine(self._transport.get(self._path(name), wire.Instance), server="")
        if observed.address == address:
            return
        if observed.status != MachineStatus.STOPPED:
            raise Refused(f"{name} runs")
        for device in (spec.NO_CARD, spec.card(self._place, name, address, neighbours=neighbours)):
            self._patch(name, {"devices": {spec.MAIN: device}}, None)

    def attach(self, name: str, card: Card) -> None:
        """See the contract."""
        self._plug(name, card)

    def detach(self, name: str) -> None:
        """See the contract."""
        self._plug(name, None)

    def _plug(self, name: str, card: Card | None) -> None:
        row = self._transport.get(self._path(name), wire.Instance)
        if spec.machine(row, server="").card != card:
            self._cards.know(spec.known(self._place, name, spec.ATTACHED))
            self._patch(name, {"devices": {spec.ATTACHED: spec.attached_card(self._place, name, card)}}, None)

    # Networks

    def occupied(self) -> Sequence[str]:
        """See the contract."""
        return networks.occupied(self._transport, self._place.project, local=self._local)

    def ensure_network(self, name: str) -> None:
        """See the contract."""
        networks.ensure(self._transport, name, self._place.project, self._members())

    def delete_network(self, name: str) -> None:
        """See the contract."""
        networks.delete(self._transport, name)

    def networks(self) -> Sequence[str]:
        """See the contract."""
        return networks.listing(self._transport, self._place.project)

    # Between machines and the world

    def expose(self, exposure: Exposure) -> None:
        """See the contract."""
        self._exposures.put(exposure)

    def exposures(self) -> Mapping[str, str] | None:
        """See the contract."""
        return self._exposures.tokens()

    def keep_ranges(self, ranges: Sequence[str]) -> None:
        """See the contract."""
        self._exposures.ranges(ranges)

    # Counters

    def usage(self) -> Sequence[Usage]:
        """See the contract."""
        rows = self._transport.get(_INSTANCES, list[wire.Instance], recursion="2")
        sent = self._traffic.sent()
        found = (
            spec.usage(row.name, row.state, _sent(sent, row), sharing.shared(row, rows) if sharing.related(row) else 0)
            for row in rows
        )
        return [each for each in found if each is not None]

    def usage_of(self, name: str) -> Usage | None:
        """See the contract."""
        try:
            row = self._transport.get(self._path(name), wire.Instance)
            state = self._transport.get(f"{self._path(name)}/state", wire.State)
            shared = self._shared(row)
        except NotFound:
            return None
        return spec.usage(name, state, _sent(self._traffic.sent(), row), shared)

    # Inside machines

    def execute(self, name: str, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """See the contract."""
        return execute(self._transport, name, command, stdin, timeout)

    def push(self, name: str, path: str, content: bytes, *, mode: int = 0o600, uid: int = 0, gid: int = 0) -> None:
        """See the contract."""
        files.push(self._transport, self._path(name), path, content, mode=mode, uid=uid, gid=gid)

    def pull(self, name: str, path: str) -> bytes:
        """See the contract."""
        return files.pull(self._transport, self._path(name), path)

    # Images

    def images(self) -> Sequence[Image]:
        """See the contract."""
        return images.listing(self._transport)

    def import_image(self, path: str, alias: str, properties: Mapping[str, str]) -> None:
        """See the contract."""
        images.import_(self._transport, path, alias, properties)

    def delete_image(self, alias: str) -> None:
        """See the contract."""
        images.delete(self._transport, alias)

    # Events

    def events(self) -> Iterator[Event]:
        """See the contract. The subscription begins with this call."""
        query = urlencode({"type": "lifecycle", "project": self._place.project})
        return follow(self._transport.websocket(f"/1.0/events?{query}"))

    def _path(self, name: str) -> str:
        return f"{_INSTANCES}/{quote(name, safe='')}"


def _sent(sent: Mapping[str, int] | None, row: wire.Instance) -> int | None:
    """What a machine sent to its clients; nothing yet, if its card was not seen."""
    return None if sent is None else sent.get(spec.mac(row), 0)
