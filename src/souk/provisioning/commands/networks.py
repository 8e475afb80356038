"""Private networks of projects: made, renamed, deleted; and services in them."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, connection, transaction

from souk.kernel import clock, events
from souk.kernel.errors import NotFound
from souk.kernel.meanwhile import unchanged
from souk.kernel.scope import Scope, acting
from souk.parties.access import CAN_OPERATE, need
from souk.parties.queries import project as project_of
from souk.provisioning import errors
from souk.provisioning.balancing import wake_beside
from souk.provisioning.commands import attaching
from souk.provisioning.commands.operations import GONE, alive, on_machines, wish
from souk.provisioning.models import OPEN, Attachment, Endpoint, OperationKind, PrivateNetwork, ServiceInstance
from souk.provisioning.queries.access import asked_access
from souk.sites.queries import sites

_SHOWN = 5
_LONGEST = 63


def create_network(scope: Scope, project: UUID, region: str, name: str) -> UUID:
    """Record a private network of a project in a region; it is made on the engine when something is in it. Returns its
    id.

    Raises:
        NotFound, RoleTooLow, UnknownRegion, InvalidNetworkName, NetworkNameTaken, TooManyPrivateNetworks, NoSubnet.
    """
    owner = project_of(scope, project).organization_id
    need(scope, owner, CAN_OPERATE, grant="services")
    place = next((row for row in sites() if row.region_code == region and row.engine_checked_at is not None), None)
    if place is None:
        raise errors.UnknownRegion(region=region)
    with acting(scope):
        return attaching.make(owner, project, place, _clean(name)).id


def rename_network(scope: Scope, network: UUID, name: str) -> None:
    """Call a private network by another name. Nothing else of it changes.

    Raises:
        NotFound, RoleTooLow, InvalidNetworkName, NetworkNameTaken.
    """
    with acting(scope):
        row = _locked(scope, network)
        before, row.name = row.name, _clean(name)
        try:
            with transaction.atomic():
                row.save(update_fields=["name"])
        except IntegrityError as error:
            raise errors.NetworkNameTaken(name=row.name) from error
        _tell(row, "network.renamed", {"from": before, "to": row.name})


def delete_network(scope: Scope, network: UUID) -> None:
    """Delete a private network. Services that are deleted, but could be recovered, are taken out of it.

    Raises:
        NotFound, RoleTooLow, NetworkInUse.
    """
    with acting(scope):
        row = _locked(scope, network)
        inside = Attachment.objects.filter(network=row, detached_at__isnull=True)
        living = inside.exclude(instance__desired__in=GONE).order_by("id").values_list("instance__name", flat=True)
        if living:
            shown = ", ".join(living[:_SHOWN]) + (" …" if len(living) > _SHOWN else "")
            raise errors.NetworkInUse(name=row.name, services=shown)
        now = clock.now()
        gone = list(inside.values_list("instance_id", flat=True))
        inside.update(detached_at=now)
        row.deletion_accepted_at = now
        row.save(update_fields=["deletion_accepted_at"])
        _visit(gone)
        attaching.wake(row.id)
        _tell(row, "network.deletion_requested", {"name": row.name})


def attach_instance(scope: Scope, instance: UUID, network: str = attaching.DEFAULT) -> UUID:
    """Ask for a service to be in a private network too, by its id; as `default`, in its project's first one, which is
    made where there is none. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, AlreadyAttached, NetworkMissing, NetworkElsewhere,
        NetworkFull, TooManyPrivateNetworks, NoSubnet, ProducedElsewhere.
    """
    with acting(scope):
        row = on_machines(scope, instance)
        if (present := _present(row)) is not None:
            raise errors.AlreadyAttached(name=row.name, network=present.network.name)
        made = attaching.put_in(row, attaching.chosen(row, network))
        details = {"network": str(made.network_id), "name": made.network.name, "address": made.address}
        return wish(scope, row, OperationKind.ATTACH, details)


def detach_instance(scope: Scope, instance: UUID) -> UUID:
    """Ask for a service to be in its private network no more. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, NotAttached, ReachedInNetworkOnly.
    """
    with acting(scope):
        row = alive(scope, instance)
        present = _present(row)
        if present is None:
            raise errors.NotAttached(name=row.name)
        if row.allowed == [] or _closing(row):
            raise errors.ReachedInNetworkOnly(name=row.name)
        present.detached_at = clock.now()
        present.save(update_fields=["detached_at"])
        wake_beside(row)
        details = {"network": str(present.network_id), "name": present.network.name, "address": present.address}
        return wish(scope, row, OperationKind.DETACH, details)


def close_to_outside(scope: Scope, instance: UUID, *, asker: str = "", confirmed: bool = False, seen: str = "") -> UUID:
    """Ask for a service to be reached in its private network only, by nobody else. `seen` is the mark of the networks
    that the caller saw. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, NotAttached, NotAttachedYet, ClosesToOutside,
        ChangedMeanwhile.
    """
    with acting(scope):
        row = alive(scope, instance)
        unchanged(seen, asked_access(scope, instance).networks)
        present = _present(row)
        if present is None:
            raise errors.NotAttached(name=row.name)
        if not Endpoint.objects.filter(instance=row, private_address=present.address).exists():
            raise errors.NotAttachedYet(name=row.name)
        if not confirmed:
            raise errors.ClosesToOutside(name=row.name, network=present.network.name, address=asker)
        return wish(scope, row, OperationKind.ALLOW, {"networks": []})


def _clean(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= _LONGEST or not cleaned.isprintable():
        raise errors.InvalidNetworkName
    return cleaned


def _locked(scope: Scope, network: UUID) -> PrivateNetwork:
    there = PrivateNetwork.objects.select_for_update().filter(deletion_accepted_at__isnull=True)
    row = there.filter(id=network).first()
    if row is None:
        raise NotFound
    need(scope, row.organization_id, CAN_OPERATE, grant="services")
    return row


def _present(row: ServiceInstance) -> Attachment | None:
    return Attachment.objects.select_related("network").filter(instance=row, detached_at__isnull=True).first()


def _closing(row: ServiceInstance) -> bool:
    """Whether the service is about to be closed to everyone outside: what was asked for last counts."""
    asked = row.operations.filter(kind=OperationKind.ALLOW, state__in=OPEN).order_by("-id").first()
    return asked is not None and asked.details.get("networks") == []


def _visit(instances: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_convergence set generation = generation + 1, next_at = now(), attempts = 0"
            " where subject = any(%s)",
            [instances],
        )


def _tell(row: PrivateNetwork, action: str, data: dict[str, str]) -> None:
    events.record(action, ("network", row.id), organization=row.organization_id, data=data)
