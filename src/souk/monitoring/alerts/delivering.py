"""Telling of alerts and announcements, at least once: by mail to those who operate, and to webhooks."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import structlog
from django.core.mail import send_mail
from django.db import connection

from souk.kernel import clock, secrets
from souk.kernel.scope import acting
from souk.monitoring.alerts import mail, sending
from souk.monitoring.models import Alert, Delivery, Webhook
from souk.monitoring.samples import WORKER
from souk.parties.access import CAN_OPERATE
from souk.parties.queries import members

log = structlog.get_logger("souk.monitoring")
ATTEMPTS = 12
THREADS = 4
KEPT = timedelta(days=30)
"""How long it is kept what was told to whom."""

_LEASE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(hours=6)

# Claimed before it is sent: if the worker dies meanwhile, it is sent again when the lease is over.
_CLAIM = """
update monitoring_delivery set attempts = attempts + 1, next_at = %s
where id = (select id from monitoring_delivery where next_at <= %s order by next_at limit 1 for update skip locked)
returning id, webhook_id, person_id, organization_id, body::text, attempts
"""


@dataclass(frozen=True)
class _Claimed:
    """A delivery that is ours for a while."""

    id: UUID
    webhook: UUID | None
    person: UUID | None
    organization: UUID
    body: str
    attempts: int


def announce(alert: Alert, name: str, event: str = "") -> None:
    """Have an alert told, in the transaction that changed it, as its state or as an event of another name."""
    now = clock.now()
    body = {
        "event": event or f"alert.{alert.state}",
        "at": now.isoformat(),
        "alert": str(alert.id),
        "service": {"id": str(alert.instance_id), "name": name},
        "rule": alert.rule,
        "value": round(alert.value, 3),
        "threshold": alert.threshold,
        "since": alert.since.isoformat(),
    }
    tell(alert.organization_id, body, alert)


def tell(organization: UUID, body: Mapping[str, Any], alert: Alert | None = None) -> None:
    """Have something told to an organization's webhooks and to its people who operate, in the caller's transaction."""
    now = clock.now()
    webhooks = Webhook.objects.filter(organization_id=organization, removed_at__isnull=True)
    people = [row.person_id for row in members(WORKER, organization) if row.role in CAN_OPERATE]
    targets: list[dict[str, Any]] = [{"webhook": webhook} for webhook in webhooks]
    targets += [{"person_id": person} for person in people]
    Delivery.objects.bulk_create(
        Delivery(organization_id=organization, alert=alert, body=body, created_at=now, next_at=now, **target)
        for target in targets
    )


def deliver(threads: int = THREADS) -> None:
    """Send all that is due, on a few threads: who answers slowly holds up little."""
    with ThreadPoolExecutor(threads, thread_name_prefix="deliver") as pool:
        for done in [pool.submit(copy_context().run, _deliver) for _ in range(threads)]:
            done.result()


def _deliver() -> None:
    try:
        while (claimed := _claim()) is not None:
            _record(claimed, _send(claimed))
    finally:
        connection.close()


def _claim() -> _Claimed | None:
    now = clock.now()
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now + _LEASE, now])
        row = cursor.fetchone()
    return None if row is None else _Claimed(*row)


def _send(claimed: _Claimed) -> str | None:
    """Try once; None if it arrived, else why not."""
    return _to_webhook(claimed, claimed.webhook) if claimed.webhook else _by_mail(claimed)


def _to_webhook(claimed: _Claimed, webhook: UUID) -> str | None:
    with acting(WORKER):
        row = Webhook.objects.get(id=webhook)
    secret = secrets.ring("identity").open(bytes(row.sealed_secret), secret_context(row.id))
    body = msgspec.json.decode(claimed.body)
    told = msgspec.json.encode({"id": str(claimed.id), **body}, order="sorted")
    message = sending.Message(str(claimed.id), str(body["event"]), told, secret, int(clock.now().timestamp()))
    try:
        status = sending.post(row.url, message)
    except sending.Refused as error:
        return str(error)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return str(error)[:200] or type(error).__name__
    return None if 200 <= status < 300 else f"HTTP {status}"


def _by_mail(claimed: _Claimed) -> str | None:
    with acting(WORKER):
        address = next(
            (row.email for row in members(WORKER, claimed.organization) if row.person_id == claimed.person), None
        )
    if address is None:
        return None
    subject, text = mail.written(msgspec.json.decode(claimed.body))
    try:
        send_mail(subject, text, None, [address])
    except (OSError, smtplib.SMTPException) as error:
        return str(error)[:200] or type(error).__name__
    return None


def _record(claimed: _Claimed, outcome: str | None) -> None:
    now = clock.now()
    changes: dict[str, Any] = {"outcome": (outcome or "")[:200], "next_at": None}
    if outcome is None:
        changes["delivered_at"] = now
    elif claimed.attempts < ATTEMPTS:
        changes["next_at"] = _next_try(now, claimed.attempts)
    else:
        log.warning("delivery given up", delivery=str(claimed.id), outcome=outcome)
    with acting(WORKER):
        Delivery.objects.filter(id=claimed.id, webhook__removed_at__isnull=True).update(**changes)


def _next_try(now: datetime, attempts: int) -> datetime:
    """After 1, 2, 4 … minutes, at last every six hours: over a day in all."""
    return now + min(timedelta(minutes=2 ** (attempts - 1)), _LONGEST_PAUSE)


def secret_context(webhook: UUID) -> str:
    """What a webhook's secret is sealed for."""
    return f"webhook:{webhook}"


def forget(older_than: timedelta = KEPT) -> int:
    """Delete deliveries that are long over; return how many."""
    with acting(WORKER):
        deleted, _ = Delivery.objects.filter(next_at__isnull=True, created_at__lt=clock.now() - older_than).delete()
    return deleted
