"""What reads the ground."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from souk.kernel.errors import NotFound
from souk.sites import addresses
from souk.sites.models import Capacity, Host, Rack, Region, Site


@dataclass(frozen=True)
class RegionRow:
    """A region a customer may order in."""

    code: str
    name: str
    country: str


@dataclass(frozen=True)
class SiteRow:
    """A site and how its engine was last seen. Private networks are cut out of `private_range`, clear of `occupied`."""

    id: UUID
    code: str
    name: str
    region_code: str
    region_name: str
    fiscal_zone: str
    subnet: str
    prefix_length: int
    domain: str
    engine_available: bool
    engine_checked_at: datetime | None
    issuer_id: UUID
    issuer_organization_id: UUID
    private_range: str
    occupied: list[str]


@dataclass(frozen=True)
class HostRow:
    """A host with what it has; bytes. A new machine stands on it if it is online, open and reachable."""

    id: UUID
    site_id: UUID
    name: str
    rack: str
    power_domain: str
    online: bool
    open: bool
    reachable: bool
    vcpus: int
    memory: int
    disk: int
    observed_at: datetime


@dataclass(frozen=True)
class RackRow:
    """A rack and what feeds it."""

    site_id: UUID
    name: str
    power_domain: str


@dataclass(frozen=True)
class CapacityRow:
    """What a site may promise and has promised; bytes."""

    vcpu_limit: int
    memory_limit: int
    disk_limit: int
    vcpus: int
    memory: int
    disk: int


def regions() -> list[RegionRow]:
    """Every region."""
    return [RegionRow(*row) for row in Region.objects.order_by("name").values_list("code", "name", "country")]


def sites() -> list[SiteRow]:
    """Every site."""
    return _rows(Site.objects.order_by("code"))


def site(identifier: UUID) -> SiteRow:
    """One site.

    Raises:
        NotFound.
    """
    for row in _rows(Site.objects.filter(id=identifier)):
        return row
    raise NotFound


def _rows(found: QuerySet[Site]) -> list[SiteRow]:
    columns = (
        "id",
        "code",
        "name",
        "region__code",
        "region__name",
        "fiscal_zone",
        "subnet",
        "prefix_length",
        "domain",
        "engine_available",
        "engine_checked_at",
        "region__issuer_id",
        "region__issuer__organization_id",
        "private_range",
        "occupied",
    )
    return [SiteRow(*row) for row in found.values_list(*columns)]


def host_address(identifier: UUID) -> str:
    """The host's own address on a site's network, from where the platform reaches machines.

    Raises:
        NotFound.
    """
    row = site(identifier)
    network = ipaddress.IPv4Network(f"{row.subnet}/{row.prefix_length}", strict=False)
    return str(network[addresses.HOST])


def hosts() -> list[HostRow]:
    """Every host with its rack and power domain."""
    return [
        HostRow(*row)
        for row in Host.objects.order_by("name").values_list(
            "id",
            "site_id",
            "name",
            "rack__name",
            "rack__power_domain__name",
            "online",
            "open",
            "reachable",
            "vcpus",
            "memory",
            "disk",
            "observed_at",
        )
    ]


def host(identifier: UUID) -> HostRow:
    """One host.

    Raises:
        NotFound.
    """
    found = next((row for row in hosts() if row.id == identifier), None)
    if found is None:
        raise NotFound
    return found


def racks() -> list[RackRow]:
    """Every rack with its power domain."""
    rows = Rack.objects.order_by("name").values_list("site_id", "name", "power_domain__name")
    return [RackRow(*row) for row in rows]


def capacity(site: UUID) -> CapacityRow:
    """What a site may still promise."""
    row = Capacity.objects.filter(site_id=site).values_list(*CapacityRow.__dataclass_fields__).first()
    if row is None:
        raise NotFound
    return CapacityRow(*row)
