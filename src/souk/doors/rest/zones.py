"""DNS zones that a service answers for, and what is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import Field

from souk.doors.rest.auth import either, member
from souk.doors.rest.etags import seen
from souk.kernel.meanwhile import mark
from souk.provisioning import commands, queries
from souk.provisioning.zones import files
from souk.provisioning.zones.comparing import Difference
from souk.provisioning.zones.sets import RecordSetText

router = Router(tags=["Zones"])


class ZoneIn(Schema):
    """A zone's name, in any script; `signed` by DNSSEC unless that is not wanted."""

    name: str
    signed: bool = True


class SigningIn(Schema):
    """Whether a zone is signed (DNSSEC)."""

    signed: bool


class RecordsIn(Schema):
    """All records of a type at a name: how long others keep them, in seconds, and their values. In a value, a name
    without a dot is within the zone, others are in full; a text need not be quoted.
    """

    ttl: int = 3600
    values: list[str] = Field(max_length=200)


class ZoneFileIn(Schema):
    """A zone file (RFC 1035). What it does not name stays, unless it is to `replace` all that people wrote."""

    text: str = Field(max_length=files.MOST_BYTES)
    replace: bool = False


class ZoneFileOut(Schema):
    """A zone file (RFC 1035)."""

    text: str


class RecordSetOut(Schema):
    """All records of a type at a name (`@` is the zone)."""

    name: str
    type: str
    ttl: int
    values: list[str]


class RecordsChangeOut(Schema):
    """What records of a type at a name are, and would be."""

    before: RecordSetOut
    after: RecordSetOut


class WrongOut(Schema):
    """What is wrong in a line of a zone file (0: in what it would lead to)."""

    line: int
    sentence: str


class DifferenceOut(Schema):
    """What a zone file changes: records that are added, changed or removed. `kept` follow a service and stay; `servers`
    are name servers of the zone itself that are left out, `made_anew` counts records that the server makes by itself.
    While something is `wrong` nothing can be imported. `mark` tells this difference from every other.
    """

    added: list[RecordSetOut]
    changed: list[RecordsChangeOut]
    removed: list[RecordSetOut]
    kept: list[RecordSetOut]
    servers: list[str]
    made_anew: int
    wrong: list[WrongOut]
    mark: str


class ServiceNameIn(Schema):
    """A name in one of the project's zones."""

    name: str


@router.get("/services/{service}/zones", response=queries.ZonesRow, operation_id="listZones")
def zones(request: HttpRequest, service: UUID) -> queries.ZonesRow:
    """A service's zones, with what to enter where each domain is registered."""
    return queries.zones(either(request), service)


@router.post("/services/{service}/zones", response={201: queries.ZoneRow}, operation_id="addZone")
def add(request: HttpRequest, service: UUID, body: ZoneIn) -> Status[queries.ZoneRow]:
    """Have the service answer for a zone. It is served at once; delegate it when it is as you want it."""
    scope = member(request)
    commands.add_zone(scope, service, body.name, signed=body.signed)
    return Status(201, queries.zone(scope, service, body.name))


@router.get("/services/{service}/zones/{zone}", response=queries.ZoneRow, operation_id="getZone")
def show(request: HttpRequest, service: UUID, zone: str) -> queries.ZoneRow:
    """One zone."""
    return queries.zone(either(request), service, zone)


@router.patch("/services/{service}/zones/{zone}", response=queries.ZoneRow, operation_id="signZone")
def sign(request: HttpRequest, service: UUID, zone: str, body: SigningIn) -> queries.ZoneRow:
    """Choose whether a zone is signed. Before it is not any more, delete its DS records where it is registered."""
    scope = member(request)
    commands.sign_zone(scope, service, zone, signed=body.signed)
    return queries.zone(scope, service, zone)


@router.delete("/services/{service}/zones/{zone}", response={204: None}, operation_id="removeZone")
def remove(request: HttpRequest, service: UUID, zone: str) -> Status[None]:
    """Answer for a zone no more; its records are deleted."""
    commands.remove_zone(member(request), service, zone)
    return Status(204, None)


@router.post("/services/{service}/zones/{zone}/check", response={202: queries.ZoneRow}, operation_id="checkZone")
def check(request: HttpRequest, service: UUID, zone: str) -> Status[queries.ZoneRow]:
    """Look now to whom a zone is delegated; that is done by itself as well."""
    scope = member(request)
    commands.check_zone(scope, service, zone)
    return Status(202, queries.zone(scope, service, zone))


