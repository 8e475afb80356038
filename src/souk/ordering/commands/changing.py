"""Changing the plan of what was bought: an order of its own, whose price is frozen when it is placed."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.db import connection

from souk.catalog.queries import Sellable, listed, sellable
from souk.kernel import clock, events, idempotency
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.scope import Member, Scope, acting
from souk.ordering import errors
from souk.ordering.models import Order, OrderState, Subscription, SubscriptionState
from souk.parties.access import CAN_ORDER, need
from souk.parties.queries import organization
from souk.provisioning.commands import resize_instance
from souk.provisioning.contract import Size


def change_plan(scope: Scope, instance: UUID, plan: str, *, key: str | None = None) -> UUID:
    """Order another plan for a running service, at today's price. Returns the order.

    The price before holds until the service has its new size; if it can't have it, nothing changes and the order says
    why. A second call with the same idempotency `key` returns the first one's order.

    Raises:
        NotFound, RoleTooLow, NotActive, SamePlan, OfferingMissing, UnknownPlan, NotForSale, ServiceGone, NotReadyYet,
        ResizeUnderWay, NoCapacity, IdempotencyKeyReused.
    """
    with acting(scope):
        order = new_id()
        if (known := idempotency.claim(key, [instance, plan], order)) != order:
            return known
        current = (
            Subscription.objects.select_related("order")
            .filter(instance_id=instance)
            .exclude(state=SubscriptionState.ENDED)
            .order_by("state")
            .first()
        )
        if current is None:
            raise NotFound
        need(scope, current.organization_id, CAN_ORDER, grant="order")
        if current.state != SubscriptionState.ACTIVE:
            raise errors.NotActive(name=current.order.service_name)
        if current.order.plan_key == plan:
            raise errors.SamePlan(plan=plan)
        marketplace, offering = listed(current.order.listing_id)
        sold = sellable(marketplace, offering, plan, organization(scope, current.organization_id).segment, clock.now())
        resize_instance(scope, instance, Size(sold.vcpus, sold.memory, sold.disk, sold.members), order=order)
        _record(scope, order, current, sold)
        return order


def _record(scope: Scope, order: UUID, current: Subscription, sold: Sellable) -> None:
    before, now = current.order, clock.now()
    with connection.cursor() as cursor:
        cursor.execute("select nextval('ordering_order_number')")
        number = cursor.fetchone()[0]
    Order.objects.create(
        id=order,
        number=number,
        organization_id=before.organization_id,
        project_id=before.project_id,
        person_id=scope.person if isinstance(scope, Member) else UUID(int=0),
        marketplace_id=sold.marketplace_id,
        listing_id=sold.listing_id,
        version_id=sold.version_id,
        plan_id=sold.plan_id,
        offering_name=sold.offering_name,
        plan_key=sold.plan_key,
        region_code=before.region_code,
        service_name=before.service_name,
        parameters=before.parameters,
        state=OrderState.PROVISIONING,
        placed_at=now,
        replaces=current,
    )
    Subscription.objects.create(
        organization_id=current.organization_id,
        order_id=order,
        instance_id=current.instance_id,
        issuer_id=current.issuer_id,
        # The least that a service costs was charged with its first plan.
        price=msgspec.structs.replace(sold.price, minimum_hours=0).as_json(),
        disk=sold.disk,
        created_at=now,
    )
    events.record(
        "order.placed",
        ("order", order),
        organization=current.organization_id,
        data={"plan": sold.plan_key, "before": before.plan_key, "instance": str(current.instance_id)},
    )
