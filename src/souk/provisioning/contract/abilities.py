"""What a blueprint may add to the least that one is: none of it, unless it says so."""

from __future__ import annotations

from souk.provisioning.contract.access import Binder, DatabaseKeeper
from souk.provisioning.contract.backups import Archivist, Brancher
from souk.provisioning.contract.exporting import Exporter
from souk.provisioning.contract.leading import HighAvailability
from souk.provisioning.contract.observing import Observer
from souk.provisioning.contract.selling import StartingOffering
from souk.provisioning.contract.succession import Succession
from souk.provisioning.contract.versions import Upgrader
from souk.provisioning.contract.warming import Warmer


class Abilities:
    """A blueprint that can do nothing in particular: a base for those that name only what they can. `Blueprint` says
    what each means.
    """

    serves_neighbours: bool = False
    starting_offering: StartingOffering | None = None
    binder: Binder | None = None
    keeper: DatabaseKeeper | None = None
    archivist: Archivist | None = None
    brancher: Brancher | None = None
    exporter: Exporter | None = None
    high_availability: HighAvailability | None = None
    succession: Succession | None = None
    upgrader: Upgrader | None = None
    observer: Observer | None = None
    warmer: Warmer | None = None
