"""A site's coordination, where highly available services agree on who leads: an instance that the platform runs."""

from __future__ import annotations

from uuid import UUID

from souk.kernel.scope import System, acting
from souk.provisioning.models import Desired, ServiceInstance

COORDINATION = "coordination"
"""The blueprint of a site's coordination."""


def coordination_of(site: UUID) -> UUID | None:
    """The instance that is a site's coordination, if it has one."""
    with acting(System("platform")):
        rows = ServiceInstance.objects.filter(site_id=site, blueprint=COORDINATION, name=coordination_name(site))
        return rows.exclude(desired=Desired.DELETED).values_list("id", flat=True).first()


def coordination_name(site: UUID) -> str:
    """What a site's coordination is called."""
    return f"coordination-{site.hex[-6:]}"
