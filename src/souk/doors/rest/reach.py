"""Public addresses, and what passes between a machine and the world."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router, Schema, Status

from souk.doors import origin
from souk.doors.rest.auth import either, member, operator
from souk.doors.rest.etags import resource_etag, seen
from souk.doors.rest.operations import Requested
from souk.ordering import commands as ordering
from souk.provisioning import addresses as reading
from souk.provisioning import commands, rules
from souk.provisioning.errors import NoFirewall

router = Router(tags=["Networks"])
ranges = Router(tags=["Operator"])


class GivenIn(Schema):
    """A public address that the project keeps, by its id; a new one, if it is left out."""

    address: UUID | None = None


class FirewallRuleIn(Schema):
    """What is let through: `in` to a machine or `out` of it, tcp, udp, icmp or any. `ports` is one, a range like
    8000-8010, or empty for all; without `networks` (IPv4, in CIDR notation) it holds for everyone.
    """

    direction: str
    protocol: str
    ports: str = ""
    networks: list[str] | None = None
    note: str = ""


class FirewallIn(Schema):
    """All the rules of a machine. Those that keep the asker from its SSH need `confirm`."""

    rules: list[FirewallRuleIn]
    confirm: bool = False


class RangeIn(Schema):
    """A range of public IPv4 addresses, in CIDR notation, that is routed to a site's host."""

    site: UUID
    network: str


@router.get("/addresses", response=list[reading.AddressRow], operation_id="listAddresses")
def addresses(
    request: HttpRequest, organization: UUID | None = None, project: UUID | None = None
) -> list[reading.AddressRow]:
    """My organizations' public addresses, and to which services they lead, the oldest first."""
    return reading.addresses(member(request), organization=organization, project=project)


@router.get("/addresses/{address}", response=reading.AddressRow, operation_id="getAddress")
def address(request: HttpRequest, address: UUID) -> reading.AddressRow:
    """One public address."""
    return reading.address(either(request), address)


@router.delete("/addresses/{address}", response={204: None}, operation_id="releaseAddress")
def release(request: HttpRequest, address: UUID) -> Status[None]:
    """Give back a public address that leads to no service."""
    commands.release_address(member(request), address)
    return Status(204, None)


@router.get("/services/{service}/address", response=reading.ReachRow, operation_id="getServiceAddress")
def present(request: HttpRequest, service: UUID) -> reading.ReachRow:
    """The public address at which a service is reached from outside of the platform; state none without one."""
    return reading.reach(either(request), service)


@router.put("/services/{service}/address", response={202: Requested}, operation_id="giveAddress")
def give(request: HttpRequest, service: UUID, body: GivenIn) -> Status[dict[str, Any]]:
    """Give a service a public address while it runs, at the price that it was sold at. No connection ends by that."""
    return Status(202, {"operation": ordering.give_address(member(request), service, body.address)})


@router.delete("/services/{service}/address", response={202: Requested}, operation_id="takeAddress")
def take(request: HttpRequest, service: UUID, keep: bool = False) -> Status[dict[str, Any]]:
    """Take a service's public address away: connections by it end. With `keep`, the project goes on having it, on this
    service's bill as before.
    """
    return Status(202, {"operation": commands.take_address(member(request), service, keep=keep)})


@router.get("/services/{service}/firewall", response=reading.FirewallRow, operation_id="getFirewall")
def firewall(request: HttpRequest, response: HttpResponse, service: UUID) -> reading.FirewallRow:
    """The rules of what passes between a machine and the world. A change's `If-Match` refers to their `ETag`."""
    found = reading.firewall(either(request), service)
    if found is None:
        raise NoFirewall
    response["ETag"] = resource_etag(found.rules)
    return found


@router.put("/services/{service}/firewall", response={202: Requested}, operation_id="setFirewall")
def set_(
    request: HttpRequest, service: UUID, body: FirewallIn, if_match: Header[str | None] = None
) -> Status[dict[str, Any]]:
    """Replace the rules as a whole, while the machine runs; with `If-Match`, only if nobody else did meanwhile.
    Connections that none lets through any more end.
    """
    given = [
        rules.rule(each.direction, each.protocol, each.ports, each.networks, each.note)
        for each in body.rules[: rules.MOST_RULES + 1]
    ]
    asked = commands.set_rules(
        member(request),
        service,
        given,
        asker=origin.address(request),
        confirmed=body.confirm,
        seen=seen(if_match),
    )
    return Status(202, {"operation": asked})


@router.post("/services/{service}/firewall/undo", response={202: Requested}, operation_id="undoFirewall")
def undo(request: HttpRequest, service: UUID, if_match: Header[str | None] = None) -> Status[dict[str, Any]]:
    """Have the rules hold again that did before the last change of them; with `If-Match`, only if that is the one which
    led to these.
    """
    return Status(202, {"operation": commands.undo_rules(member(request), service, seen=seen(if_match))})


@ranges.get("/ranges", response=list[reading.RangeRow], operation_id="listRanges")
def listing(request: HttpRequest) -> list[reading.RangeRow]:
    """The ranges that public addresses are given out of, and how many of them are in use."""
    return reading.ranges(operator(request))


@ranges.post("/ranges", response={201: list[reading.RangeRow]}, operation_id="addRange")
def add(request: HttpRequest, body: RangeIn) -> Status[list[reading.RangeRow]]:
    """Have a site give out the public addresses of one more range. Answers with all of the site's."""
    scope = operator(request)
    commands.add_range(scope, body.site, body.network)
    return Status(201, reading.ranges(scope, body.site))


@ranges.delete("/ranges/{range_id}", response={204: None}, operation_id="withdrawRange")
def withdraw(request: HttpRequest, range_id: UUID) -> Status[None]:
    """Have a site give out the addresses of a range no more; nobody may have one of them."""
    commands.withdraw_range(operator(request), range_id)
    return Status(204, None)
