"""Orders and subscriptions follow their service instances, by the events of provisioning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_noop

from souk.kernel import clock, events
from souk.kernel.events import EventRow
from souk.ordering.models import Order, OrderState, Subscription, SubscriptionState

SUBSCRIBER = "ordering"
TOO_SMALL = gettext_noop("What is on the disk does not fit into this plan. The service keeps the one it has.")


def follow() -> int:
    """Take in what happened to service instances since the last time; return how many events were read."""
    return events.consume(SUBSCRIBER, _handle)


def _handle(event: EventRow) -> None:
    if event.subject_kind != "service":
        return
    found = list(
        Subscription.objects.select_for_update(of=("self",))
        .select_related("order")
        .filter(instance_id=event.subject_id)
        .order_by("id")
    )
    if not found:
        return
    at = datetime.fromisoformat(str(event.data.get("at", event.at.isoformat())))
    match event.action:
        case "service.ready":
            _started(found[0], at)
        case "service.failed":
            _move(found[0], OrderState.FAILED, str(event.data.get("why", "")))
        case "service.delete_requested":
            for subscription in found:
                _ended(subscription, event.at)
        case "service.recover_requested":
            _reopened(found)
        case "service.resized":
            _changed(found, str(event.data["order"]), at)
        case "service.resize_refused":
            _unchanged(found, event.data, at)


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


def _reopened(found: list[Subscription]) -> None:
    """The service lives on at its last frozen price; what lies between was not running, so it costs nothing."""
    paid = [row for row in found if row.started_at is not None and row.ended_at is not None]
    if not paid or any(row.state == SubscriptionState.ACTIVE for row in found):
        return
    last = max(paid, key=lambda row: (row.ended_at, row.id))
    last.state, last.ended_at = SubscriptionState.ACTIVE, None
    last.save(update_fields=["state", "ended_at"])


def _changed(found: list[Subscription], order: str, at: datetime) -> None:
    """The new plan's subscription begins at the instant at which the one before ends."""
    wanted = _of(found, order)
    if wanted is None or wanted.state != SubscriptionState.PENDING:
        return
    for row in found:
        if row.state == SubscriptionState.ACTIVE:
            row.state, row.ended_at = SubscriptionState.ENDED, at
            row.save(update_fields=["state", "ended_at"])
    _started(wanted, at)


def _unchanged(found: list[Subscription], told: Mapping[str, object], at: datetime) -> None:
    wanted = _of(found, str(told["order"]))
    if wanted is not None and wanted.state == SubscriptionState.PENDING:
        if told.get("cancelled"):
            _move(wanted, OrderState.CANCELLED)
        else:
            _move(wanted, OrderState.FAILED, str(told.get("why") or TOO_SMALL))
        wanted.state, wanted.ended_at = SubscriptionState.ENDED, at
        wanted.save(update_fields=["state", "ended_at"])


def _of(found: list[Subscription], order: str) -> Subscription | None:
    return next((row for row in found if str(row.order_id) == order), None)


def _move(subscription: Subscription, state: OrderState, reason: str = "") -> None:
    moved = Order.objects.filter(
        id=subscription.order_id, state__in=[OrderState.PLACED, OrderState.PROVISIONING, OrderState.FAILED]
    ).update(state=state, reason=reason[:300], closed_at=clock.now())
    if moved:
        events.record(f"order.{state}", ("order", subscription.order_id), organization=subscription.organization_id)
