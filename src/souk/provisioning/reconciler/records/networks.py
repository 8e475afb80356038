"""Private networks as the reconciler reads and records them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from souk.kernel import clock, events
from souk.kernel.scope import acting
from souk.provisioning.commands.attaching import wake
from souk.provisioning.models import Attachment, PrivateNetwork
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records.subjects import WORKER, Subject


@dataclass(frozen=True)
class Network:
    """A private network: its name on the engine, and whether something is in it."""

    id: UUID
    bridge: str
    occupied: bool


@dataclass(frozen=True)
class Bridges:
    """Names on the engine: of networks that should be there, by the id of each; of those that should not, but are
    recorded; and of what services have for themselves.
    """

    wanted: dict[str, UUID]
    unwanted: dict[str, UUID]
    services: frozenset[str]


def own_network(label: str) -> str:
    """The name of the private network that an instance with this label has for itself."""
    return "sk-" + label.rpartition("-")[2][:12]


def load_network(network: UUID) -> Network:
    """Read a private network."""
    with acting(WORKER):
        row = PrivateNetwork.objects.get(id=network)
        occupied = Attachment.objects.filter(network=row, released_at__isnull=True).exists()
    return Network(row.id, row.bridge, occupied)


def kept_network(lease: Lease, network: Network) -> None:
    """Give the claim on a network back: it is as it should be. One that its customer deleted is gone by that, once
    nothing is in it.

    Raises:
        Fenced.
    """
    with acting(WORKER):
        row = PrivateNetwork.objects.select_for_update().get(id=network.id)
        lease.finish()
        if row.deletion_accepted_at is not None and row.deleted_at is None and not network.occupied:
            row.deleted_at = clock.now()
            row.save(update_fields=["deleted_at"])
            data = {"name": row.name, "subnet": f"{row.subnet}/{row.prefix_length}"}
            events.record("network.deleted", ("network", row.id), organization=row.organization_id, data=data)


def released(subject: Subject) -> None:
    """Record that the instance's machines have no card any more in networks that it should not be in."""
    with acting(WORKER):
        give_back(subject.leaving)


def give_back(attachments: Collection[UUID]) -> None:
    """Free the addresses of attachments, in the running transaction; a network that is empty by that goes."""
    there = Attachment.objects.filter(id__in=list(attachments), released_at__isnull=True)
    networks = sorted(set(there.values_list("network_id", flat=True)))
    there.update(released_at=clock.now())
    for network in networks:
        wake(network)


def attached() -> dict[UUID, tuple[str, str]]:
    """For every instance that should be in a private network: the network's name on the engine, and its address."""
    with acting(WORKER):
        rows = Attachment.objects.filter(detached_at__isnull=True)
        return {
            instance: (bridge, address)
            for instance, bridge, address in rows.values_list("instance_id", "network__bridge", "address")
        }


def bridges() -> Bridges:
    """What should be on the engine, and what is known there."""
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(
            "select n.bridge, n.id, exists(select from provisioning_attachment a where a.network_id = n.id"
            " and a.released_at is null) from provisioning_privatenetwork n"
        )
        rows = cursor.fetchall()
        cursor.execute("select label from provisioning_serviceinstance where deleted_at is null")
        labels = [label for (label,) in cursor.fetchall()]
    wanted = {bridge: network for bridge, network, occupied in rows if occupied}
    unwanted = {bridge: network for bridge, network, occupied in rows if not occupied}
    return Bridges(wanted, unwanted, frozenset(map(own_network, labels)))
