"""What is known of a service's names of its customer's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning import names
from souk.provisioning.models import Endpoint, OwnName
from souk.provisioning.queries import service


@dataclass(frozen=True)
class OwnNameRow:
    """A name of the customer's own, as people and as DNS write it: pending until proved, then updating until the
    certificate has it, then ready. It is proved by publishing `text` as a TXT record at `record`.
    """

    name: str
    ascii: str
    state: str
    record: str
    text: str
    created_at: datetime
    proved_at: datetime | None


def own_names(scope: Scope, instance: UUID) -> list[OwnNameRow]:
    """A service's names of its customer's own, the oldest first.

    Raises:
        NotFound.
    """
    service(scope, instance)
    with acting(scope):
        certified = set(Endpoint.objects.filter(instance_id=instance).values_list("names", flat=True).first() or ())
        rows = list(OwnName.objects.filter(instance_id=instance, removed_at__isnull=True).order_by("id"))
    return [
        OwnNameRow(
            names.shown(row.name),
            row.name,
            "pending" if row.proved_at is None else "ready" if row.name in certified else "updating",
            names.record(row.name),
            names.text(row.token),
            row.created_at,
            row.proved_at,
        )
        for row in rows
    ]