@router.get("/services/{service}/zones/{zone}/records", response=list[queries.RecordsRow], operation_id="listRecords")
def records(request: HttpRequest, service: UUID, zone: str, search: str = "") -> list[queries.RecordsRow]:
    """What is in a zone; `search` looks in names, types and values."""
    return queries.records(either(request), service, zone, search)


@router.put(
    "/services/{service}/zones/{zone}/records/{name}/{type}", response=queries.RecordsRow, operation_id="setRecords"
)
def put(
    request: HttpRequest,
    service: UUID,
    zone: str,
    name: str,
    type: str,
    body: RecordsIn,
    if_match: Header[str | None] = None,
) -> queries.RecordsRow:
    """Have these records, and no others of their type, at a name (`@` is the zone). The `mark` of what there was goes
    into `If-Match`: changed meanwhile, it is refused.
    """
    scope = member(request)
    written = commands.set_records(scope, service, zone, name, type, body.values, ttl=body.ttl, seen=seen(if_match))
    rows = queries.records(scope, service, zone)
    return next(each for each in rows if (each.ascii, each.type) == written.key)


@router.delete(
    "/services/{service}/zones/{zone}/records/{name}/{type}", response={204: None}, operation_id="removeRecords"
)
def unset(
    request: HttpRequest,
    service: UUID,
    zone: str,
    name: str,
    type: str,
    if_match: Header[str | None] = None,
) -> Status[None]:
    """Have no records of a type at a name."""
    commands.remove_records(member(request), service, zone, name, type, seen=seen(if_match))
    return Status(204, None)


@router.get("/services/{service}/zones/{zone}/file", response=ZoneFileOut, operation_id="exportZone")
def export(request: HttpRequest, service: UUID, zone: str, *, written: bool = False) -> dict[str, str]:
    """The zone as a zone file (RFC 1035); only what people have `written`, not what follows services, if wanted."""
    return {"text": queries.zone_file(either(request), service, zone, written=written)}


@router.post("/services/{service}/zones/{zone}/compare", response=DifferenceOut, operation_id="compareZone")
def compare(request: HttpRequest, service: UUID, zone: str, body: ZoneFileIn) -> dict[str, Any]:
    """What an import would change; nothing is changed."""
    return told(commands.compare_zone(member(request), service, zone, body.text, replace=body.replace))


@router.post("/services/{service}/zones/{zone}/import", response=DifferenceOut, operation_id="importZone")
def import_(
    request: HttpRequest, service: UUID, zone: str, body: ZoneFileIn, if_match: Header[str | None] = None
) -> dict[str, Any]:
    """Have the zone be what a zone file says; returns what that changed. The `mark` of the difference that was seen
    goes into `If-Match`.
    """
    found = commands.import_zone(member(request), service, zone, body.text, replace=body.replace, seen=seen(if_match))
    return told(found)


@router.get("/services/{service}/homes", response=list[queries.HomeRow], operation_id="listHomes")
def homes(request: HttpRequest, service: UUID) -> list[queries.HomeRow]:
    """The zones of the same project, in which a service may have a name by itself."""
    return queries.homes(either(request), service)


@router.post("/services/{service}/homes/names", response={204: None}, operation_id="nameService")
def name(request: HttpRequest, service: UUID, body: ServiceNameIn) -> Status[None]:
    """Give a service a name in one of the project's zones; its record follows the public address."""
    commands.name_service(member(request), service, body.name)
    return Status(204, None)


@router.delete("/services/{service}/homes/names/{name}", response={204: None}, operation_id="unnameService")
def unname(request: HttpRequest, service: UUID, name: str) -> Status[None]:
    """Lead a name to a service no more."""
    commands.unname_service(member(request), service, name)
    return Status(204, None)


def told(found: Difference) -> dict[str, Any]:
    """A difference as it is told."""
    return {
        "added": [_set(each) for each in found.added],
        "changed": [{"before": _set(before), "after": _set(after)} for before, after in found.changed],
        "removed": [_set(each) for each in found.removed],
        "kept": [_set(each) for each in found.kept],
        "servers": list(found.servers),
        "made_anew": found.made_anew,
        "wrong": [{"line": each.line, "sentence": str(each.problem.sentence)} for each in found.wrong],
        "mark": mark(found.shown),
    }


def _set(records: RecordSetText) -> dict[str, Any]:
    return {"name": records.name, "type": records.kind, "ttl": records.ttl, "values": list(records.values)}
