"""DNS zones and what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Sum
from django.db.models.expressions import RawSQL

from souk.kernel.meanwhile import mark
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors, names
from souk.provisioning.models import Endpoint, PublicAddress, RecordSet, ServiceInstance, Zone
from souk.provisioning.queries.services import service
from souk.provisioning.registry import blueprint
from souk.provisioning.zones import files, naming, sets
from souk.provisioning.zones.sets import RecordSetText


@dataclass(frozen=True)
class ZoneRow:
    """A DNS zone, as people and as DNS write it: awaiting until it is delegated to the service, ready while it is,
    strayed if it was once. To delegate it, name `servers` (and, if one of them is in the zone, `address`) and `ds`
    where the domain is registered. `leads` says to whom it is delegated: here, elsewhere, nowhere, silent (DNS gives no
    answer), or nothing while nobody looked; `found` to which name servers. `updating` until what was written is served,
    with this `serial`.
    """

    id: UUID
    name: str
    ascii: str
    state: str
    signed: bool
    serial: int
    ds: list[str]
    servers: list[str]
    address: str
    leads: str
    found: list[str]
    looked_at: datetime | None
    proved_at: datetime | None
    created_at: datetime
    records: int
    updating: bool


@dataclass(frozen=True)
class ZonesRow:
    """A service's zones, and how many of them and of records in all it may have."""

    zones: list[ZoneRow]
    most_zones: int
    records: int
    most_records: int


@dataclass(frozen=True)
class RecordsRow:
    """All records of a type at a name within a zone (`@` is the zone), as people (`name`) and as DNS (`ascii`) write
    it. One that `follows` a service is the platform's to write; others were written by whoever is `written_by`. `mark`
    tells this state from every other, for whoever replaces it.
    """

    name: str
    ascii: str
    type: str
    ttl: int
    values: list[str]
    follows: UUID | None
    service: str
    written_by: str
    written_at: datetime
    mark: str


@dataclass(frozen=True)
class HomeRow:
    """A zone in which a project's services may have names, which service answers for it, and whether it is proved."""

    service: UUID
    zone: str
    ascii: str
    proved: bool


def zones(scope: Scope, instance: UUID) -> ZonesRow:
    """A service's zones, by name.

    Raises:
        NotFound, NoZones.
    """
    row = service(scope, instance)
    keeper = blueprint(row.blueprint).zones if row.plan_id is None else None
    if keeper is None:
        raise errors.NoZones
    with acting(scope):
        size = ServiceInstance.objects.get(id=instance).size
        endpoint = Endpoint.objects.filter(instance_id=instance).first()
        public = PublicAddress.objects.filter(instance_id=instance, detached_at__isnull=True).exists()
        counted = RecordSet.objects.filter(zone__instance_id=instance, zone__removed_at__isnull=True)
        amounts = dict(counted.values_list("zone_id").annotate(n=Sum(RawSQL("jsonb_array_length(values)", []))))
        own = dict(counted.filter(name=sets.APEX, kind="NS").values_list("zone_id", "values"))
        rows = list(Zone.objects.filter(instance_id=instance, removed_at__isnull=True).order_by("name"))
    room = keeper.room(size)
    server = endpoint.public_hostname if endpoint and public else ""
    address = str(endpoint.public_address or "") if endpoint and public else ""
    told = [
        ZoneRow(
            id=each.id,
            name=names.shown(each.name),
            ascii=each.name,
            state=_state(each),
            signed=each.signed,
            serial=each.serial,
            ds=each.ds if each.signed else [],
            servers=[name.rstrip(".") for name in own.get(each.id, [])] or ([server] if server else []),
            address=address,
            leads=each.leads,
            found=each.found,
            looked_at=each.looked_at,
            proved_at=each.proved_at,
            created_at=each.created_at,
            records=amounts.get(each.id) or 0,
            updating=each.served_version != each.version,
        )
        for each in rows
    ]
    return ZonesRow(told, room.zones, sum(each.records for each in told), room.records)


def zone(scope: Scope, instance: UUID, name: str) -> ZoneRow:
    """One of a service's zones.

    Raises:
        NotFound, NoZones, ZoneMissing.
    """
    known = naming.known_as(name)
    found = next((each for each in zones(scope, instance).zones if each.ascii == known), None)
    if found is None:
        raise errors.ZoneMissing
    return found


def records(scope: Scope, instance: UUID, zone_name: str, search: str = "") -> list[RecordsRow]:
    """What is in a zone, the zone itself first; only sets with this text in their name, type or values if it is given.

    Raises:
        NotFound, NoZones, ZoneMissing.
    """
    found = zone(scope, instance, zone_name)
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select r.name, r.kind, r.ttl, r.values::text, r.follows_id, coalesce(f.name, ''), r.written_by,"
            " r.written_at from provisioning_recordset r"
            " left join provisioning_serviceinstance f on f.id = r.follows_id where r.zone_id = %s"
            " order by r.name <> '@', string_to_array(reverse(r.name), '.'), r.kind",
            [found.id],
        )
        rows = [_row(*each) for each in cursor.fetchall()]
    wanted = search.strip().lower()
    return [each for each in rows if not wanted or _mentions(each, wanted)]


def zone_file(scope: Scope, instance: UUID, zone_name: str, *, written: bool = False) -> str:
    """A zone as a zone file that means the same elsewhere; only what people have `written`, if that is wanted.

    Raises:
        NotFound, NoZones, ZoneMissing.
    """
    rows = records(scope, instance, zone_name)
    told = [
        RecordSetText(each.ascii, each.type, each.ttl, tuple(each.values))
        for each in rows
        if each.values and not (written and each.follows)
    ]
    return files.written(naming.known_as(zone_name), told)


def homes(scope: Scope, instance: UUID) -> list[HomeRow]:
    """The zones in which a service may have a name: those of services of the same project.

    Raises:
        NotFound.
    """
    row = service(scope, instance)
    with acting(scope):
        found = Zone.objects.filter(
            instance__project_id=row.project_id, removed_at__isnull=True, instance__desired__in=("running", "stopped")
        )
        return [
            HomeRow(each.instance_id, names.shown(each.name), each.name, each.proved_at is not None)
            for each in found.order_by("name")
        ]


def named(scope: Scope, instance: UUID) -> set[str]:
    """The names, as DNS has them, that the platform's own records lead to a service."""
    with acting(scope):
        found = RecordSet.objects.filter(follows_id=instance, zone__removed_at__isnull=True)
        return {sets.full(zone, name) for zone, name in found.values_list("zone__name", "name")}


def _state(row: Zone) -> str:
    if row.proved_at is None:
        return "awaiting"
    return "ready" if row.leads in ("", "here", "silent") else "strayed"


def _row(
    name: str,
    kind: str,
    ttl: int,
    values: str,
    follows: UUID | None,
    follower: str,
    written_by: str,
    written_at: datetime,
) -> RecordsRow:
    told = _values(values)
    return RecordsRow(
        sets.shown(name), name, kind, ttl, told, follows, follower, written_by, written_at, mark([ttl, told])
    )


def _values(text: str) -> list[str]:
    return msgspec.json.decode(text, type=list[str])


def _mentions(row: RecordsRow, wanted: str) -> bool:
    told: Sequence[str] = (row.name, row.ascii, row.type, row.service, *row.values)
    return any(wanted in each.lower() for each in told)
