"""What changes the ground: the default site, and what its engine is seen to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Sum

from souk.engines.contract import Host as EngineHost
from souk.kernel import clock, events
from souk.kernel.scope import System, acting
from souk.sites import authority
from souk.sites.models import Capacity, Host, LegalIssuer, PowerDomain, Rack, Region, Site


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
            Host.objects.update_or_create(
                site_id=site,
                name=host.name,
                defaults={
                    "online": host.online,
                    "vcpus": host.vcpus,
                    "memory": host.memory_total,
                    "disk": host.disk_total,
                    "observed_at": clock.now(),
                },
                create_defaults={
                    "rack": rack,
                    "online": host.online,
                    "vcpus": host.vcpus,
                    "memory": host.memory_total,
                    "disk": host.disk_total,
                    "observed_at": clock.now(),
                },
            )
        limits = Host.objects.filter(site_id=site, online=True).aggregate(
            vcpu_limit=Sum(F("vcpus") * F("vcpu_overcommit")),
            memory_limit=Sum(F("memory") * F("memory_overcommit")),
            disk_limit=Sum(F("disk") * F("disk_overcommit")),
        )
        Capacity.objects.filter(site_id=site).update(**{key: int(value or 0) for key, value in limits.items()})
        Site.objects.filter(id=site).update(
            engine_available=True, engine_checked_at=clock.now(), occupied=list(occupied)
        )


def engine_lost(site: UUID) -> None:
    """Record that a site's engine does not answer."""
    with acting(System("sites")):
        Site.objects.filter(id=site).update(engine_available=False, engine_checked_at=clock.now())
