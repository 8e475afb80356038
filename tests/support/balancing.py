"""A load balancer on an engine in memory: its machine only takes note of what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.support.world import Customer

from souk.blueprints.loadbalancer import BLUEPRINT
from souk.parties.queries import projects
from souk.provisioning import commands
from souk.provisioning.contract import Credentials, Guest, Health, Neighbour, ServerCertificate, Size, Wanted
from souk.provisioning.schema import complete

GIB = 1024**3


class Told:
    """The load balancer's blueprint, and all that machines were told."""

    succession = None

    def __init__(self) -> None:
        self.wanted: list[Wanted] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(BLUEPRINT, name)

    def configure(self, guest: Guest, wanted: Wanted, credentials: Credentials, certificate: ServerCertificate) -> None:
        del credentials, certificate
        guest.execute(["configure"])
        self.wanted.append(wanted)

    def probe(self, wanted: Wanted, credentials: Credentials, authority: str) -> Health:
        del wanted, credentials, authority
        return Health(ok=True)

    @property
    def neighbours(self) -> Mapping[str, Neighbour]:
        """Who was in the private network when a machine was told last."""
        return self.wanted[-1].neighbours


def order_balancer(buyer: Customer, name: str = "devant", network: str = "default", **parameters: Any) -> UUID:
    """One that is not made yet."""
    details = commands.InstanceDetails(
        buyer.organization,
        projects(buyer.scope, buyer.organization)[0].id,
        "ma-temara",
        "loadbalancer",
        "lb",
        name,
        complete(BLUEPRINT.schema(), parameters, BLUEPRINT.check),
        Size(1, GIB // 2, GIB),
        network=network,
    )
    return commands.create_instance(buyer.scope, details)
