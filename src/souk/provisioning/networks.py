"""What is known of private networks, and of services in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning.models import Attachment, Endpoint, PrivateNetwork, ServiceInstance
from souk.provisioning.queries import service


@dataclass(frozen=True)
class InsideRow:
    """A service in a private network, with its address there; `hostname` means that address once it is reached so."""

    id: UUID
    name: str
    state: str
    address: str
    hostname: str


@dataclass(frozen=True)
class NetworkRow:
    """A private network of a project, `subnet` in CIDR notation, and the services in it, the oldest first. Those that
    are deleted, but could be recovered, are in it too.
    """

    id: UUID
    organization_id: UUID
    project_id: UUID
    region_code: str
    name: str
    subnet: str
    created_at: datetime
    services: list[InsideRow]


@dataclass(frozen=True)
class AttachmentRow:
    """The private network that a service is in: attaching, then ready; detaching; or none, and the rest is empty.

    `only` is whether nobody outside of the network reaches the service.
    """

    state: str
    network_id: UUID | None
    network_name: str
    address: str
    hostname: str
    only: bool


def networks(
    scope: Scope,
    *,
    organization: UUID | None = None,
    project: UUID | None = None,
    region: str = "",
) -> list[NetworkRow]:
    """Private networks, the oldest first: two statements."""
    with acting(scope):
        rows = PrivateNetwork.objects.filter(deletion_accepted_at__isnull=True).order_by("id")
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        if project is not None:
            rows = rows.filter(project_id=project)
        if region:
            rows = rows.filter(region_code=region)
        return _told(list(rows))


def network(scope: Scope, identifier: UUID) -> NetworkRow:
    """One private network.

    Raises:
        NotFound.
    """
    with acting(scope):
        found = _told(list(PrivateNetwork.objects.filter(id=identifier, deletion_accepted_at__isnull=True)))
    if not found:
        raise NotFound
    return found[0]


def attachment(scope: Scope, instance: UUID) -> AttachmentRow:
    """The private network that a service is in.

    Raises:
        NotFound.
    """
    service(scope, instance)
    with acting(scope):
        rows = Attachment.objects.filter(instance_id=instance, released_at__isnull=True).select_related("network")
        shown = rows.order_by("-id").first()
        endpoint = Endpoint.objects.filter(instance_id=instance).first()
        allowed = ServiceInstance.objects.values_list("allowed", flat=True).get(id=instance)
    if shown is None:
        return AttachmentRow("none", None, "", "", "", False)
    ready = shown.detached_at is None and endpoint is not None and endpoint.private_address == shown.address
    state = "detaching" if shown.detached_at is not None else "ready" if ready else "attaching"
    hostname = endpoint.private_hostname if ready and endpoint is not None else ""
    only = ready and allowed == []
    return AttachmentRow(state, shown.network_id, shown.network.name, shown.address, hostname, only)


def _told(rows: list[PrivateNetwork]) -> list[NetworkRow]:
    inside = Attachment.objects.filter(network__in=rows, detached_at__isnull=True).order_by("id")
    of_instance = ("instance_id", "instance__name", "instance__state")
    fields = ("network_id", *of_instance, "address", "instance__endpoint__private_hostname")
    held: dict[UUID, list[InsideRow]] = {}
    for of, instance, name, state, address, hostname in inside.values_list(*fields):
        held.setdefault(of, []).append(InsideRow(instance, name, state, address, hostname or ""))
    return [
        NetworkRow(
            row.id,
            row.organization_id,
            row.project_id,
            row.region_code,
            row.name,
            f"{row.subnet}/{row.prefix_length}",
            row.created_at,
            held.get(row.id, []),
        )
        for row in rows
    ]
