"""Changing the size of what was bought. Another plan is an order of its own, whose price is frozen when it is placed;
more or less disk beyond the plan stays with the price that the service was sold at.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import msgspec
from django.db import connection

from souk.catalog.pricing import FrozenPrice
from souk.catalog.queries import Sellable, listed, sellable
from souk.kernel import clock, events, idempotency
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.scope import Member, Scope, acting
from souk.monitoring import metrics
from souk.ordering import errors, sizing
from souk.ordering.models import Order, OrderState, Subscription, SubscriptionState
from souk.parties.access import CAN_ORDER, need
from souk.parties.queries import organization
from souk.provisioning import commands as provisioning
from souk.provisioning.addresses import addresses
from souk.provisioning.contract import GIB
from souk.provisioning.queries import ServiceRow, bought_by_itself, operations, service


@dataclass(frozen=True)
class Changed:
    """The operation that changes a service's size, and the order for it, if it took one."""

    operation: UUID
    order: UUID | None = None


def change_size(
    scope: Scope, instance: UUID, plan: str = "", *, extra_gib: int | None = None, key: str | None = None
) -> Changed:
    """Have a running service get another plan, more or less disk beyond it, or both in one step. An empty plan is the
    present one; without `extra_gib` the disk beyond the plan stays as it is.

    Another plan is an order at today's price, which holds from when the service has its new size; if it can't have it,
    nothing changes and the order says why. A second call with the same idempotency `key` returns the first one's.

    Raises:
        NotFound, PartOfStack, RoleTooLow, NotActive, SamePlan, SameDisk, OfferingMissing, UnknownPlan, NotForSale,
        ExtraDiskOutOfRange, ExtraDiskNotSold, DiskTooSmall, ServiceGone, NotReadyYet, MembersFixed, ResizeUnderWay,
        NoCapacity, IdempotencyKeyReused.
    """
    with acting(scope):
        order = new_id()
        request = [instance, plan] if extra_gib is None else [instance, plan, extra_gib]
        if (known := idempotency.claim(key, request, order)) != order:
            return _asked(scope, instance, known)
        current = _current(scope, instance)
        if plan in ("", current.order.plan_key):
            if extra_gib is None:
                raise errors.SamePlan(plan=current.order.plan_key)
            return Changed(_change_disk(scope, current, sizing.beyond(extra_gib), order))
        return _order(scope, order, current, plan, extra_gib)


def change_plan(
    scope: Scope, instance: UUID, plan: str, *, extra_gib: int | None = None, key: str | None = None
) -> UUID:
    """Order another plan for a running service. Returns the order. Raises as `change_size`."""
    changed = change_size(scope, instance, plan, extra_gib=extra_gib, key=key)
    if changed.order is None:
        raise errors.SamePlan(plan=plan)
    return changed.order


def set_ceiling(scope: Scope, instance: UUID, ceiling_gib: int | None) -> None:
    """Let a service's disk grow by itself when it fills up, to so many gibibytes in all; None: not any more. What it
    grows by costs what disk beyond the plan costs, as the service was sold.

    Raises:
        NotFound, PartOfStack, RoleTooLow, NotActive, ExtraDiskNotSold, CeilingTooLow, CeilingTooHigh, ServiceGone.
    """
    with acting(scope):
        current = _current(scope, instance)
        if ceiling_gib is None:
            provisioning.let_grow(scope, instance, None)
            return
        row, ceiling = service(scope, instance), ceiling_gib * GIB
        sizing.priced(FrozenPrice.from_json(current.price))
        if ceiling < row.disk:
            raise errors.CeilingTooLow(name=row.name, disk=sizing.shown(row.disk), ceiling=sizing.shown(ceiling))
        if ceiling > row.disk - row.extra_disk + sizing.MOST_GIB * GIB:
            raise errors.CeilingTooHigh(most=sizing.MOST_GIB)
        provisioning.let_grow(scope, instance, ceiling)


def give_address(scope: Scope, instance: UUID, address: UUID | None = None) -> UUID:
    """Have a service be reached at a public address, at the price that it was sold at: a new one, or one that
    its project keeps, which is on this service's bill from now on. Returns the operation.

    Raises:
        NotFound, PartOfStack, RoleTooLow, PublicAddressNotSold, and as `provisioning.commands.give_address`.
    """
    with acting(scope):
        sizing.addressed(FrozenPrice.from_json(_paying(scope, instance).price))
        return provisioning.give_address(scope, instance, address)


def _current(scope: Scope, instance: UUID) -> Subscription:
    """The subscription that pays for a service that was ready.

    Raises:
        NotFound, PartOfStack, RoleTooLow, NotActive.
    """
    current = _paying(scope, instance)
    if current.state != SubscriptionState.ACTIVE:
        raise errors.NotActive(name=current.order.service_name)
    return current


def _paying(scope: Scope, instance: UUID) -> Subscription:
    """The subscription that pays for a service now, or will once it is ready.

    Raises:
        NotFound, PartOfStack, RoleTooLow.
    """
    current = (
        Subscription.objects.select_related("order")
        .filter(instance_id=instance)
        .exclude(state=SubscriptionState.ENDED)
        .order_by("state")
        .first()
    )
    if current is None:
        bought_by_itself(scope, instance)
        raise NotFound
    need(scope, current.organization_id, CAN_ORDER, grant="order")
    return current


def _asked(scope: Scope, instance: UUID, known: UUID) -> Changed:
    """What an earlier identical request asked for: an order, or an operation alone."""
    ordered = next((each.id for each in operations(scope, instance) if each.details.get("order") == str(known)), None)
    return Changed(known) if ordered is None else Changed(ordered, known)


def _change_disk(scope: Scope, current: Subscription, extra: int, operation: UUID) -> UUID:
    row = service(scope, current.instance_id)
    if extra == row.extra_disk:
        raise errors.SameDisk
    sizing.priced(FrozenPrice.from_json(current.price))
    _roomy(scope, row, row.disk - row.extra_disk + extra)
    return provisioning.change_disk(scope, current.instance_id, extra, operation=operation)


def _order(scope: Scope, order: UUID, current: Subscription, plan: str, extra_gib: int | None) -> Changed:
    marketplace, offering = listed(current.order.listing_id)
    sold = sellable(marketplace, offering, plan, organization(scope, current.organization_id).segment, clock.now())
    row = service(scope, current.instance_id)
    size = sizing.size(sold, row.extra_disk // GIB if extra_gib is None else extra_gib)
    if row.grow_to is not None:
        sizing.priced(sold.price)
    if any(each.service_id == row.id for each in addresses(scope, organization=row.organization_id)):
        sizing.addressed(sold.price)
    _roomy(scope, row, size.disk)
    operation = provisioning.resize_instance(scope, current.instance_id, size, order=order, plan=sold.plan_id)
    _record(scope, order, current, sold, size.extra_disk)
    return Changed(operation, order)


def _roomy(scope: Scope, row: ServiceRow, disk: int) -> None:
    """Refuse at once what the last look at the disk says can't be; what it could not know, the engine refuses."""
    used = metrics.last(scope, row.id, row.blueprint, "disk_bytes")
    if disk < row.disk and used is not None:
        sizing.roomy(row.name, int(used), disk)


def _record(scope: Scope, order: UUID, current: Subscription, sold: Sellable, extra_disk: int) -> None:
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
        extra_disk=extra_disk,
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
