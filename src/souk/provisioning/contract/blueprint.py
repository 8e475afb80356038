"""A managed service as a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from souk.engines.contract import Limits
from souk.engines.images import Recipe
from souk.provisioning.contract.access import Binder, DatabaseKeeper
from souk.provisioning.contract.backups import Archivist, Brancher
from souk.provisioning.contract.balancing import Balancer
from souk.provisioning.contract.beginning import Beginner
from souk.provisioning.contract.composing import Composer
from souk.provisioning.contract.domains import DomainKeeper
from souk.provisioning.contract.elsewhere import Producer
from souk.provisioning.contract.exporting import Exporter
from souk.provisioning.contract.keeping import SnapshotKeeper
from souk.provisioning.contract.leading import HighAvailability
from souk.provisioning.contract.observing import Observer
from souk.provisioning.contract.publishing import Publisher
from souk.provisioning.contract.selling import Size, StartingOffering
from souk.provisioning.contract.serving import (
    Connection,
    Credentials,
    Guest,
    Health,
    Identity,
    ServerCertificate,
    Wanted,
)
from souk.provisioning.contract.succession import Succession
from souk.provisioning.contract.versions import Upgrader
from souk.provisioning.contract.warming import Warmer
from souk.provisioning.contract.zones import ZoneKeeper


class Blueprint(Protocol):
    """A managed service as a folder: recipe, parameters, configuration, health."""

    @property
    def key(self) -> str:
        """The blueprint's name, as stored with instances: lowercase letters."""

    @property
    def prefix(self) -> str:
        """Two to four letters that machine and endpoint names start with."""

    @property
    def icon(self) -> str:
        """The drawing that stands for its services in the console: a name of those in `ui/vendor.json`."""

    @property
    def port(self) -> int:
        """The TCP port of the endpoint."""

    @property
    def further_ports(self) -> Sequence[int]:
        """The TCP ports beside that one at which clients reach it."""

    @property
    def datagram_ports(self) -> Sequence[int]:
        """The UDP ports at which clients reach it."""

    @property
    def own_rules(self) -> bool:
        """Whether what passes between its machines and the world is their customer's to say, rule by rule; of others
        only those ports are reached.
        """

    @property
    def holds_data(self) -> bool:
        """Whether a machine that is lost loses customers' data: such a machine is never silently made anew."""

    @property
    def recipe(self) -> Recipe:
        """How the image is built."""

    @property
    def serves_neighbours(self) -> bool:
        """Whether machines of other services on the same network may reach this one: for what the platform runs."""

    @property
    def names_below(self) -> bool:
        """Whether any name below a service's own is the service's too, such as that of a bucket: its certificate is
        good for them, and those of what its keeper keeps resolve.
        """

    @property
    def starting_offering(self) -> StartingOffering | None:
        """What the operator's starting catalogue says of this service; None for what is not sold."""

    @property
    def identity(self) -> Identity | None:
        """What its machines are recognized by beside the endpoint's certificate, if by anything."""

    @property
    def beginner(self) -> Beginner | None:
        """What its services do of their customer's own when they are first begun, if they can."""

    @property
    def binder(self) -> Binder | None:
        """How further credentials are made, if its services can have them."""

    @property
    def keeper(self) -> DatabaseKeeper | None:
        """How databases are made and deleted, if its services hold several."""

    @property
    def domains(self) -> DomainKeeper | None:
        """How they answer to names of their customer's own that people type into a browser, if that is what for."""

    @property
    def archivist(self) -> Archivist | None:
        """How its services are backed up, if they hold data."""

    @property
    def brancher(self) -> Brancher | None:
        """How a service begins as a copy of another one's machine, if it can."""

    @property
    def snapshots(self) -> SnapshotKeeper | None:
        """How many snapshots its services may have, if they can have any."""

    @property
    def exporter(self) -> Exporter | None:
        """How its data is written into a file that anybody can read, if it can."""

    @property
    def high_availability(self) -> HighAvailability | None:
        """How its services run on several machines, if they can."""

    @property
    def succession(self) -> Succession | None:
        """How its services go over to another machine, if they can while they go on."""

    @property
    def upgrader(self) -> Upgrader | None:
        """How its services go from one major version to another, if there are several."""

    @property
    def observer(self) -> Observer | None:
        """What its services tell of themselves, beside whether they answer."""

    @property
    def producer(self) -> Producer | None:
        """Who produces its services elsewhere, if that is how: what concerns machines is not asked of it then."""

    @property
    def composer(self) -> Composer | None:
        """Which other services its services are made of, if that is how."""

    @property
    def publisher(self) -> Publisher | None:
        """How releases of what its services show are told apart, taken and tried out, if there are any."""

    @property
    def zones(self) -> ZoneKeeper | None:
        """How they answer for DNS zones, if that is what for."""

    @property
    def balancer(self) -> Balancer | None:
        """To whom its services lead, if they lead to other ones of their project."""

    @property
    def warmer(self) -> Warmer | None:
        """How its machines wait ready before they are ordered, if they can."""

    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the parameters."""

    def ports(self, parameters: Mapping[str, Any]) -> Sequence[int]:
        """The TCP ports at which clients reach an instance with these parameters."""

    def check(self, parameters: Mapping[str, Any]) -> None:
        """Look at valid parameters for what a schema can't say.

        Raises:
            Unfit: names the parameter and why.
        """

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
