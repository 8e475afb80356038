"""What holds for the maintenance of an instance: its version, its window, and when that is open."""

from __future__ import annotations

from datetime import datetime

from souk.provisioning import windows
from souk.provisioning.contract import VERSION
from souk.provisioning.models import ServiceInstance
from souk.provisioning.windows import Opening, Window
from souk.sites.queries import site


def version_of(row: ServiceInstance) -> str:
    """The major version of a service, or nothing where its kind knows none."""
    return str(row.parameters.get(VERSION, ""))


def window_of(row: ServiceInstance) -> Window:
    """A service's maintenance window."""
    return Window(**row.maintenance) if row.maintenance else windows.usual(row.id)


def opening_of(row: ServiceInstance, after: datetime) -> Opening:
    """When a service's maintenance window is open next, or at that time."""
    return windows.opening(window_of(row), site(row.site_id).fiscal_zone, after)
