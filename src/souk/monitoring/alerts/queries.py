"""What reads alerts, their rules, webhooks and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.monitoring.alerts.rules import RULES
from souk.monitoring.models import Alert, AlertRule, Delivery, Webhook


@dataclass(frozen=True)
class AlertRow:
    """An alert; `value` is the last that was seen, in the unit of its rule."""

    id: UUID
    instance_id: UUID
    rule: str
    state: str
    value: float
    threshold: float
    since: datetime
    fired_at: datetime | None
    resolved_at: datetime | None


@dataclass(frozen=True)
class RuleRow:
    """A rule as it holds for a service; `unit` is %, s, h or d, `most` the highest threshold that may be set."""

    rule: str
    threshold: float
    standard: float
    most: float
    unit: str
    enabled: bool


@dataclass(frozen=True)
class WebhookRow:
    """An address that is told of an organization's alerts."""

    id: UUID
    url: str
    created_at: datetime


@dataclass(frozen=True)
class DeliveryRow:
    """One message to a webhook; `outcome` is why the last attempt failed, `next_at` when it is tried again."""

    id: UUID
    event: str
    attempts: int
    outcome: str
    created_at: datetime
    next_at: datetime | None
    delivered_at: datetime | None


def alerts(scope: Scope, instance: UUID, *, limit: int = 50) -> list[AlertRow]:
    """A service's alerts, newest first."""
    with acting(scope):
        rows = Alert.objects.filter(instance_id=instance).order_by("-id")
        return [AlertRow(*row) for row in rows.values_list(*AlertRow.__dataclass_fields__)[:limit]]


def rules(scope: Scope, instance: UUID) -> list[RuleRow]:
    """Every rule, as it holds for a service."""
    with acting(scope):
        changed = {row.rule: row for row in AlertRule.objects.filter(instance_id=instance)}
    return [
        RuleRow(
            key,
            changed[key].threshold if key in changed else rule.threshold,
            rule.threshold,
            rule.most,
            rule.unit,
            key not in changed or changed[key].enabled,
        )
        for key, rule in RULES.items()
    ]


def webhooks(scope: Scope, organization: UUID) -> list[WebhookRow]:
    """An organization's webhooks."""
    with acting(scope):
        rows = Webhook.objects.filter(organization_id=organization, removed_at__isnull=True).order_by("id")
        return [WebhookRow(*row) for row in rows.values_list(*WebhookRow.__dataclass_fields__)]


def deliveries(scope: Scope, organization: UUID, *, limit: int = 50) -> list[DeliveryRow]:
    """What was told to an organization's webhooks, newest first."""
    with acting(scope):
        rows = Delivery.objects.filter(organization_id=organization, webhook__removed_at__isnull=True)
        found = rows.exclude(webhook=None).order_by("-id")
        fields = ("id", "body__event", "attempts", "outcome", "created_at", "next_at", "delivered_at")
        return [DeliveryRow(*row) for row in found.values_list(*fields)[:limit]]
