"""What is told of a service long before it happens: its version's end of life, and its maintenance. Each of it once."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from souk.kernel import clock
from souk.kernel.scope import acting
from souk.monitoring.alerts.delivering import tell
from souk.monitoring.models import Announcement
from souk.monitoring.samples import WORKER
from souk.provisioning.releases import plans
from souk.provisioning.versions import Ending, endings
from souk.ui.format import FISCAL_ZONE

MONTHS = (12, 6, 3, 1)
"""An end of life is announced so many months before it."""


def announce_endings() -> int:
    """Tell whoever operates a service that its version will not be mended any more; returns of how many services.

    What was missed, or is new, is told of once, at the latest of the `MONTHS` that have come.
    """
    today = clock.now().astimezone(FISCAL_ZONE).date()
    with acting(WORKER):
        found = endings(WORKER)
    told = 0
    for each in found:
        months = due(each.ends_on, today)
        if months is None:
            continue
        body = {"version": each.version, "newest": each.newest, "ends_on": each.ends_on.isoformat()}
        subject = f"version:{each.version}:{months}"
        told += announce(each.organization, each.instance, subject, "version.ending", {**_named(each), **body})
    return told


def announce_updates() -> int:
    """Tell whoever operates a service when it is going to be updated, once for each image; returns of how many."""
    told, now = 0, clock.now()
    for plan in plans(WORKER):
        if plan.opens.begins > now:
            named = {"service": {"id": str(plan.instance), "name": plan.name}}
            body = {"opens_at": plan.opens.begins.isoformat(), "closes_at": plan.opens.ends.isoformat()}
            subject = f"update:{plan.fingerprint[:16]}"
            told += announce(plan.organization, plan.instance, subject, "maintenance.planned", {**named, **body})
    return told


def due(ends_on: date, today: date) -> int | None:
    """The least of the `MONTHS` before a day that has come; None before the first of them."""
    return min((each for each in MONTHS if today >= _months_before(ends_on, each)), default=None)


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or its last one if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def announce(organization: UUID, instance: UUID, subject: str, event: str, body: dict[str, Any]) -> bool:
    """Tell an organization something of a service, unless it was told; whether it was told now."""
    with acting(WORKER):
        try:
            with transaction.atomic():
                Announcement.objects.create(
                    organization_id=organization, instance_id=instance, subject=subject, at=clock.now()
                )
        except IntegrityError:
            return False
        tell(organization, {"event": event, "at": clock.now().isoformat(), **body})
    return True


def _named(each: Ending) -> dict[str, Any]:
    return {"service": {"id": str(each.instance), "name": each.name}}
