"""What was asked of a service: operations, their progress and their log."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest import telling
from souk.doors.rest.auth import either, member
from souk.provisioning import commands, queries

router = Router(tags=["Services"])


class Requested(Schema):
    """The operation to follow."""

    operation: UUID


class LogLine(Schema):
    """A line of an operation's log, in the reader's language."""

    at: datetime
    step: str
    seconds: float
    sentence: str


class OperationOut(Schema):
    """One change to a service instance; `progress` in per cent, `trouble` why it failed. `result` is what came of it:
    of an erasure, what was erased and how that was seen.
    """

    id: UUID
    instance_id: UUID
    kind: str
    details: dict[str, Any]
    state: str
    progress: int
    step: str
    log: list[LogLine]
    result: dict[str, Any]
    trouble: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None


def _operation(row: queries.OperationRow) -> OperationOut:
    return OperationOut(**telling.operation(row).__dict__)


@router.get("/services/{service}/operations", response=list[OperationOut], operation_id="listOperations")
def operations(request: HttpRequest, service: UUID) -> list[OperationOut]:
    """What was done to a service, newest first."""
    return [_operation(row) for row in queries.operations(either(request), service)]


@router.get("/operations/{operation}", response=OperationOut, operation_id="getOperation")
def operation(request: HttpRequest, operation: UUID) -> OperationOut:
    """One operation with its log."""
    return _operation(queries.operation(either(request), operation))


@router.post("/operations/{operation}/cancel", response={204: None}, operation_id="cancelOperation")
def cancel(request: HttpRequest, operation: UUID) -> Status[None]:
    """Take back an operation that has not begun, or a change of the number of machines that has not come to the service
    yet.
    """
    commands.cancel_operation(member(request), operation)
    return Status(204, None)
