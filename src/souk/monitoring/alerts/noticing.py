"""What is told once, because it happened and not because it lasts: a disk that has grown by itself, a service whose
vendor is gone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from souk.kernel.events import EventRow
from souk.monitoring.alerts import delivering
from souk.monitoring.models import Alert, AlertState
from souk.monitoring.samples import WORKER
from souk.provisioning.contract import GIB
from souk.provisioning.queries import service


def grown(event: EventRow, at: datetime) -> None:
    """Tell that a disk has grown, how large it is now, and where that ends."""
    row = service(WORKER, event.subject_id)
    disk = cast(dict[str, Any], event.data["to"])["disk"]
    alert = Alert.objects.create(
        organization_id=row.organization_id,
        instance_id=row.id,
        rule="disk_grown",
        state=AlertState.RESOLVED,
        threshold=(row.grow_to or disk) / GIB,
        value=disk / GIB,
        since=at,
        fired_at=at,
        resolved_at=at,
    )
    delivering.announce(alert, row.name, "disk.grown")


def forgotten(event: EventRow, at: datetime) -> None:
    """Tell that a service has ended since its vendor is gone, and what the operator says of it."""
    assert event.organization_id is not None
    named = {"id": str(event.subject_id), "name": str(event.data["name"])}
    body = {"event": "service.forgotten", "at": at.isoformat(), "service": named, "note": str(event.data["note"])}
    delivering.tell(event.organization_id, body)
