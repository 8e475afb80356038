"""What was asked of a service, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.provisioning.commands.sizes import changing_members, is_under_way
from souk.provisioning.models import (
    SETTLED,
    WATCHED,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)


@dataclass(frozen=True)
class OperationRow:
    """One change to a service instance."""

    id: UUID
    instance_id: UUID
    kind: str
    details: dict[str, Any]
    state: str
    progress: int
    step: str
    log: list[dict[str, Any]]
    result: dict[str, Any]
    trouble: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def why(self) -> str:
        """Why it failed, as a sentence in the reader's language; nothing if it did not."""
        told = {key: value for key, value in self.result.items() if isinstance(value, str)}
        sentence = gettext(self.trouble) if self.trouble else ""
        return sentence.format(**told) if told and "{" in sentence else sentence


@dataclass(frozen=True)
class FirstBootRow:
    """What a service did of its customer's own when it was first begun: `running`, `done`, `failed` or `interrupted`,
    and the last lines that it said. Before anybody looked, it is `queued`.
    """

    standing: str
    lines: list[str]
    since: datetime | None
    finished_at: datetime | None


def first_boot(scope: Scope, instance: UUID) -> FirstBootRow | None:
    """How far a service's first boot is; None if there was nothing to do."""
    with acting(scope):
        row = Operation.objects.filter(instance_id=instance, kind=OperationKind.FIRST_BOOT).order_by("id").first()
    if row is None:
        return None
    told, since = row.result, row.result.get("since")
    standing = told.get("standing") or ("failed" if row.finished_at else "queued")
    began = datetime.fromisoformat(since) if since else None
    return FirstBootRow(standing, list(told.get("lines", ())), began, row.finished_at)


def operations(scope: Scope, instance: UUID) -> list[OperationRow]:
    """An instance's operations, newest first."""
    with acting(scope):
        rows = Operation.objects.filter(instance_id=instance).order_by("-id")
        return [OperationRow(*row) for row in rows.values_list(*OperationRow.__dataclass_fields__)[:100]]


def cancellable(scope: Scope, instance: UUID) -> list[UUID]:
    """An instance's operations that can be taken back now: those that wait, and a change of the number of machines that
    has not come to its service yet.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=instance).first()
        if row is None:
            return []
        waiting = Operation.objects.filter(instance=row, state=OperationState.QUEUED).exclude(
            kind__in=SETTLED | WATCHED
        )
        change = changing_members(row)
        begun = [] if change is None or is_under_way(row, change) else [change.id]
        return [*begun, *waiting.order_by("id").values_list("id", flat=True)]


def operation(scope: Scope, identifier: UUID) -> OperationRow:
    """One operation."""
    with acting(scope):
        row = Operation.objects.filter(id=identifier).values_list(*OperationRow.__dataclass_fields__).first()
    if row is None:
        raise NotFound
    return OperationRow(*row)
