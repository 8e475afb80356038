"""Who may reach a service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router, Schema, Status

from souk.doors import origin
from souk.doors.rest.auth import either, member
from souk.doors.rest.etags import resource_etag, seen
from souk.doors.rest.operations import Requested
from souk.provisioning import commands, queries

router = Router(tags=["Access"])


class AllowedIn(Schema):
    """An IPv4 network in CIDR notation, or one address, and a note that says whose it is."""

    network: str
    note: str = ""


class AccessIn(Schema):
    """The networks that may reach a service; null lets everyone in. An empty list needs `nobody`, a list without the
    asker's own address needs `confirm`. `private_only` closes the service to everyone outside of its private network,
    whatever `networks` says; it needs `confirm`.
    """

    networks: list[AllowedIn] | None
    private_only: bool = False
    nobody: bool = False
    confirm: bool = False


@router.get("/services/{service}/access", response=queries.AccessRow, operation_id="getAccess")
def access(request: HttpRequest, response: HttpResponse, service: UUID) -> queries.AccessRow:
    """The networks that may reach a service; null: everyone may. Their `ETag` is what a change's `If-Match` refers
    to: it does not hold while others are to take effect.
    """
    found = queries.access(either(request), service)
    response["ETag"] = resource_etag(found.networks)
    return found


@router.put("/services/{service}/access", response={202: Requested}, operation_id="setAccess")
def set_(
    request: HttpRequest, service: UUID, body: AccessIn, if_match: Header[str | None] = None
) -> Status[dict[str, Any]]:
    """Replace the list as a whole; with `If-Match`, only if nobody else did meanwhile. Connections from elsewhere
    end.
    """
    if body.private_only:
        asked = commands.close_to_outside(
            member(request), service, asker=origin.address(request), confirmed=body.confirm, seen=seen(if_match)
        )
        return Status(202, {"operation": asked})
    networks = None if body.networks is None else [commands.Network(each.network, each.note) for each in body.networks]
    asked = commands.allow_networks(
        member(request),
        service,
        networks,
        nobody=body.nobody,
        asker=origin.address(request),
        confirmed=body.confirm,
        seen=seen(if_match),
    )
    return Status(202, {"operation": asked})
