"""What the platform runs for itself on each site, as service instances of the operator's own: nobody pays for them.

So far object storage, where the services' backups go.
"""

from __future__ import annotations

import structlog
from django.conf import settings

from souk.kernel.scope import System, acting
from souk.parties.commands import ensure_project
from souk.provisioning import registry
from souk.provisioning.commands.creating import InstanceDetails, create_instance
from souk.provisioning.commands.lifecycle import protect_instance
from souk.provisioning.contract import Size
from souk.provisioning.errors import NoCapacity
from souk.provisioning.storage import STORAGE, storage_name, storage_of
from souk.sites import queries as sites

log = structlog.get_logger("souk.platform")
PLATFORM = System("platform")
_GIB = 1024**3
_SHARE, _LEAST, _MOST = 4, 5 * _GIB, 1024 * _GIB


def ensure_storage() -> None:
    """Have each site's object storage, unless the settings say that there is none (`OBJECT_STORAGE`).

    Its disk is a quarter of what the site may promise, from 5 GiB to 1 TiB. A site without room for it goes without,
    and is asked again at the next start.
    """
    found = registry.blueprints().get(STORAGE)
    if found is None or settings.SIMULATION or settings.OBJECT_STORAGE != "own":
        return
    for site in sites.sites():
        if site.engine_checked_at is None or storage_of(site.id) is not None:
            continue
        disk = min(_MOST, max(_LEAST, sites.capacity(site.id).disk_limit // _SHARE))
        with acting(PLATFORM):
            details = InstanceDetails(
                organization=site.issuer_organization_id,
                project=ensure_project(PLATFORM, site.issuer_organization_id, "plateforme", "Plateforme"),
                region=site.region_code,
                blueprint=STORAGE,
                prefix=found.prefix,
                name=storage_name(site.id),
                parameters={},
                size=Size(vcpus=1, memory=_GIB, disk=disk),
            )
            try:
                made = create_instance(PLATFORM, details)
            except NoCapacity:
                log.warning("no room for the site's object storage", site=site.code)
                continue
            protect_instance(PLATFORM, made, True)
        log.info("object storage begun", site=site.code, disk=disk)
