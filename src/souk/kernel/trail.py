"""Reading the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from souk.kernel.models import Event
from souk.kernel.scope import Scope, acting


@dataclass(frozen=True)
class TrailRow:
    """One thing that happened, who did it and in which request."""

    id: UUID
    at: datetime
    action: str
    subject_kind: str
    subject_id: UUID
    organization_id: UUID | None
    actor: str
    request_id: str
    data: dict[str, Any]


def search(
    scope: Scope,
    *,
    action: str = "",
    organization: UUID | None = None,
    subject: UUID | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> list[TrailRow]:
    """Events, newest first; `action` is a beginning, such as `service.`."""
    with acting(scope):
        rows = Event.objects.order_by("-id")
        if action:
            rows = rows.filter(action__startswith=action)
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        if subject is not None:
            rows = rows.filter(subject_id=subject)
        if after is not None:
            rows = rows.filter(id__lt=after)
        return [TrailRow(*row) for row in rows.values_list(*TrailRow.__dataclass_fields__)[:limit]]
