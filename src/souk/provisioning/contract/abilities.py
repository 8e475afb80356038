"""What a blueprint may add to the least that one is: none of it, unless it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from souk.provisioning.contract.access import Binder, DatabaseKeeper
from souk.provisioning.contract.backups import Archivist, Brancher
from souk.provisioning.contract.balancing import Balancer
from souk.provisioning.contract.beginning import Beginner
from souk.provisioning.contract.domains import DomainKeeper
from souk.provisioning.contract.exporting import Exporter
from souk.provisioning.contract.keeping import SnapshotKeeper
from souk.provisioning.contract.leading import HighAvailability
from souk.provisioning.contract.observing import Observer
from souk.provisioning.contract.publishing import Publisher
from souk.provisioning.contract.selling import StartingOffering
from souk.provisioning.contract.serving import Identity
from souk.provisioning.contract.succession import Succession
from souk.provisioning.contract.versions import Upgrader
from souk.provisioning.contract.warming import Warmer
from souk.provisioning.contract.zones import ZoneKeeper

if TYPE_CHECKING:
    from souk.provisioning.contract.composing import Composer
    from souk.provisioning.contract.elsewhere import Producer


class Abilities:
    """A blueprint that can do nothing in particular: a base for those that name only what they can. `Blueprint` says
    what each means.
    """

    icon: str = "box"
    port: int
    serves_neighbours: bool = False
    names_below: bool = False
    further_ports: Sequence[int] = ()
    datagram_ports: Sequence[int] = ()
    own_rules: bool = False
    starting_offering: StartingOffering | None = None
    identity: Identity | None = None
    beginner: Beginner | None = None
    binder: Binder | None = None
    keeper: DatabaseKeeper | None = None
    domains: DomainKeeper | None = None
    archivist: Archivist | None = None
    brancher: Brancher | None = None
    snapshots: SnapshotKeeper | None = None
    exporter: Exporter | None = None
    high_availability: HighAvailability | None = None
    succession: Succession | None = None
    upgrader: Upgrader | None = None
    observer: Observer | None = None
    warmer: Warmer | None = None
    producer: Producer | None = None
    composer: Composer | None = None
    publisher: Publisher | None = None
    zones: ZoneKeeper | None = None
    balancer: Balancer | None = None

    def ports(self, parameters: Mapping[str, Any]) -> Sequence[int]:
        """The endpoint's, and those beside it, whatever was chosen."""
        del parameters
        return (self.port, *self.further_ports)

    def check(self, parameters: Mapping[str, Any]) -> None:
        """Nothing that the schema does not say."""
