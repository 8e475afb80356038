"""What Incus says, as far as Souk reads it. Unknown fields are ignored, so newer servers are fine."""

from __future__ import annotations

from typing import Any

import msgspec


class Envelope(msgspec.Struct):
    """Every JSON answer: `metadata` is the body, kept raw until its type is known."""

    type: str = ""
    error: str = ""
    error_code: int = 0
    operation: str = ""
    metadata: msgspec.Raw = msgspec.Raw(b"null")


class Operation(msgspec.Struct):
    """A background operation, ended or not: 103 is running, 200 success, 400 failure, 401 cancelled."""

    id: str
    status_code: int
    err: str = ""
    metadata: dict[str, Any] | None = None


class Amount(msgspec.Struct):
    """Something in use: bytes, or nanoseconds of processor time."""

    usage: int = 0


class Counters(msgspec.Struct):
    """What came over a card."""

    bytes_received: int = 0


class CardState(msgspec.Struct):
    """A card of a running machine."""

    counters: Counters | None = None


class State(msgspec.Struct):
    """What a running machine uses now."""

    status: str = ""
    cpu: Amount | None = None
    memory: Amount | None = None
    disk: dict[str, Amount] | None = None
    network: dict[str, CardState] | None = None
    processes: int = 0


class Instance(msgspec.Struct):
    """A machine, with its own configuration (no profile is used).

    One that is being made or deleted while Incus lists it may come with null instead of both maps.
    """

    name: str
    status: str
    type: str
    location: str = "none"
    given_config: dict[str, str] | None = msgspec.field(default=None, name="config")
    given_devices: dict[str, dict[str, str]] | None = msgspec.field(default=None, name="devices")
    state: State | None = None

    @property
    def config(self) -> dict[str, str]:
        """Its configuration keys."""
        return self.given_config or {}

    @property
    def devices(self) -> dict[str, dict[str, str]]:
        """Its devices by name."""
        return self.given_devices or {}


class SnapshotRow(msgspec.Struct):
    """A machine's snapshot, with the configuration that the machine had; `size` is negative where nobody counts."""

    name: str
    created_at: str
    config: dict[str, str] = {}
    devices: dict[str, dict[str, str]] = {}
    size: int = 0


class Alias(msgspec.Struct):
    """A name of an image."""

    name: str
    target: str = ""


class ImageRow(msgspec.Struct):
    """An image of the project."""

    fingerprint: str
    size: int = 0
    aliases: list[Alias] | None = None
    properties: dict[str, str] | None = None


class Network(msgspec.Struct):
    """A network of the server."""

    name: str
    managed: bool = False
    status: str = ""
    config: dict[str, str] | None = None


class NetworkAddress(msgspec.Struct):
    """An address of one of the host's cards; `netmask` is the length of its prefix."""

    family: str = ""
    address: str = ""
    netmask: str = ""


class NetworkState(msgspec.Struct):
    """What one of the host's cards has now."""

    addresses: list[NetworkAddress] | None = None


class Environment(msgspec.Struct):
    """The server's own description of itself."""

    server_name: str = ""
    server_clustered: bool = False
    driver: str = ""


class Server(msgspec.Struct):
    """The answer of `GET /1.0`."""

    auth: str = ""
    environment: Environment = msgspec.field(default_factory=Environment)


class Member(msgspec.Struct):
    """A cluster member."""

    server_name: str
    status: str = ""


class Total(msgspec.Struct):
    """A resource's size and, where known, what is in use."""

    total: int = 0
    used: int = 0


class Resources(msgspec.Struct):
    """A host's processors and memory."""

    cpu: Total = msgspec.field(default_factory=Total)
    memory: Total = msgspec.field(default_factory=Total)


class PoolResources(msgspec.Struct):
    """A storage pool's room."""

    space: Total = msgspec.field(default_factory=Total)


class Lifecycle(msgspec.Struct):
    """The part of a lifecycle event that names what happened to what."""

    action: str = ""
    source: str = ""


class EventMessage(msgspec.Struct):
    """A message of the events stream."""

    type: str = ""
    metadata: Lifecycle = msgspec.field(default_factory=Lifecycle)
