"""What reads orders and subscriptions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, When

from souk.catalog import queries as catalog
from souk.kernel.errors import NotFound
from souk.kernel.scope import Scope, acting
from souk.ordering.models import Order, Subscription, SubscriptionState


@dataclass(frozen=True)
class OrderRow:
    """An order as its customer follows it."""

    id: UUID
    number: int
    organization_id: UUID
    project_id: UUID
    listing_id: UUID
    offering_name: str
    plan_key: str
    extra_disk: int
    region_code: str
    service_name: str
    parameters: dict[str, Any]
    state: str
    reason: str
    placed_at: datetime
    closed_at: datetime | None
    subscription_id: UUID
    instance_id: UUID
    price: dict[str, Any]


@dataclass(frozen=True)
class SubscriptionRow:
    """A subscription with its frozen price."""

    id: UUID
    organization_id: UUID
    order_id: UUID
    instance_id: UUID
    issuer_id: UUID
    offering_name: str
    plan_key: str
    service_name: str
    price: dict[str, Any]
    disk: int | None
    state: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


_ORDER = (
    *list(OrderRow.__dataclass_fields__)[:15],
    "subscription__id",
    "subscription__instance_id",
    "subscription__price",
)
_SUBSCRIPTION = (
    "id",
    "organization_id",
    "order_id",
    "instance_id",
    "issuer_id",
    "order__offering_name",
    "order__plan_key",
    "order__service_name",
    "price",
    "disk",
    "state",
    "created_at",
    "started_at",
    "ended_at",
)


def orders(
    scope: Scope, *, organization: UUID | None = None, after: UUID | None = None, limit: int = 50
) -> list[OrderRow]:
    """Orders, newest first, one statement."""
    with acting(scope):
        rows = Order.objects.order_by("-id")
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        if after is not None:
            rows = rows.filter(id__lt=after)
        return [OrderRow(*row) for row in rows.values_list(*_ORDER)[:limit]]


def order(scope: Scope, identifier: UUID) -> OrderRow:
    """One order.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = Order.objects.filter(id=identifier).values_list(*_ORDER).first()
    if row is None:
        raise NotFound
    return OrderRow(*row)


def called(scope: Scope, orders: Collection[UUID], language: str) -> dict[UUID, str]:
    """What was ordered, order by order, as its offering is called in a language; invoices go on calling it as it was
    sold.
    """
    with acting(scope):
        versions = dict(Order.objects.filter(id__in=orders).values_list("id", "version_id"))
    names = catalog.version_names(scope, set(versions.values()), language)
    return {order: names[version] for order, version in versions.items()}


def orders_since(scope: Scope, since: datetime) -> int:
    """How many orders were placed since an instant."""
    with acting(scope):
        return Order.objects.filter(placed_at__gte=since).count()


def subscriptions(scope: Scope, *, organization: UUID | None = None) -> list[SubscriptionRow]:
    """Subscriptions, newest first."""
    with acting(scope):
        rows = Subscription.objects.order_by("-id")
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        return [SubscriptionRow(*row) for row in rows.values_list(*_SUBSCRIPTION)]


def subscription_of(scope: Scope, instance: UUID) -> SubscriptionRow:
    """The subscription that pays for a service instance, or paid for it last.

    Raises:
        NotFound.
    """
    found = subscriptions_of(scope, instance)
    if not found:
        raise NotFound
    return found[0]


def subscriptions_of(scope: Scope, instance: UUID) -> list[SubscriptionRow]:
    """Every subscription of a service instance: the active one first, then one that waits to begin, then those that
    ended, the last one first.
    """
    with acting(scope):
        rows = Subscription.objects.filter(instance_id=instance).annotate(
            rank=Case(
                When(state=SubscriptionState.ACTIVE, then=0),
                When(state=SubscriptionState.PENDING, then=1),
                default=2,
            )
        )
        ordered = rows.order_by("rank", F("ended_at").desc(nulls_last=True), "-id")
        return [SubscriptionRow(*row) for row in ordered.values_list(*_SUBSCRIPTION)]


def meters_of(scope: Scope, instance: UUID) -> tuple[frozenset[str], datetime | None, datetime | None]:
    """What consumption of a service is priced, in any of its subscriptions; since when it is charged, until when."""
    with acting(scope):
        rows = list(Subscription.objects.filter(instance_id=instance).values_list("price", "started_at", "ended_at"))
    meters = frozenset(meter for price, _, _ in rows for meter in price["tiers"])
    begun = [started for _, started, _ in rows if started is not None]
    open_ended = any(started is not None and ended is None for _, started, ended in rows)
    ends = [ended for _, started, ended in rows if started is not None and ended is not None]
    return meters, min(begun, default=None), None if open_ended else max(ends, default=None)
