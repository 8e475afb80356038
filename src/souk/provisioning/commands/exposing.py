"""Ranges of public addresses, and addresses chosen from them, in the transaction of whoever asks."""

from __future__ import annotations

import ipaddress
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from souk.kernel import clock, events
from souk.kernel.scope import System, acting
from souk.provisioning import errors
from souk.provisioning.models import PublicAddress, PublicRange, ServiceInstance

_WIDEST, _TRIES = 16, 20

# One that was given back longest ago, those never given first: who had it before gets its traffic for a while. Of a
# range the first and the last come after its others: some people's equipment takes them for a network's.
_FREE = """
with ranges as (select network::inet as network from provisioning_publicrange
                where site_id = %(site)s and withdrawn_at is null for share),
addresses as (select host(network(network) + n)::inet as address, n in (0, size - 1) as edge
              from (select network, (2 ^ (32 - masklen(network)))::int as size from ranges) r,
              generate_series(0, size - 1) n)
select host(a.address) from addresses a
left join lateral (select max(released_at) as last, bool_or(released_at is null) as held
                   from provisioning_publicaddress p where p.address = a.address) known on true
where known.held is not true order by known.last nulls first, a.edge, a.address limit 1
"""


def put_in(row: ServiceInstance) -> PublicAddress:
    """Give an instance a public address that nobody has.

    Raises:
        AddressQuotaExceeded, NoPublicAddress.
    """
    _within_quota(row.organization_id)
    for _ in range(_TRIES):
        with acting(System("addresses")), connection.cursor() as cursor:
            cursor.execute(_FREE, {"site": row.site_id})
            found = cursor.fetchone()
        if found is None:
            raise errors.NoPublicAddress
        try:
            with transaction.atomic():
                made = PublicAddress.objects.create(
                    organization_id=row.organization_id,
                    project_id=row.project_id,
                    site_id=row.site_id,
                    region_code=row.region_code,
                    address=found[0],
                    instance=row,
                    created_at=clock.now(),
                )
        except IntegrityError as error:
            if "public_address_once_for_an_instance" in str(error):
                raise errors.HasPublicAddress(name=row.name, address="") from error
            continue
        tell(made, "allocated")
        tell_held(row)
        return made
    raise errors.NoPublicAddress


def _within_quota(organization: UUID) -> None:
    """Hold the organization's addresses until the transaction ends, and see that it may have one more.

    Raises:
        AddressQuotaExceeded.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"addresses:{organization}"])
        cursor.execute("select address_quota from parties_organization where id = %s", [organization])
        (limit,) = cursor.fetchone()
    used = PublicAddress.objects.filter(organization_id=organization, deletion_accepted_at__isnull=True).count()
    if used >= limit:
        raise errors.AddressQuotaExceeded(limit=limit, used=used)


def tell(row: PublicAddress, what: str) -> None:
    """Record what became of an address."""
    data = {"address": row.address, "service": str(row.instance_id)}
    events.record(f"address.{what}", ("address", row.id), organization=row.organization_id, data=data)


def tell_held(row: ServiceInstance) -> None:
    """Record how many addresses are on an instance's bill from now on."""
    held = PublicAddress.objects.filter(instance=row, deletion_accepted_at__isnull=True).count()
    data = {"at": clock.now().isoformat(), "held": held}
    events.record("service.addresses_held", ("service", row.id), organization=row.organization_id, data=data)


def network(given: str) -> ipaddress.IPv4Network:
    """A range as it was written.

    Raises:
        InvalidRange.
    """
    try:
        found = ipaddress.IPv4Network(given.strip())
    except ValueError as error:
        raise errors.InvalidRange(given=given.strip()[:40]) from error
    local = found.is_loopback or found.is_multicast or found.is_link_local or found.is_unspecified or found.is_reserved
    if found.prefixlen < _WIDEST or local:
        raise errors.InvalidRange(given=str(found))
    return found


def taken_by(found: ipaddress.IPv4Network, others: list[str]) -> str | None:
    """The first of other networks that a range overlaps."""
    return next((each for each in others if found.overlaps(ipaddress.IPv4Network(each, strict=False))), None)


def recorded(site: UUID, found: ipaddress.IPv4Network) -> PublicRange:
    """Record a range.

    Raises:
        RangeTaken: somebody else recorded one that overlaps it.
    """
    try:
        with transaction.atomic():
            return PublicRange.objects.create(site_id=site, network=str(found), created_at=clock.now())
    except IntegrityError as error:
        other = next(iter(_overlapping(found)), "")
        raise errors.RangeTaken(network=str(found), other=other) from error


def _overlapping(found: ipaddress.IPv4Network) -> list[str]:
    rows = PublicRange.objects.filter(withdrawn_at__isnull=True).values_list("network", flat=True)
    return [each for each in rows if found.overlaps(ipaddress.IPv4Network(each))]
