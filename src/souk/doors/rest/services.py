"""Service instances, their operations, credentials and usage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router, Schema, Status

from souk.billing.queries import cost_so_far
from souk.doors.rest import telling
from souk.doors.rest.auth import either, member
from souk.doors.rest.pages import Limit, Page, page
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.metering import queries as metering
from souk.ordering.commands import change_size, set_ceiling
from souk.ordering.queries import subscription_of
from souk.provisioning import commands, queries
from souk.provisioning.credentials import reveal

router = Router(tags=["Services"])


class SpreadOut(Schema):
    """How far a service's machines are apart."""

    spread: str


class Requested(Schema):
    """The operation to follow."""

    operation: UUID


class CredentialsOut(Schema):
    """A way in, password included; `private` is the one in the private network, if there is one. `address` is where
    `hostname` points; `authority` is the CA to trust (PEM).
    """

    uri: str
    private: str
    fields: dict[str, str]
    client: list[str]
    username: str
    password: str
    address: str
    authority: str


class SnippetOut(Schema):
    """A few lines of a program that connects; it reads the password from its environment."""

    language: str
    text: str


class ConnectionOut(Schema):
    """How to connect, without the password: `uri` has `PASSWORD` in its place, and so has `pooled`, which leads through
    the connection pool where there is one. `own` are the same by names of the customer's own, `private` by its name in
    its private network, where it has `private_address`. `address` is where the host's name points. Where there is no
    `password`, a key of one's own opens the service, and `known_hosts` is the line by which SSH clients recognize it.
    """

    uri: str
    pooled: str
    fields: dict[str, str]
    client: list[str]
    snippets: list[SnippetOut]
    own: list[str]
    private: str
    private_address: str
    username: str
    address: str
    password: bool
    known_hosts: str


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


class OrderPlaced(Schema):
    """The order that was placed."""

    order: UUID


class SizeChanges(Schema):
    """The operation that changes the size, and the order for it: null where the price stays."""

    operation: UUID
    order: UUID | None


class LogLine(Schema):
    """A line of an operation's log, in the reader's language."""

    at: datetime
    step: str
    seconds: float
    sentence: str


class OperationOut(Schema):
    """One change to a service instance; `progress` in per cent, `trouble` why it failed. `result` is what came of it:
    of an erasure, what was erased and how that was seen.
    """

    id: UUID
    instance_id: UUID
    kind: str
    details: dict[str, Any]
    state: str
    progress: int
    step: str
    log: list[LogLine]
    result: dict[str, Any]
    trouble: str
    requested_by: str
    created_at: datetime
    finished_at: datetime | None


def _operation(row: queries.OperationRow) -> OperationOut:
    return OperationOut(**telling.operation(row).__dict__)


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


@router.get("/services/{service}/members", response=list[queries.MemberRow], operation_id="listServiceMembers")
def members(request: HttpRequest, service: UUID) -> list[queries.MemberRow]:
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


@router.post("/services/{service}/update", response={202: Requested}, operation_id="updateService")
def update(request: HttpRequest, service: UUID, body: UpdateIn | None = None) -> Status[dict[str, Any]]:
    """Let a service go over to the newest image of its kind, with all of its data. Its name stays, its address becomes
    another one, and connections are cut for some seconds. There is no way back.
    """
    given_up = body is not None and body.give_up_way_back
    asked = commands.update_instance(member(request), service, give_up_way_back=given_up)
    return Status(202, {"operation": asked})


@router.get("/services/{service}/operations", response=list[OperationOut], operation_id="listOperations")
def operations(request: HttpRequest, service: UUID) -> list[OperationOut]:
    """What was done to a service, newest first."""
    return [_operation(row) for row in queries.operations(either(request), service)]


@router.get("/operations/{operation}", response=OperationOut, operation_id="getOperation")
def operation(request: HttpRequest, operation: UUID) -> OperationOut:
    """One operation with its log."""
    return _operation(queries.operation(either(request), operation))


@router.post("/operations/{operation}/cancel", response={204: None}, operation_id="cancelOperation")
def cancel(request: HttpRequest, operation: UUID) -> Status[None]:
    """Take back an operation that has not begun, or a change of the number of machines that has not come to the service
    yet.
    """
    commands.cancel_operation(member(request), operation)
    return Status(204, None)


@router.get("/services/{service}/connection", response=ConnectionOut, operation_id="getConnection")
def connection(request: HttpRequest, service: UUID, binding: str = "default") -> ConnectionOut:
    """How to connect with one of a service's bindings. The password is another request: `revealCredentials`."""
    found = queries.connection_of(member(request), service, binding)
    return ConnectionOut(
        uri=found.connection.uri,
        pooled=found.connection.pooled,
        fields=dict(found.connection.fields),
        client=list(found.connection.client),
        snippets=[SnippetOut(language=each.language, text=each.text) for each in found.connection.snippets],
        own=[each.uri for each in found.own],
        private=found.private.uri if found.private else "",
        private_address=found.private_address,
        username=found.username,
        address=found.address,
        password=found.connection.password,
        known_hosts=found.connection.known_hosts,
    )


@router.get("/services/{service}/first-boot", response=queries.FirstBootRow, operation_id="getFirstBoot")
def first_boot(request: HttpRequest, service: UUID) -> queries.FirstBootRow:
    """How far is what was to be done at a machine's first boot, and the last lines that it said."""
    scope = member(request)
    queries.service(scope, service)
    found = queries.first_boot(scope, service)
    if found is None:
        raise NotFound
    return found


@router.get("/services/{service}/ca.pem", response={200: str}, operation_id="getAuthority")
def authority(request: HttpRequest, service: UUID) -> HttpResponse:
    """The certificate (PEM) of the site's authority, which signed the service's own, for clients to trust."""
    found = queries.connection_of(member(request), service)
    return HttpResponse(found.authority, content_type="application/x-pem-file")


@router.post("/services/{service}/credentials", response=CredentialsOut, operation_id="revealCredentials")
def credentials(
    request: HttpRequest, response: HttpResponse, service: UUID, binding: str = "default"
) -> CredentialsOut:
    """Show how to connect, password included. Every look is recorded."""
    found = reveal(member(request), service, binding)
    response["Cache-Control"] = "no-store"
    return CredentialsOut(
        uri=found.connection.uri.replace("PASSWORD", found.password),
        private=found.private.uri.replace("PASSWORD", found.password) if found.private else "",
        fields=dict(found.connection.fields),
        client=list(found.connection.client),
        username=found.username,
        password=found.password,
        address=found.address,
        authority=found.authority,
    )


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


@router.get("/services/{service}/subscription", response=dict[str, Any], operation_id="getSubscription")
def subscription(request: HttpRequest, service: UUID) -> dict[str, Any]:
    """The subscription that pays for a service."""
    return dict(subscription_of(member(request), service).__dict__)
