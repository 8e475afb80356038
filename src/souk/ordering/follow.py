"""Orders and subscriptions follow their service instances, by the events of provisioning."""

from __future__ import annotations

from datetime import datetime

from souk.kernel import clock, events
from souk.kernel.events import EventRow
from souk.ordering.models import Order, OrderState, Subscription, SubscriptionState

SUBSCRIBER = "ordering"


def follow() -> int:
    """Take in what happened to service instances since the last time; return how many events were read."""
    return events.consume(SUBSCRIBER, _handle)


def _handle(event: EventRow) -> None:
    if event.subject_kind != "service":
        return
    subscription = Subscription.objects.select_for_update().filter(instance_id=event.subject_id).first()
    if subscription is None:
        return
    at = datetime.fromisoformat(str(event.data.get("at", event.at.isoformat())))
    match event.action:
        case "service.ready":
            _started(subscription, at)
        case "service.failed":
            _move(subscription, OrderState.FAILED, str(event.data.get("why", "")))
        case "service.delete_requested":
            _ended(subscription, event.at)


def _started(subscription: Subscription, at: datetime) -> None:
    if subscription.state == SubscriptionState.PENDING:
        subscription.state, subscription.started_at = SubscriptionState.ACTIVE, at
        subscription.save(update_fields=["state", "started_at"])
        _move(subscription, OrderState.FULFILLED)


def _ended(subscription: Subscription, at: datetime) -> None:
    if subscription.state != SubscriptionState.ENDED:
        subscription.state, subscription.ended_at = SubscriptionState.ENDED, at
        subscription.save(update_fields=["state", "ended_at"])
        _move(subscription, OrderState.CANCELLED)


def _move(subscription: Subscription, state: OrderState, reason: str = "") -> None:
    moved = Order.objects.filter(
        id=subscription.order_id, state__in=[OrderState.PLACED, OrderState.PROVISIONING, OrderState.FAILED]
    ).update(state=state, reason=reason[:300], closed_at=clock.now())
    if moved:
        events.record(f"order.{state}", ("order", subscription.order_id), organization=subscription.organization_id)
