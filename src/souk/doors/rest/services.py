"""Service instances, their operations, credentials and usage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status

from souk.billing.queries import cost_so_far
from souk.catalog.errors import OfferingMissing
from souk.catalog.queries import listed
from souk.doors.rest import telling
from souk.doors.rest.auth import either, member
from souk.doors.rest.operations import Requested
from souk.doors.rest.pages import Limit, Page, page
from souk.engines.images import Change
from souk.kernel import clock
from souk.metering import queries as metering
from souk.ordering.commands import change_size, set_ceiling
from souk.ordering.queries import order, subscription_of
from souk.provisioning import commands, queries
from souk.provisioning.contents import brought, materials

router = Router(tags=["Services"])


class SpreadOut(Schema):
    """How far a service's machines are apart."""

    spread: str


class UsageOut(Schema):
    """Intervals and counters of a period, and the cost since the last invoice (minor units, without tax)."""

    since: datetime
    until: datetime
    intervals: list[metering.UsageRow]
    samples: list[metering.SampleRow]
    cost_minor: int
    currency: str


class ServiceIn(Schema):
    """What of a service can be changed at once. What is left out stays."""

    name: str | None = None
    protected: bool | None = None


class ParametersIn(Schema):
    """Parameters that are to be others, of those that the schema marks with `x-changeable`; the rest stays."""

    parameters: dict[str, Any]


class PlanIn(Schema):
    """The plan to change to, by its key (empty: the present one), and how many whole gibibytes of disk each machine is
    to have beyond it (left out: as many as now).
    """

    plan: str = ""
    extra_gib: int | None = None


class GrowthIn(Schema):
    """How many gibibytes, in all, the disk may grow to by itself; null: it does not."""

    ceiling_gib: int | None


class UpdateIn(Schema):
    """Whether the state before an earlier restore in place, if it is kept, may be given up."""

    give_up_way_back: bool = False


class Ordered(Schema):
    """The order that was placed."""

    order: UUID


class SubscriptionOut(Schema):
    """A subscription with its frozen price; under which names it is sold, empty when it is for sale no more."""

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
    marketplace: str
    offering: str


class SizeChanges(Schema):
    """The operation that changes the size, and the order for it: null where the price stays."""

    operation: UUID
    order: UUID | None


