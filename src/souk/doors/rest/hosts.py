"""Where machines stand: the operator's hosts, and machines that go from one to another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest.auth import operator
from souk.doors.rest.operations import Requested
from souk.provisioning import commands
from souk.provisioning import queries as provisioning
from souk.sites import commands as sites
from souk.sites import queries as ground

router = Router(tags=["Operator"])


class HostOut(Schema):
    """A host, and what stands on it."""

    host: ground.HostRow
    machines: list[provisioning.StandingRow]


class HostIn(Schema):
    """Whether a host takes new machines; and in which rack it is, and what feeds that. What is not said stays."""

    open: bool | None = None
    rack: str | None = None
    power_domain: str | None = None


class MoveIn(Schema):
    """The host's name; the best there is, if it is empty."""

    to: str = ""


class StayingOut(Schema):
    """A machine that stays for now: no other host has room for it (`no_room`), it comes and goes by itself (`passing`),
    or it waits for an order and is made elsewhere instead (`waiting`).
    """

    machine: str
    service: str
    why: str


class EvacuationOut(Schema):
    """The operations by which services leave a host, one after another, and what stays there for now."""

    operations: list[UUID]
    staying: list[StayingOut]


@router.get("/hosts/{host}", response=HostOut, operation_id="operatorHost")
def show(request: HttpRequest, host: UUID) -> dict[str, Any]:
    """A host, and what stands on it."""
    return {"host": ground.host(host), "machines": provisioning.standing(operator(request), host)}


@router.patch("/hosts/{host}", response={204: None}, operation_id="changeHost")
def change(request: HttpRequest, host: UUID, body: HostIn) -> Status[None]:
    """Open a host to new machines or close it, and say where it is and what feeds it."""
    scope, row = operator(request), ground.host(host)
    if body.rack is not None or body.power_domain is not None:
        rack = row.rack if body.rack is None else body.rack
        power_domain = row.power_domain if body.power_domain is None else body.power_domain
        sites.put_host_in_rack(scope, host, rack, power_domain)
    if body.open is not None:
        sites.let_host_take_machines(scope, host, body.open)
    return Status(204, None)


@router.post("/hosts/{host}/evacuate", response={202: EvacuationOut}, operation_id="evacuateHost")
def evacuate(request: HttpRequest, host: UUID) -> Status[commands.Evacuation]:
    """Close a host to new machines, and have every service leave it, one after another."""
    return Status(202, commands.evacuate_host(operator(request), host))


@router.post("/machines/{machine}/move", response={202: Requested}, operation_id="moveMachine")
def move(request: HttpRequest, machine: str, body: MoveIn) -> Status[dict[str, Any]]:
    """Have a machine stand on another host. Its service is away meanwhile, unless it has several machines."""
    return Status(202, {"operation": commands.move_machine(operator(request), machine, body.to.strip())})
