"""Vendors' Open Service Brokers: registered, looked at, published; and the use that they report."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router, Schema, Status

from souk.brokers import commands, queries, reports
from souk.doors.rest.auth import either, member
from souk.doors.rest.etags import resource_etag, seen
from souk.doors.rest.parties import Created
from souk.provisioning.queries import service as find_service

router = Router(tags=["Brokers"])


class BrokerIn(Schema):
    """A vendor's broker. `secret` is the password, the token, or the client's certificate and its key in PEM; with a
    change it may be empty, and stays. `authority` are certificates (PEM) that the broker's own must lead to.
    """

    name: str
    url: str
    auth: Literal["basic", "bearer", "certificate"] = "basic"
    username: str = ""
    secret: str = ""
    authority: str = ""

    def details(self) -> commands.BrokerDetails:
        """As the command wants it."""
        return commands.BrokerDetails(**self.dict())


class BrokerOut(Schema):
    """A broker, what is sold of it, and what was seen of it in the last 30 days."""

    broker: queries.BrokerRow
    state: str
    sold: list[queries.SoldRow]
    measured: queries.MeasuredRow


class ChangeOut(Schema):
    """Something that became different in a catalog."""

    kind: str
    service: str
    plan: str
    before: Any
    after: Any


class ProposedOut(Schema):
    """What a broker offers that is not published: its number, what is new in it, and all of it."""

    number: int
    changes: list[ChangeOut]
    services: list[dict[str, Any]]


class OfferIn(Schema):
    """How a service is sold: the price of each plan for a full month, by the plan's id, and of a unit of each meter."""

    service: str
    per_month: dict[str, Decimal]
    meters: dict[str, Decimal] = {}


class PublicationIn(Schema):
    """What is published of which number of a catalog."""

    number: int
    offers: list[OfferIn]
    marketplace: str = "public"
    category: str = "partners"


class Published(Schema):
    """The offering versions that wait for the operator's review."""

    versions: list[UUID]


class UsageKeyIn(Schema):
    """An Ed25519 public key in base64; empty: the platform makes a secret for HMAC-SHA256."""

    key: str = ""


class UsageKeyOut(Schema):
    """The secret, shown this once; empty where a public key was given."""

    secret: str


class ReportOut(Schema):
    """A report that was taken; `repeated` if it had been before."""

    id: str
    repeated: bool


class ProducedOut(Schema):
    """Who produces a service, where its vendor shows it (empty: nowhere), and the JSON Schema of the `parameters` that
    its credentials are made with.
    """

    vendor: UUID
    broker: str
    dashboard_url: str
    bindable: bool
    binding_parameters: dict[str, Any]


@router.get("/brokers", response=list[queries.BrokerRow], operation_id="listBrokers")
def brokers(request: HttpRequest, organization: UUID | None = None) -> list[queries.BrokerRow]:
    """My organizations' brokers; to the operator, all of them."""
    return queries.brokers(either(request), organization=organization)


@router.post("/organizations/{organization}/brokers", response={201: Created}, operation_id="registerBroker")
def register(request: HttpRequest, organization: UUID, body: BrokerIn) -> Status[dict[str, Any]]:
    """Register a broker of an organization that sells. It is looked at within seconds."""
    return Status(201, {"id": commands.register_broker(member(request), organization, body.details())})


@router.get("/brokers/{broker}", response=BrokerOut, operation_id="getBroker")
def broker(request: HttpRequest, response: HttpResponse, broker: UUID) -> dict[str, Any]:
    """One broker: how it is, what it sells, how it does. The `ETag`, which a change's `If-Match` refers to, is of its
    description.
    """
    scope = either(request)
    row = queries.broker(scope, broker)
    response["ETag"] = resource_etag(row.described)
    return {
        "broker": row,
        "state": row.state,
        "sold": queries.sold(scope, broker),
        "measured": queries.measured(scope, broker),
    }


@router.put("/brokers/{broker}", response={204: None}, operation_id="changeBroker")
def change(request: HttpRequest, broker: UUID, body: BrokerIn, if_match: Header[str | None] = None) -> Status[None]:
    """Describe a broker anew; with `If-Match`, only if nobody else did meanwhile. With another address or user, the
    secret must be given again.
    """
    commands.change_broker(member(request), broker, body.details(), seen=seen(if_match))
    return Status(204, None)


@router.delete("/brokers/{broker}", response={204: None}, operation_id="removeBroker")
def remove(request: HttpRequest, broker: UUID) -> Status[None]:
    """Forget a broker that nothing is left of."""
    commands.remove_broker(member(request), broker)
    return Status(204, None)


@router.post("/brokers/{broker}/try", response={202: None}, operation_id="tryBroker")
def try_out(request: HttpRequest, broker: UUID) -> Status[None]:
    """Have a broker looked at now; `getBroker` tells what was found."""
    commands.try_broker(member(request), broker)
    return Status(202, None)


@router.get("/brokers/{broker}/proposed", response={200: ProposedOut, 204: None}, operation_id="getProposedCatalog")
def proposed(request: HttpRequest, broker: UUID) -> Status[Any]:
    """What a broker offers that its vendor has not published; nothing (204) if there is nothing new."""
    scope = either(request)
    queries.broker(scope, broker)
    found = queries.proposed(scope, broker)
    if found is None:
        return Status(204, None)
    changes = [vars(each) for each in found.changes]
    return Status(200, {"number": found.number, "changes": changes, "services": found.body["services"]})


@router.post("/brokers/{broker}/publish", response={202: Published}, operation_id="publishBroker")
def publish(request: HttpRequest, broker: UUID, body: PublicationIn) -> Status[dict[str, Any]]:
    """Publish what a broker offers, at these prices: sold once the operator has approved it."""
    offers = [commands.Offer(each.service, each.per_month, each.meters) for each in body.offers]
    publication = commands.Publication(body.number, offers, body.marketplace, body.category)
    return Status(202, {"versions": commands.publish(member(request), broker, publication)})


@router.put("/brokers/{broker}/usage-key", response=UsageKeyOut, operation_id="registerUsageKey")
def usage_key(request: HttpRequest, response: HttpResponse, broker: UUID, body: UsageKeyIn) -> dict[str, str]:
    """Say what usage reports are signed with from now on."""
    response["Cache-Control"] = "no-store"
    return {"secret": commands.register_usage_key(member(request), broker, body.key)}


@router.post("/brokers/{broker}/usage-reports", response={200: ReportOut}, auth=None, operation_id="reportUsage")
def report(request: HttpRequest, broker: UUID) -> reports.Taken:
    """Report what a service used: `{"id", "service", "meter", "quantity", "since", "until"}`, signed with the broker's
    key: `Souk-Signature: t=SECONDS,v1=HEX`, over `SECONDS.BODY`. The same report may come again, and counts once.
    """
    return reports.take(broker, request.body, request.headers.get("Souk-Signature", ""))


@router.get("/services/{service}/producer", response={200: ProducedOut, 204: None}, operation_id="getProducer")
def producer(request: HttpRequest, service: UUID) -> Status[Any]:
    """Which vendor produces a service; nothing (204) if it is produced here."""
    scope = either(request)
    found = queries.produced(scope, service, find_service(scope, service).plan_id)
    return Status(204, None) if found is None else Status(200, found)
