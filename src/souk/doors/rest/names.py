"""Names of a service of its customer's own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from souk.doors.rest.auth import either, member
from souk.doors.rest.operations import Requested
from souk.provisioning import commands
from souk.provisioning.own_names import OwnNameRow, WebNamesRow, own_names, web_names

router = Router(tags=["Names"])


class NameIn(Schema):
    """A DNS name, in any script."""

    name: str


class WebNamesIn(Schema):
    """The name to which a web service's others lead (nothing: none), whether http leads to https, and whether browsers
    are told to remember that.
    """

    main: str = ""
    https_only: bool = True
    hsts: bool = False


@router.get("/services/{service}/names", response=list[OwnNameRow], operation_id="listNames")
def names(request: HttpRequest, service: UUID) -> list[OwnNameRow]:
    """A service's names of its customer's own, and the TXT record that proves each."""
    return own_names(either(request), service)


@router.post("/services/{service}/names", response={201: OwnNameRow}, operation_id="addName")
def add(request: HttpRequest, service: UUID, body: NameIn) -> Status[OwnNameRow]:
    """Begin with a name. Publish its `text` at its `record`, then check it. A name of a web service is also proved, by
    itself, once it leads to the service's public address.
    """
    scope = member(request)
    commands.add_name(scope, service, body.name)
    return Status(201, own_names(scope, service)[-1])


@router.post("/services/{service}/names/{name}/check", response={202: Requested}, operation_id="checkName")
def check(request: HttpRequest, service: UUID, name: str) -> Status[dict[str, Any]]:
    """Look for the record in DNS; found, the certificate gets the name."""
    return Status(202, {"operation": commands.prove_name(member(request), service, name)})


@router.delete("/services/{service}/names/{name}", response={202: Requested}, operation_id="removeName")
def remove(request: HttpRequest, service: UUID, name: str) -> Status[dict[str, Any]]:
    """Take a name off the certificate."""
    return Status(202, {"operation": commands.remove_name(member(request), service, name)})


@router.get("/services/{service}/web-names", response=WebNamesRow, operation_id="showWebNames")
def web(request: HttpRequest, service: UUID) -> WebNamesRow:
    """How a web service answers to its names, and to which address they must lead."""
    return web_names(either(request), service)


@router.put("/services/{service}/web-names", response={202: Requested}, operation_id="arrangeNames")
def arrange(request: HttpRequest, service: UUID, body: WebNamesIn) -> Status[dict[str, Any]]:
    """Choose how a web service answers to its names."""
    asked = commands.arrange_names(member(request), service, body.main, https_only=body.https_only, hsts=body.hsts)
    return Status(202, {"operation": asked})
