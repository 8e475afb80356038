"""Public addresses: given to services, taken away, kept, given back; and the ranges that they come from."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from souk.kernel import clock, events
from souk.kernel.scope import Operator, Scope, acting
from souk.parties.access import CAN_OPERATE, need
from souk.provisioning import errors
from souk.provisioning.commands import exposing
from souk.provisioning.commands.operations import alive, on_machines, wish
from souk.provisioning.models import OperationKind, PublicAddress, PublicRange, ServiceInstance
from souk.sites.queries import site as find_site


def add_range(scope: Operator, site: UUID, network: str) -> UUID:
    """Have a site give out the public addresses of a range, in CIDR notation: it must be routed to the site's host.

    Raises:
        NotFound, InvalidRange, RangeTaken.
    """
    place, found = find_site(site), exposing.network(network)
    own = [f"{place.subnet}/{place.prefix_length}", place.private_range, *place.occupied]
    if (other := exposing.taken_by(found, own)) is not None:
        raise errors.RangeTaken(network=str(found), other=other)
    with acting(scope):
        row = exposing.recorded(site, found)
        events.record("range.added", ("range", row.id), data={"network": row.network})
        return row.id


def withdraw_range(scope: Operator, range_: UUID) -> None:
    """Have a site give out the addresses of a range no more.

    Raises:
        RangeMissing, RangeInUse.
    """
    with acting(scope), connection.cursor() as cursor:
        row = PublicRange.objects.select_for_update().filter(id=range_, withdrawn_at__isnull=True).first()
        if row is None:
            raise errors.RangeMissing
        cursor.execute(
            "select count(*) from provisioning_publicaddress where released_at is null and address <<= %s::inet",
            [row.network],
        )
        (count,) = cursor.fetchone()
        if count:
            raise errors.RangeInUse(count=count, network=row.network)
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        events.record("range.withdrawn", ("range", row.id), data={"network": row.network})


def give_address(scope: Scope, instance: UUID, address: UUID | None = None) -> UUID:
    """Ask for a service to be reached at a public address: a new one, or one that its project keeps. No connection ends
    by that. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, HasPublicAddress, AddressMissing, AddressElsewhere,
        AddressInUse, AddressQuotaExceeded, NoPublicAddress, ProducedElsewhere.
    """
    with acting(scope):
        row = on_machines(scope, instance)
        if (present := _present(row)) is not None:
            raise errors.HasPublicAddress(name=row.name, address=present.address)
        given = exposing.put_in(row) if address is None else _kept(row, address)
        details = {"address": given.address, "id": str(given.id), "new": address is None}
        return wish(scope, row, OperationKind.GIVE_ADDRESS, details)


def take_address(scope: Scope, instance: UUID, *, keep: bool = False) -> UUID:
    """Ask for a service to be reached at its public address no more: connections by it end. The address is given back,
    unless the project is to `keep` it, on the service's bill as before. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, HasNoPublicAddress.
    """
    with acting(scope):
        row = alive(scope, instance)
        present = _present(row)
        if present is None:
            raise errors.HasNoPublicAddress(name=row.name)
        present.detached_at = clock.now()
        present.save(update_fields=["detached_at"])
        if not keep:
            _give_back(present, row)
        details = {"address": present.address, "id": str(present.id), "kept": keep}
        return wish(scope, row, OperationKind.TAKE_ADDRESS, details)


def release_address(scope: Scope, address: UUID) -> None:
    """Give back an address that leads to no service: it is charged no more, and may become anybody's.

    Raises:
        NotFound, RoleTooLow, AddressInUse.
    """
    with acting(scope):
        found = PublicAddress.objects.filter(id=address, deletion_accepted_at__isnull=True).first()
        if found is None:
            raise errors.AddressMissing
        row = ServiceInstance.objects.select_for_update().get(id=found.instance_id)
        found = PublicAddress.objects.select_for_update().get(id=address)
        need(scope, found.organization_id, CAN_OPERATE, grant="services")
        if found.detached_at is None:
            raise errors.AddressInUse(address=found.address, name=row.name)
        _give_back(found, row)


def _give_back(address: PublicAddress, row: ServiceInstance) -> None:
    """It is free at once if nothing leads to the service by it, else as soon as nothing does."""
    now = clock.now()
    address.deletion_accepted_at = now
    address.released_at = now if address.withdrawn_at is not None else None
    address.save(update_fields=["deletion_accepted_at", "released_at"])
    exposing.tell(address, "given_back")
    exposing.tell_held(row)


def _present(row: ServiceInstance) -> PublicAddress | None:
    return PublicAddress.objects.filter(instance=row, detached_at__isnull=True).first()


def _kept(row: ServiceInstance, address: UUID) -> PublicAddress:
    """An address that the project keeps, on this instance's bill from now on.

    Raises:
        AddressMissing, AddressElsewhere, AddressInUse.
    """
    there = PublicAddress.objects.filter(id=address, deletion_accepted_at__isnull=True)
    kept = there.select_for_update(of=("self",)).select_related("instance").first()
    if kept is None:
        raise errors.AddressMissing
    if (kept.project_id, kept.site_id) != (row.project_id, row.site_id):
        raise errors.AddressElsewhere(address=kept.address)
    if kept.withdrawn_at is None:
        raise errors.AddressInUse(address=kept.address, name=kept.instance.name)
    before = kept.instance
    kept.instance, kept.detached_at, kept.withdrawn_at = row, None, None
    kept.save(update_fields=["instance", "detached_at", "withdrawn_at"])
    exposing.tell_held(row)
    if before.id != row.id:
        exposing.tell_held(before)
    return kept
