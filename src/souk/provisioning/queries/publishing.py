"""What a service shows the world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning.models import OPEN, Operation, OperationKind, Publication
from souk.provisioning.queries.services import service


@dataclass(frozen=True)
class PublishedRow:
    """A release: when it was made, whether it was `first`, came by a `push` or from `staging`, by whom and with what
    note, and whether it is live.
    """

    number: int
    made_at: datetime
    source: str
    by: str
    note: str
    live: bool


@dataclass(frozen=True)
class PublicationRow:
    """Those that are kept, the newest first, as they were told `at` last (None: not yet); since when there is a staging
    copy; and what of it is under way.
    """

    releases: list[PublishedRow]
    staged_at: datetime | None
    at: datetime | None
    under_way: list[str]


def releases(scope: Scope, instance: UUID) -> PublicationRow:
    """A service's releases.

    Raises:
        NotFound.
    """
    service(scope, instance)
    kinds = (OperationKind.RELEASE, OperationKind.STAGE, OperationKind.PUBLISH)
    with acting(scope):
        told = Publication.objects.filter(instance_id=instance).first()
        asked = Operation.objects.filter(instance_id=instance, kind__in=kinds, state__in=OPEN).order_by("id")
        under_way = list(asked.values_list("kind", flat=True))
    if told is None:
        return PublicationRow([], None, None, under_way)
    rows = [PublishedRow(**{**each, "made_at": datetime.fromisoformat(each["made_at"])}) for each in told.releases]
    return PublicationRow(rows, told.staged_at, told.at, under_way)