@router.get("/services", response=Page[queries.ServiceRow], operation_id="listServices")
def services(
    request: HttpRequest,
    organization: UUID | None = None,
    project: UUID | None = None,
    with_deleted: bool = False,
    after: UUID | None = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """My organizations' services, newest first."""
    rows = queries.services(
        member(request),
        organization=organization,
        project=project,
        with_deleted=with_deleted,
        after=after,
        limit=limit + 1,
    )
    return page([telling.service(row) for row in rows], limit)


@router.get("/services/{service}", response=queries.ServiceRow, operation_id="getService")
def service(request: HttpRequest, service: UUID) -> queries.ServiceRow:
    """One service."""
    return telling.service(queries.service(either(request), service))


@router.patch("/services/{service}", response=queries.ServiceRow, operation_id="changeService")
def change(request: HttpRequest, service: UUID, body: ServiceIn) -> queries.ServiceRow:
    """Rename a service, protect it from deletion, or give its protection up."""
    scope = member(request)
    if body.name is not None:
        commands.rename_instance(scope, service, body.name)
    if body.protected is not None:
        commands.protect_instance(scope, service, body.protected)
    return telling.service(queries.service(scope, service))


@router.patch("/services/{service}/parameters", response={202: Requested}, operation_id="changeParameters")
def parameters(request: HttpRequest, service: UUID, body: ParametersIn) -> Status[dict[str, Any]]:
    """Change some parameters of a service while it runs."""
    return Status(202, {"operation": commands.change_parameters(member(request), service, body.parameters)})


@router.post("/services/{service}/plan", response={202: SizeChanges}, operation_id="changePlan")
def plan(
    request: HttpRequest, service: UUID, body: PlanIn, idempotency_key: Header[str | None] = None
) -> Status[dict[str, Any]]:
    """Change plan and disk in one step. Another plan is ordered at today's price, which holds from when the service has
    its new size; more or less disk beyond the present plan costs what it did when the service was sold.

    A plan with several machines can follow one with a single machine, and the other way round: connections break once,
    for some seconds, the host's name stays and the address behind it changes.
    """
    changed = change_size(member(request), service, body.plan, extra_gib=body.extra_gib, key=idempotency_key)
    return Status(202, {"operation": changed.operation, "order": changed.order})


@router.put("/services/{service}/growth", response=queries.ServiceRow, operation_id="setGrowth")
def growth(request: HttpRequest, service: UUID, body: GrowthIn) -> queries.ServiceRow:
    """Let the disk grow by itself when it is 85 per cent full, up to a ceiling, or no longer."""
    scope = member(request)
    set_ceiling(scope, service, body.ceiling_gib)
    return telling.service(queries.service(scope, service))


@router.delete("/services/{service}", response={202: Requested}, operation_id="deleteService")
def delete(request: HttpRequest, service: UUID, erase: bool = False) -> Status[dict[str, Any]]:
    """Delete a service. It can be recovered until `erase_at`; with `erase=true` its data is erased at once."""
    command = commands.erase_instance if erase else commands.delete_instance
    return Status(202, {"operation": command(member(request), service)})


@router.post("/services/{service}/recover", response={202: Requested}, operation_id="recoverService")
def recover(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Bring a deleted service back, with its data, before it is erased."""
    return Status(202, {"operation": commands.recover_instance(member(request), service)})


@router.post("/services/{service}/stop", response={202: Requested}, operation_id="stopService")
def stop(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Stop a service; its data stays."""
    return Status(202, {"operation": commands.stop_instance(member(request), service)})


@router.post("/services/{service}/start", response={202: Requested}, operation_id="startService")
def start(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Start a stopped service."""
    return Status(202, {"operation": commands.start_instance(member(request), service)})


@router.post("/services/{service}/restart", response={202: Requested}, operation_id="restartService")
def restart(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Restart a service."""
    return Status(202, {"operation": commands.restart_instance(member(request), service)})


@router.get("/services/{service}/members", response=list[queries.CrewRow], operation_id="listServiceMembers")
def members(request: HttpRequest, service: UUID) -> list[queries.CrewRow]:
    """The machines of a highly available service, and what each was last seen to do; none for one on one machine."""
    return queries.members(either(request), service)


@router.get("/services/{service}/spread", response=SpreadOut, operation_id="getServiceSpread")
def spread(request: HttpRequest, service: UUID) -> SpreadOut:
    """How far the machines of a highly available service are apart: in power domains of their own (`power_domains`), on
    hosts of their own (`hosts`), or not (`together`); empty for one machine, or while that is not known.
    """
    return SpreadOut(spread=queries.spread(either(request), service))


@router.post("/services/{service}/switchover", response={202: Requested}, operation_id="switchOver")
def switch_over(request: HttpRequest, service: UUID) -> Status[dict[str, Any]]:
    """Let another machine of a highly available service lead: clients reconnect once, nothing is lost."""
    return Status(202, {"operation": commands.switch_over(member(request), service)})


@router.get("/services/{service}/release", response=queries.ReleaseRow, operation_id="getRelease")
def release(request: HttpRequest, service: UUID) -> queries.ReleaseRow:
    """What a service's software says it is, from which image it runs, and whether there is something newer."""
    return queries.release(either(request), service)


@router.get("/services/{service}/bill-of-materials", response=dict[str, Any], operation_id="getBillOfMaterials")
def bill_of_materials(request: HttpRequest, service: UUID) -> dict[str, Any]:
    """What is in the machines that a service runs on: every Debian package with its version, and every file from
    elsewhere with its SHA-256, as CycloneDX 1.6.
    """
    return materials(either(request), service)


@router.get("/services/{service}/update", response=list[Change] | None, operation_id="getUpdate")
def changes(request: HttpRequest, service: UUID) -> list[Change] | None:
    """Which packages an update would change, if there is one; null where that is not known."""
    return brought(either(request), service)


@router.post("/services/{service}/update", response={202: Requested}, operation_id="updateService")
def update(request: HttpRequest, service: UUID, body: UpdateIn | None = None) -> Status[dict[str, Any]]:
    """Let a service go over to the newest image of its kind, with all of its data. Its name stays, its address becomes
    another one, and connections are cut for some seconds. There is no way back.
    """
    given_up = body is not None and body.give_up_way_back
    asked = commands.update_instance(member(request), service, give_up_way_back=given_up)
    return Status(202, {"operation": asked})


@router.get("/services/{service}/usage", response=UsageOut, operation_id="getUsage")
def usage(
    request: HttpRequest, service: UUID, since: datetime | None = None, until: datetime | None = None
) -> UsageOut:
    """What a service used, by default in the last 30 days, and what it has cost since the last invoice."""
    scope = member(request)
    until = until or clock.now()
    since = since or until - timedelta(days=30)
    queries.service(scope, service)
    cost = cost_so_far(scope, service)
    return UsageOut(
        since=since,
        until=until,
        intervals=metering.intervals(scope, service, since, until),
        samples=metering.samples(scope, service, since),
        cost_minor=cost.minor,
        currency=cost.currency,
    )


@router.get("/services/{service}/subscription", response=SubscriptionOut, operation_id="getSubscription")
def subscription(request: HttpRequest, service: UUID) -> SubscriptionOut:
    """The subscription that pays for a service."""
    scope = member(request)
    row = subscription_of(scope, service)
    try:
        marketplace, offering = listed(order(scope, row.order_id).listing_id)
    except OfferingMissing:
        marketplace = offering = ""
    return SubscriptionOut(**row.__dict__, marketplace=marketplace, offering=offering)
