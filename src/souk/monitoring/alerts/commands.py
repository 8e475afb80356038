"""What an organization sets about its alerts: thresholds, and the webhooks that are told."""

from __future__ import annotations

import secrets as random
from dataclasses import dataclass, field
from uuid import UUID

from souk.kernel import clock, events, secrets
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.monitoring import errors
from souk.monitoring.alerts import sending
from souk.monitoring.alerts.delivering import secret_context
from souk.monitoring.alerts.rules import RULES
from souk.monitoring.models import AlertRule, Delivery, Webhook
from souk.parties.access import CAN_ADMINISTER, CAN_OPERATE, need
from souk.provisioning.queries import service

MOST_WEBHOOKS = 5


@dataclass(frozen=True)
class NewWebhook:
    """A webhook and its secret, which is shown this once."""

    id: UUID
    secret: str = field(repr=False)


def set_rule(scope: Scope, instance: UUID, rule: str, threshold: float, *, enabled: bool) -> None:
    """Give a rule another threshold for one service, or switch it off there. It holds from the next minute on.

    Raises:
        NotFound, RoleTooLow, ThresholdOutOfRange.
    """
    if rule not in RULES:
        raise NotFound
    if not 0 < threshold <= RULES[rule].most:
        raise errors.ThresholdOutOfRange(most=f"{RULES[rule].most:g}", unit=RULES[rule].unit)
    with acting(scope):
        row = service(scope, instance)
        need(scope, row.organization_id, CAN_OPERATE, grant="services")
        AlertRule.objects.update_or_create(
            instance_id=instance,
            rule=rule,
            defaults={"organization_id": row.organization_id, "threshold": threshold, "enabled": enabled},
        )
        events.record(
            "alert_rule.set",
            ("service", instance),
            organization=row.organization_id,
            data={"rule": rule, "threshold": threshold, "enabled": enabled},
        )


def add_webhook(scope: Scope, organization: UUID, url: str) -> NewWebhook:
    """Have an organization's alerts told to an address from now on.

    Raises:
        NotFound, RoleTooLow, WebhookRefused, TooManyWebhooks.
    """
    url = url.strip()
    try:
        if len(url) > 500:
            raise sending.Refused
        sending.checked(url)
    except (sending.Refused, ValueError):
        raise errors.WebhookRefused from None
    secret = f"whsec_{random.token_urlsafe(32)}"
    with acting(scope):
        need(scope, organization, CAN_ADMINISTER, grant="organization")
        if Webhook.objects.filter(organization_id=organization, removed_at__isnull=True).count() >= MOST_WEBHOOKS:
            raise errors.TooManyWebhooks(most=MOST_WEBHOOKS)
        row = Webhook(organization_id=organization, url=url, created_at=clock.now())
        row.sealed_secret = secrets.ring("identity").seal(secret.encode(), secret_context(row.id))
        row.save(force_insert=True)
        events.record("webhook.added", ("webhook", row.id), organization=organization)
    return NewWebhook(row.id, secret)


def remove_webhook(scope: Scope, webhook: UUID) -> None:
    """Tell an address nothing any more; what still waits for it is dropped.

    Raises:
        NotFound, RoleTooLow.
    """
    with acting(scope):
        row = _mine(scope, webhook)
        Webhook.objects.filter(id=webhook).update(removed_at=clock.now())
        Delivery.objects.filter(webhook=row, next_at__isnull=False).update(next_at=None)
        events.record("webhook.removed", ("webhook", webhook), organization=row.organization_id)


def try_webhook(scope: Scope, webhook: UUID) -> UUID:
    """Send an address a message that is no alert; returns the delivery to look at.

    Raises:
        NotFound, RoleTooLow.
    """
    now = clock.now()
    with acting(scope):
        row = _mine(scope, webhook)
        made = Delivery.objects.create(
            organization_id=row.organization_id,
            webhook=row,
            body={"event": "ping", "at": now.isoformat()},
            created_at=now,
            next_at=now,
        )
    return made.id


def _mine(scope: Scope, webhook: UUID) -> Webhook:
    row = Webhook.objects.select_for_update().filter(id=webhook, removed_at__isnull=True).first()
    if row is None:
        raise NotFound
    need(scope, row.organization_id, CAN_ADMINISTER, grant="organization")
    return row
