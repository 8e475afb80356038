"""Private networks, and services in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest.auth import either, member, one_organization
from souk.doors.rest.operations import Requested
from souk.parties.queries import projects
from souk.provisioning import commands
from souk.provisioning.networks import AttachmentRow, NetworkRow, attachment, network, networks

router = Router(tags=["Networks"])


class NetworkIn(Schema):
    """A private network to be made. Without `organization`, the caller's only one; without `project`, its first."""

    name: str
    region: str
    organization: UUID | None = None
    project: UUID | None = None


class NetworkChange(Schema):
    """What of a private network can be changed."""

    name: str


class AttachmentIn(Schema):
    """A private network, by its id; `default` is the project's first one, which is made where there is none."""

    network: str = "default"


@router.get("/networks", response=list[NetworkRow], operation_id="listNetworks")
def listing(request: HttpRequest, organization: UUID | None = None, project: UUID | None = None) -> list[NetworkRow]:
    """My organizations' private networks with the services in them, the oldest first."""
    return networks(member(request), organization=organization, project=project)


@router.post("/networks", response={201: NetworkRow}, operation_id="createNetwork")
def create(request: HttpRequest, body: NetworkIn) -> Status[NetworkRow]:
    """Make a private network. It costs nothing, and traffic in it is not charged."""
    scope = member(request)
    project = body.project or _first_project(request, body.organization)
    return Status(201, network(scope, commands.create_network(scope, project, body.region, body.name)))


@router.get("/networks/{network_id}", response=NetworkRow, operation_id="getNetwork")
def show(request: HttpRequest, network_id: UUID) -> NetworkRow:
    """One private network."""
    return network(either(request), network_id)


@router.patch("/networks/{network_id}", response=NetworkRow, operation_id="changeNetwork")
def change(request: HttpRequest, network_id: UUID, body: NetworkChange) -> NetworkRow:
    """Call a private network by another name."""
    scope = member(request)
    commands.rename_network(scope, network_id, body.name)
    return network(scope, network_id)


@router.delete("/networks/{network_id}", response={204: None}, operation_id="deleteNetwork")
def delete(request: HttpRequest, network_id: UUID) -> Status[None]:
    """Delete a private network that no service is in."""
    commands.delete_network(member(request), network_id)
    return Status(204, None)


@router.get("/services/{service}/network", response=AttachmentRow, operation_id="getServiceNetwork")
def present(request: HttpRequest, service: UUID) -> AttachmentRow:
    """The private network that a service is in, and its address there."""
    return attachment(either(request), service)


@router.put("/services/{service}/network", response={202: Requested}, operation_id="attachService")
def attach(request: HttpRequest, service: UUID, body: AttachmentIn) -> Status[dict[str, Any]]:
    """Put a service into a private network too, while it runs. No connection ends by that."""
    return Status(202, {"operation": commands.attach_instance(member(request), service, body.network)})


@router.delete("/services/{service}/network", response={202: Requested}, operation_id="detachService")
def detach(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Take a service out of its private network: connections in there end."""
    return Status(202, {"operation": commands.detach_instance(member(request), service)})


def _first_project(request: HttpRequest, organization: UUID | None) -> UUID:
    scope = member(request)
    return min(projects(scope, one_organization(scope, organization)), key=lambda row: row.id).id
