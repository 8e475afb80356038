"""What the platform runs for itself on each site, as service instances of the operator's own: nobody pays for them.

Object storage, where the services' backups go, and coordination, where highly available services agree on who leads.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from django.conf import settings

from souk.kernel.scope import System, acting
from souk.parties.commands import ensure_project
from souk.provisioning import registry
from souk.provisioning.commands.creating import InstanceDetails, create_instance
from souk.provisioning.commands.lifecycle import protect_instance
from souk.provisioning.contract import Size
from souk.provisioning.coordination import COORDINATION, coordination_name, coordination_of
from souk.provisioning.errors import NameTaken, NoCapacity
from souk.provisioning.pools import ensure_pool
from souk.provisioning.storage import STORAGE, storage_name, storage_of
from souk.sites import queries as sites
from souk.sites.queries import SiteRow

log = structlog.get_logger("souk.platform")
PLATFORM = System("platform")
_GIB = 1024**3
_SHARE, _LEAST, _MOST = 4, 5 * _GIB, 1024 * _GIB


def ensure_storage() -> None:
    """Have each site's object storage, unless the settings say that there is none (`OBJECT_STORAGE`).

    Its disk is a quarter of what the site may promise, from 5 GiB to 1 TiB. A site without room for it goes without,
    and is asked again at the next start.
    """
    if STORAGE not in registry.blueprints() or settings.SIMULATION or settings.OBJECT_STORAGE != "own":
        return
    for site in sites.sites():
        if site.engine_checked_at is None or storage_of(site.id) is not None:
            continue
        disk = min(_MOST, max(_LEAST, sites.capacity(site.id).disk_limit // _SHARE))
        _begin(site, STORAGE, storage_name(site.id), Size(vcpus=1, memory=_GIB, disk=disk))


def ensure_coordination(site: UUID) -> None:
    """Have a site's coordination: it is made when the first service needs it."""
    for row in sites.sites():
        if row.id == site and coordination_of(site) is None:
            _begin(row, COORDINATION, coordination_name(site), Size(vcpus=1, memory=_GIB // 4, disk=_GIB))


def ensure_pools() -> None:
    """Have machines wait ready on each site for the smallest plan of each service that is sold, where that is possible
    (`WARM_LEAST`). Other sizes have a pool from their first order on.
    """
    if settings.WARM_MOST == 0:
        return
    for blueprint in registry.blueprints().values():
        offering = blueprint.starting_offering
        alone = [plan.size for plan in offering.plans if plan.size.members == 1] if offering else []
        if blueprint.warmer is None or not alone:
            continue
        size = min(alone, key=lambda each: (each.memory, each.vcpus, each.disk))
        for site in sites.sites():
            with acting(PLATFORM):
                ensure_pool(site.id, blueprint.key, size, settings.WARM_LEAST)


def _begin(site: SiteRow, key: str, name: str, size: Size) -> None:
    with acting(PLATFORM):
        details = InstanceDetails(
            organization=site.issuer_organization_id,
            project=ensure_project(PLATFORM, site.issuer_organization_id, "plateforme", "Plateforme"),
            region=site.region_code,
            blueprint=key,
            prefix=registry.blueprint(key).prefix,
            name=name,
            parameters={},
            size=size,
        )
        try:
            made = create_instance(PLATFORM, details)
        except (NoCapacity, NameTaken) as error:
            log.warning("not begun", site=site.code, what=key, why=str(error))
            return
        protect_instance(PLATFORM, made, True)
    log.info("begun", site=site.code, what=key)
