"""Alerts of services, their rules, and the webhooks that are told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from souk.doors.rest.auth import either, member
from souk.kernel.errors import NotFound
from souk.monitoring.alerts import commands, queries
from souk.provisioning.queries import service as find_service

router = Router(tags=["Alerts"])


class AlertsOut(Schema):
    """A service's alerts, newest first, and every rule as it holds for it."""

    alerts: list[queries.AlertRow]
    rules: list[queries.RuleRow]


class RuleIn(Schema):
    """A rule's threshold, in the rule's unit, and whether it is on."""

    threshold: float
    enabled: bool = True


class WebhookIn(Schema):
    """An https address outside of the platform's networks."""

    url: str


class WebhookOut(Schema):
    """A webhook and the secret that signs what it gets, shown this once."""

    id: UUID
    secret: str


class Tried(Schema):
    """The delivery to look at."""

    delivery: UUID


@router.get("/services/{service}/alerts", response=AlertsOut, operation_id="listAlerts")
def alerts(request: HttpRequest, service: UUID) -> dict[str, Any]:
    """A service's alerts and its rules."""
    scope = either(request)
    find_service(scope, service)
    return {"alerts": queries.alerts(scope, service), "rules": queries.rules(scope, service)}


@router.put("/services/{service}/alerts/{rule}", response=queries.RuleRow, operation_id="setAlertRule")
def set_rule(request: HttpRequest, service: UUID, rule: str, body: RuleIn) -> queries.RuleRow:
    """Give a rule another threshold for one service, or switch it off there."""
    scope = member(request)
    commands.set_rule(scope, service, rule, body.threshold, enabled=body.enabled)
    return next(row for row in queries.rules(scope, service) if row.rule == rule)


@router.get("/organizations/{organization}/webhooks", response=list[queries.WebhookRow], operation_id="listWebhooks")
def webhooks(request: HttpRequest, organization: UUID) -> list[queries.WebhookRow]:
    """The addresses that are told of an organization's alerts."""
    return queries.webhooks(_of(request, organization), organization)


@router.post("/organizations/{organization}/webhooks", response={201: WebhookOut}, operation_id="addWebhook")
def add(
    request: HttpRequest, response: HttpResponse, organization: UUID, body: WebhookIn
) -> Status[commands.NewWebhook]:
    """Have an organization's alerts told to an address. Each message is signed: `Souk-Signature: t=TIME,v1=HEX`, where
    HEX is the HMAC-SHA256 of `TIME.BODY` under the secret. It may arrive more than once, under one `Souk-Delivery`.
    """
    made = commands.add_webhook(member(request), organization, body.url)
    response["Cache-Control"] = "no-store"
    return Status(201, made)


@router.delete("/webhooks/{webhook}", response={204: None}, operation_id="removeWebhook")
def remove(request: HttpRequest, webhook: UUID) -> Status[None]:
    """Tell an address nothing any more."""
    commands.remove_webhook(member(request), webhook)
    return Status(204, None)


@router.post("/webhooks/{webhook}/try", response={202: Tried}, operation_id="tryWebhook")
def try_(request: HttpRequest, webhook: UUID) -> Status[dict[str, Any]]:
    """Send an address a message that is no alert (`ping`), within a minute."""
    return Status(202, {"delivery": commands.try_webhook(member(request), webhook)})


@router.get(
    "/organizations/{organization}/deliveries", response=list[queries.DeliveryRow], operation_id="listDeliveries"
)
def deliveries(request: HttpRequest, organization: UUID) -> list[queries.DeliveryRow]:
    """What was sent to an organization's webhooks, newest first, and what came of it."""
    return queries.deliveries(_of(request, organization), organization)


def _of(request: HttpRequest, organization: UUID) -> Any:
    """The caller's scope, if it has to do with the organization.

    Raises:
        NotFound.
    """
    scope = member(request)
    if organization not in scope.organizations:
        raise NotFound
    return scope
