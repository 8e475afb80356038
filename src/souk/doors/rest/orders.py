"""Orders and subscriptions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status

from souk.doors.rest import telling
from souk.doors.rest.auth import member, one_organization
from souk.doors.rest.pages import Limit, Page, page
from souk.ordering import commands, queries

router = Router(tags=["Orders"])


class OrderIn(Schema):
    """What is ordered, `extra_gib` being whole gibibytes of disk beyond the plan. Without `organization`, the caller's
    only one; without `project`, its first. `network` is the private network that the service is in: an id, or `default`
    for the project's first one, which is made where there is none. It is reached from outside of the platform only with
    a `public_address`, which may be given to it later too.
    """

    offering: str
    plan: str
    region: str
    name: str
    marketplace: str = "public"
    extra_gib: int = 0
    parameters: dict[str, Any] = {}
    organization: UUID | None = None
    project: UUID | None = None
    network: str = ""
    public_address: bool = False


class OrderPlaced(Schema):
    """Where to follow the order."""

    id: UUID


@router.post("/orders", response={201: OrderPlaced}, operation_id="placeOrder")
def place(request: HttpRequest, body: OrderIn, idempotency_key: Header[str | None] = None) -> Status[dict[str, Any]]:
    """Order a plan. Refusals say why and cost nothing; with an `Idempotency-Key`, a repeat is the same order."""
    scope = member(request)
    details = commands.OrderDetails(
        organization=one_organization(scope, body.organization),
        marketplace=body.marketplace,
        offering=body.offering,
        plan=body.plan,
        region=body.region,
        name=body.name,
        parameters=body.parameters,
        project=body.project,
        extra_gib=body.extra_gib,
        network=body.network,
        public_address=body.public_address,
    )
    return Status(201, {"id": commands.place_order(scope, details, key=idempotency_key)})


@router.get("/orders", response=Page[queries.OrderRow], operation_id="listOrders")
def orders(
    request: HttpRequest,
    organization: UUID | None = None,
    after: UUID | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """My organizations' orders, newest first."""
    rows = queries.orders(member(request), organization=organization, after=after, limit=limit + 1)
    return page([telling.order(row) for row in rows], limit)


@router.get("/orders/{order}", response=queries.OrderRow, operation_id="getOrder")
def order(request: HttpRequest, order: UUID) -> queries.OrderRow:
    """One order."""
    return telling.order(queries.order(member(request), order))


@router.post("/orders/{order}/cancel", response={204: None}, operation_id="cancelOrder")
def cancel(request: HttpRequest, order: UUID) -> Status[None]:
    """Cancel an order that is not fulfilled yet."""
    commands.cancel_order(member(request), order)
    return Status(204, None)


@router.get("/subscriptions", response=list[queries.SubscriptionRow], operation_id="listSubscriptions")
def subscriptions(request: HttpRequest, organization: UUID | None = None) -> list[queries.SubscriptionRow]:
    """My organizations' subscriptions with their frozen prices."""
    return queries.subscriptions(member(request), organization=organization)
