"""Placing an order: checked, promised and recorded in one transaction, or refused with a reason and no cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from souk.catalog.queries import Sellable, sellable
from souk.kernel import clock, events, idempotency
from souk.kernel.errors import NotFound
from souk.kernel.ids import new_id
from souk.kernel.scope import Member, Scope, acting
from souk.ordering import errors, sizing
from souk.ordering.models import Order, OrderState, Subscription
from souk.parties.access import CAN_ORDER, need
from souk.provisioning.commands import (
    InstanceDetails,
    Origin,
    cancel_operation,
    clean_name,
    create_instance,
    erase_instance,
)
from souk.provisioning.errors import NotCancellable
from souk.provisioning.queries import operations
from souk.provisioning.registry import blueprint
from souk.provisioning.schema import complete

_BUYER = """
select o.segment, p.id, r.issuer_id from parties_organization o
left join parties_project p on p.organization_id = o.id and (p.id = %(project)s or %(project)s is null)
left join sites_region r on r.code = %(region)s
where o.id = %(organization)s order by p.created_at limit 1
"""

_RECORD = """
with placed as (
    insert into ordering_order (id, number, organization_id, project_id, person_id, marketplace_id, listing_id,
        version_id, plan_id, offering_name, plan_key, extra_disk, region_code, service_name, parameters, state, reason,
        placed_at)
    values (%(id)s, nextval('ordering_order_number'), %(organization)s, %(project)s, %(person)s, %(marketplace)s,
        %(listing)s, %(version)s, %(plan)s, %(offering_name)s, %(plan_key)s, %(extra_disk)s, %(region)s, %(name)s,
        %(parameters)s, 'placed', '', %(now)s) returning id)
insert into ordering_subscription
    (id, organization_id, order_id, instance_id, issuer_id, price, disk, state, created_at)
select %(subscription)s, %(organization)s, id, %(instance)s, %(issuer)s, %(price)s, %(disk)s, 'pending', %(now)s
from placed
"""


@dataclass(frozen=True)
class OrderDetails:
    """What is ordered, by the names a customer sees. Without a project, the organization's first one. `extra_gib` are
    whole gibibytes of disk beyond the plan, for each machine; `origin` is whose data it begins with; `network` the
    private network that it is in, by its id or as `default`. It is
    reached from outside of the site only with a `public_address`.
    """

    organization: UUID
    marketplace: str
    offering: str
    plan: str
    region: str
    name: str
    parameters: dict[str, Any] = field(default_factory=dict)
    project: UUID | None = None
    origin: Origin | None = None
    extra_gib: int = 0
    network: str = ""
    public_address: bool = False


def place_order(scope: Scope, details: OrderDetails, *, key: str | None = None) -> UUID:
    """Order a plan: the price is frozen, capacity and quota are promised, the service's creation begins.

    A second call with the same idempotency `key` returns the first one's order.

    Raises:
        RoleTooLow, OfferingMissing, UnknownPlan, NotForSale, ExtraDiskOutOfRange, ExtraDiskNotSold,
        PublicAddressNotSold, InvalidParameters, InvalidName, NameTaken, QuotaExceeded, NoCapacity, UnknownRegion,
        ProjectMissing, NetworkMissing, NetworkElsewhere, NetworkFull, TooManyPrivateNetworks, NoSubnet,
        AddressQuotaExceeded, NoPublicAddress, ProducedElsewhere, MadeOfParts, IdempotencyKeyReused.
    """
    need(scope, details.organization, CAN_ORDER, grant="order")
    name = clean_name(details.name)
    with acting(scope):
        order = new_id()
        if (known := idempotency.claim(key, details, order)) != order:
            return known
        segment, project, issuer = _buyer(details)
        sold = sellable(details.marketplace, details.offering, details.plan, segment, clock.now())
        size = sizing.size(sold, details.extra_gib)
        produced = blueprint(sold.blueprint)
        if details.public_address and produced.composer is None:
            sizing.addressed(sold.price)
        # What another service runs with holds for its copy, whatever is offered by now.
        parameters = details.parameters
        if details.origin is None:
            parameters = complete(sold.parameters, parameters, produced.check)
        instance = create_instance(
            scope,
            InstanceDetails(
                organization=details.organization,
                project=project,
                region=details.region,
                blueprint=sold.blueprint,
                prefix=produced.prefix,
                name=name,
                parameters=parameters,
                size=size,
                origin=details.origin,
                network=details.network,
                public_address=details.public_address,
                plan=None if produced.producer is None and produced.composer is None else sold.plan_id,
            ),
        )
        _record(scope, order, details, sold, project, issuer, instance, name, parameters)
        events.record(
            "order.placed",
            ("order", order),
            organization=details.organization,
            data={"offering": details.offering, "plan": details.plan, "instance": str(instance)},
        )
        return order


def _buyer(details: OrderDetails) -> tuple[str, UUID, UUID | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            _BUYER,
            {"project": details.project, "organization": details.organization, "region": details.region},
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    if row[1] is None:
        raise errors.ProjectMissing
    segment, project, issuer = row
    return segment, project, issuer


def _record(
    scope: Scope,
    order: UUID,
    details: OrderDetails,
    sold: Sellable,
    project: UUID,
    issuer: UUID | None,
    instance: UUID,
    name: str,
    parameters: dict[str, Any],
) -> None:
    person = scope.person if isinstance(scope, Member) else UUID(int=0)
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "id": order,
                "organization": details.organization,
                "project": project,
                "person": person,
                "marketplace": sold.marketplace_id,
                "listing": sold.listing_id,
                "version": sold.version_id,
                "plan": sold.plan_id,
                "offering_name": sold.offering_name,
                "plan_key": sold.plan_key,
                "extra_disk": sizing.beyond(details.extra_gib),
                "region": details.region,
                "name": name,
                "parameters": msgspec.json.encode(parameters).decode(),
                "now": clock.now(),
                "subscription": new_id(),
                "instance": instance,
                "issuer": issuer,
                "disk": sold.disk,
                "price": msgspec.json.encode(sold.price.as_json()).decode(),
            },
        )


def cancel_order(scope: Scope, order: UUID) -> None:
    """Cancel an order before it is fulfilled: what was begun is taken down, and nothing is charged. Of a change of plan
    the service keeps the plan it has.

    Raises:
        NotFound, OrderClosed, NotCancellable.
    """
    with acting(scope):
        row = Order.objects.select_for_update().filter(id=order).first()
        if row is None:
            raise NotFound
        need(scope, row.organization_id, CAN_ORDER, grant="order")
        if row.state not in {OrderState.PLACED, OrderState.PROVISIONING}:
            raise errors.OrderClosed(number=row.number)
        row.state, row.closed_at = OrderState.CANCELLED, clock.now()
        row.save(update_fields=["state", "closed_at"])
        instance = Subscription.objects.values_list("instance_id", flat=True).get(order=row)
        if row.replaces_id is None:
            erase_instance(scope, instance)
        else:
            _keep_size(scope, instance, row.id)
        events.record("order.cancelled", ("order", order), organization=row.organization_id)


def _keep_size(scope: Scope, instance: UUID, order: UUID) -> None:
    """Take back the change of size that an order is for.

    Raises:
        NotCancellable.
    """
    asked = next((each for each in operations(scope, instance) if each.details.get("order") == str(order)), None)
    if asked is None:
        raise NotCancellable
    cancel_operation(scope, asked.id)
