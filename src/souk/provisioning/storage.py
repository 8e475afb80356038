"""A site's object storage, where backups go: a service instance that the platform runs for itself."""

from __future__ import annotations

from uuid import UUID

from souk.kernel.scope import System, acting
from souk.provisioning.models import Desired, ServiceInstance

STORAGE = "objectstorage"
"""The blueprint of a site's object storage."""


def storage_of(site: UUID) -> UUID | None:
    """The instance that is a site's object storage, if it has one."""
    with acting(System("platform")):
        rows = ServiceInstance.objects.filter(site_id=site, blueprint=STORAGE, name=storage_name(site))
        return rows.exclude(desired=Desired.DELETED).values_list("id", flat=True).first()


def storage_name(site: UUID) -> str:
    """What a site's object storage is called."""
    return f"object-storage-{site.hex[-6:]}"
