"""Pools of load balancers, and their members."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from souk.doors.rest.auth import either, member
from souk.doors.rest.operations import Requested
from souk.provisioning import commands, queries

router = Router(tags=["Pools"])


class PoolMemberIn(Schema):
    """A service of the project by its name, or else an `address` in its private network; and its share."""

    service: str = Field("", max_length=63)
    address: str = Field("", max_length=15)
    port: int = Field(ge=1, le=65535)
    weight: int = Field(100, ge=1, le=256)


class PoolMemberChanges(Schema):
    """What a member takes of what comes, and its share; what is not said stays."""

    mode: Literal["active", "draining", "maintenance"] | None = None
    weight: int | None = Field(None, ge=1, le=256)


@router.get("/services/{service}/pools", response=queries.BalanceRow, operation_id="getPools")
def pools(request: HttpRequest, service: UUID) -> queries.BalanceRow:
    """The pools of a load balancer and how each member stands. Members are looked at once a minute. What is chosen of
    pools and listeners are parameters of the service.
    """
    return queries.balance(either(request), service)


@router.post("/services/{service}/pools/{pool}/members", response={202: Requested}, operation_id="addPoolMember")
def add(request: HttpRequest, service: UUID, pool: str, body: PoolMemberIn) -> Status[dict[str, Any]]:
    """Have one more member in a pool: a service that is in the same private network, or an address there."""
    return Status(202, {"operation": commands.add_member(member(request), service, pool, **body.dict())})


@router.patch(
    "/services/{service}/pools/{pool}/members/{name}", response={202: Requested}, operation_id="changePoolMember"
)
def change(
    request: HttpRequest, service: UUID, pool: str, name: str, body: PoolMemberChanges
) -> Status[dict[str, Any]]:
    """Drain a member, called like `shop:80`, before it is stopped; have it in maintenance; lead to it again; or give it
    another share.
    """
    asked = commands.change_member(member(request), service, pool, name, mode=body.mode, weight=body.weight)
    return Status(202, {"operation": asked})


@router.delete(
    "/services/{service}/pools/{pool}/members/{name}", response={202: Requested}, operation_id="removePoolMember"
)
def remove(request: HttpRequest, service: UUID, pool: str, name: str) -> Status[dict[str, Any]]:
    """Take a member out of a pool."""
    return Status(202, {"operation": commands.remove_member(member(request), service, pool, name)})
