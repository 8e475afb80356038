"""Use, from the history of service instances: intervals from first ready to accepted delete, and last counters."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import connection

from souk.engines.contract import Usage
from souk.kernel import events
from souk.kernel.events import EventRow
from souk.metering.commands import take_samples
from souk.provisioning.contract import Size

SUBSCRIBER = "metering"

_DISK = ("metering_helddisk", "extra")
_ADDRESSES = ("metering_heldaddresses", "held")
"""What an instance may hold beyond its plan: in which table, and in which column how much of it."""

_METERS = {
    "service.ready": "running",
    "service.stopped": "stopped",
    "service.suspended": "stopped",
    "service.failed": None,
    "service.delete_requested": None,
}


def follow() -> int:
    """Take in what happened to service instances since the last time; return how many events were read."""
    return events.consume(SUBSCRIBER, _handle)


def _handle(event: EventRow) -> None:
    if event.subject_kind != "service":
        return
    at = datetime.fromisoformat(str(event.data.get("at", event.at.isoformat())))
    if event.action == "service.counted":
        take_samples([msgspec.convert(event.data["usage"], Usage)], at, told=True)
        return
    if event.action == "service.addresses_held":
        _hold(event, at, _ADDRESSES, int(str(event.data["held"])))
    if event.action in _METERS:
        _meter(event, at)
    if event.action == "service.ready":
        _hold(event, at, _DISK, int(str(event.data.get("extra_disk", 0))), first=True)
    elif event.action in ("service.resized", "service.grown"):
        size = msgspec.convert(event.data["to"], Size)
        _hold(event, at, _DISK, size.extra_disk * size.members)


def _hold(event: EventRow, at: datetime, what: tuple[str, str], amount: int, *, first: bool = False) -> None:
    """From now on the instance has that much beyond its plan; what it was made with counts once."""
    table, column = what
    with connection.cursor() as cursor:
        cursor.execute(f"select {column}, upper_inf(during) from {table} where instance_id = %s", [event.subject_id])  # noqa: S608
        known = cursor.fetchall()
        held = next((row[0] for row in known if row[1]), 0)
        if held == amount or (first and known):
            return
        cursor.execute(
            f"update {table} set during = tstzrange(lower(during), greatest(lower(during), %s))"  # noqa: S608
            " where instance_id = %s and upper_inf(during)",
            [at, event.subject_id],
        )
        if amount:
            cursor.execute(
                f"insert into {table} (id, organization_id, instance_id, {column}, during)"  # noqa: S608
                " select gen_random_uuid(), %s, %s, %s,"
                f" tstzrange(greatest(%s, max(upper(during))), null) from {table} where instance_id = %s",
                [event.organization_id, event.subject_id, amount, at, event.subject_id],
            )


def _meter(event: EventRow, at: datetime) -> None:
    meter = _METERS[event.action]
    with connection.cursor() as cursor:
        cursor.execute(
            "select meter, lower(during) from metering_usageinterval"
            " where instance_id = %s and upper_inf(during) for update",
            [event.subject_id],
        )
        current = cursor.fetchone()
        if current is not None and current[0] == meter:
            return
        # An event that happened before the open interval began, by a clock that was set back since, can't shorten it
        # below nothing, and what begins with it begins after that.
        at = at if current is None else max(at, current[1])
        cursor.execute(
            "update metering_usageinterval set during = tstzrange(lower(during), %s)"
            " where instance_id = %s and upper_inf(during)",
            [at, event.subject_id],
        )
        if meter is None or event.organization_id is None:
            return
        cursor.execute(
            "insert into metering_usageinterval (id, organization_id, instance_id, meter, during)"
            " select gen_random_uuid(), %s, %s, %s, tstzrange(greatest(%s, max(upper(during))), null)"
            " from metering_usageinterval where instance_id = %s having %s = 'running' or count(*) > 0",
            [event.organization_id, event.subject_id, meter, at, event.subject_id, meter],
        )
