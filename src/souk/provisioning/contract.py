"""How a managed service is produced: what a blueprint declares, and what it is given to work with.

Blueprints are found by the entry point group `souk.blueprints`; provisioning never imports one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from souk.engines.contract import Execution, Limits
from souk.engines.images import Recipe


@dataclass(frozen=True)
class Size:
    """What a plan gives: whole processors, bytes of memory and of disk."""

    vcpus: int
    memory: int
    disk: int


@dataclass(frozen=True)
class StartingPlan:
    """A plan of the operator's starting catalogue. Prices are decimal strings in dirhams without tax."""

    key: str
    size: Size
    per_hour: str
    per_month: str


@dataclass(frozen=True)
class StartingOffering:
    """The offering that the operator starts with for a blueprint: texts by language, plans, prices.

    `tiers` prices consumption by meter, graduated: a list of {"up_to": units or None, "rate": dirhams a unit}.
    """

    slug: str
    category: str
    texts: Mapping[str, Mapping[str, str]]
    plans: Sequence[StartingPlan]
    tiers: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """A service instance as it should be, on one machine."""

    instance: UUID
    name: str
    parameters: Mapping[str, Any]
    size: Size
    hostname: str
    address: str


@dataclass(frozen=True)
class Credentials:
    """How somebody signs in to a service. The password is clear here and nowhere else: never log this."""

    username: str
    password: str = field(repr=False)
    database: str = ""


@dataclass(frozen=True)
class ServerCertificate:
    """PEM texts of an endpoint's certificate, its key and the authority that signed it."""

    certificate: str
    key: str = field(repr=False)
    authority: str = field(repr=False)


@dataclass(frozen=True)
class Health:
    """What a probe found; `detail` is a short sentence for the operator."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class Connection:
    """How a client connects, without the password: fields to show and a URI with `PASSWORD` as a placeholder."""

    uri: str
    fields: Mapping[str, str]
    client: Sequence[str]


class Guest(Protocol):
    """One machine of the instance, for a blueprint to act in."""

    def execute(self, command: Sequence[str], *, stdin: bytes = b"", timeout: float = 60.0) -> Execution:
        """Run a command as root in the machine. stdin may carry secrets and is never logged."""


class Blueprint(Protocol):
    """A managed service as a folder: recipe, parameters, configuration, health."""

    @property
    def key(self) -> str:
        """The blueprint's name, as stored with instances: lowercase letters."""

    @property
    def prefix(self) -> str:
        """Two to four letters that machine and endpoint names start with."""

    @property
    def port(self) -> int:
        """The TCP port of the endpoint."""

    @property
    def holds_data(self) -> bool:
        """Whether a machine that is lost loses customers' data: such a machine is never silently made anew."""

    @property
    def recipe(self) -> Recipe:
        """How the image is built."""

    @property
    def starting_offering(self) -> StartingOffering:
        """What the operator's starting catalogue says of this service."""

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""

    def limits(self, size: Size) -> Limits:
        """What the kernel must enforce for a plan's size."""

    def credentials(self, parameters: Mapping[str, Any], password: str) -> Credentials:
        """The first credentials of an instance."""

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        """Bring a started machine to what is wanted. Safe to be killed anywhere and repeated.

        Raises:
            ConfigurationFailed: the guest refused; the message is safe to show to the operator.
        """

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        """Use the service from outside as a client would, over TLS."""

    def connection(self, wanted: Wanted, username: str, database: str) -> Connection:
        """What a client needs to connect."""


class ConfigurationFailed(Exception):
    """A guest could not be configured."""
