"""What changes the ground: the default site, and what its engine is seen to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Sum

from souk.engines.contract import Host as EngineHost
from souk.kernel import clock, events
from souk.kernel.errors import NotFound
from souk.kernel.scope import Operator, System, acting
from souk.sites import authority
from souk.sites.errors import InvalidRack
from souk.sites.models import Capacity, Host, LegalIssuer, PowerDomain, Rack, Region, Site

NAME_LENGTH = 60
"""Characters of a rack's or a power domain's name, at most."""


@dataclass(frozen=True)
class DefaultSite:
    """The one site that an installation starts with."""

    region_code: str
    region_name: str
    site_code: str
    site_name: str
    country: str
    subnet: str
    prefix_length: int
    domain: str
    private_range: str


def ensure_default_site(issuer_organization: UUID, wanted: DefaultSite) -> UUID:
    """Make the region, site, rack, power domain and authority if they are not there; return the site."""
    with acting(System("setup")):
        issuer, _ = LegalIssuer.objects.get_or_create(
            organization_id=issuer_organization, defaults={"short_name": "Souk", "invoice_prefix": "F"}
        )
        region, _ = Region.objects.get_or_create(
            code=wanted.region_code,
            defaults={"name": wanted.region_name, "country": wanted.country, "issuer": issuer},
        )
        site, made = Site.objects.get_or_create(
            code=wanted.site_code,
            defaults={
                "region": region,
                "name": wanted.site_name,
                "subnet": wanted.subnet,
                "prefix_length": wanted.prefix_length,
                "domain": wanted.domain,
            },
        )
        Site.objects.filter(id=site.id).update(private_range=wanted.private_range)
        power, _ = PowerDomain.objects.get_or_create(site=site, name="A")
        Rack.objects.get_or_create(site=site, name="R1", defaults={"power_domain": power})
        Capacity.objects.get_or_create(site=site)
        authority.ensure(site)
        if made:
            events.record("site.opened", ("site", site.id), data={"code": site.code})
        return site.id


def observe_hosts(site: UUID, hosts: Sequence[EngineHost], occupied: Sequence[str] = ()) -> None:
    """Record what the engine has, how much of it may therefore be promised, and which networks its hosts reach."""
    with acting(System("sites")):
        rack = Rack.objects.filter(site_id=site).order_by("name")[:1].get()
        for host in hosts:
            _observe(site, rack, host)
        if hosts:
            there = [host.name for host in hosts]
            Host.objects.filter(site_id=site, online=True).exclude(name__in=there).update(online=False)
        _count(site)
        Site.objects.filter(id=site).update(
            engine_available=True, engine_checked_at=clock.now(), occupied=list(occupied)
        )


def _observe(site: UUID, rack: Rack, host: EngineHost) -> None:
    if not host.online:
        Host.objects.filter(site_id=site, name=host.name).update(online=False)
        return
    seen = {
        "online": True,
        "reachable": host.reachable,
        "vcpus": host.vcpus,
        "memory": host.memory_total,
        "disk": host.disk_total,
        "observed_at": clock.now(),
    }
    Host.objects.update_or_create(site_id=site, name=host.name, defaults=seen, create_defaults={"rack": rack, **seen})


def _count(site: UUID) -> None:
    """Let as much be promised as the hosts have that take new machines."""
    usable = Host.objects.filter(site_id=site, online=True, open=True, reachable=True)
    limits = usable.aggregate(
        vcpu_limit=Sum(F("vcpus") * F("vcpu_overcommit")),
        memory_limit=Sum(F("memory") * F("memory_overcommit")),
        disk_limit=Sum(F("disk") * F("disk_overcommit")),
    )
    Capacity.objects.filter(site_id=site).update(**{key: int(value or 0) for key, value in limits.items()})


def put_host_in_rack(scope: Operator, host: UUID, rack: str, power_domain: str) -> None:
    """Say in which rack a host is, and what feeds that: both are known by their names at the site, and made if nobody
    named them before. A rack that is fed anew is so for all its hosts.

    Raises:
        NotFound, InvalidRack.
    """
    names = [rack.strip(), power_domain.strip()]
    if not all(0 < len(name) <= NAME_LENGTH and name.isprintable() for name in names):
        raise InvalidRack(most=NAME_LENGTH)
    with acting(scope):
        row = Host.objects.select_for_update().filter(id=host).first()
        if row is None:
            raise NotFound
        power, _ = PowerDomain.objects.get_or_create(site_id=row.site_id, name=names[1])
        where, _ = Rack.objects.get_or_create(site_id=row.site_id, name=names[0], defaults={"power_domain": power})
        Rack.objects.filter(id=where.id).update(power_domain=power)
        Host.objects.filter(id=host).update(rack=where)
        data = {"name": row.name, "rack": names[0], "power_domain": names[1]}
        events.record("host.placed", ("host", row.id), data=data)


def let_host_take_machines(scope: Operator, host: UUID, takes: bool) -> None:
    """Open a host to new machines, or close it: what stands there stays, and what is promised of the site shrinks.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = Host.objects.select_for_update().filter(id=host).first()
        if row is None:
            raise NotFound
        if row.open == takes:
            return
        row.open = takes
        row.save(update_fields=["open"])
        _count(row.site_id)
        what = "opened" if takes else "closed"
        events.record(f"host.{what}", ("host", row.id), data={"name": row.name})


def engine_lost(site: UUID) -> None:
    """Record that a site's engine does not answer."""
    with acting(System("sites")):
        Site.objects.filter(id=site).update(engine_available=False, engine_checked_at=clock.now())
