"""DNS zones and their records: what people write is what is desired, and the reconciler has it served."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from souk.kernel import clock, events
from souk.kernel.meanwhile import unchanged
from souk.kernel.scope import Scope, acting, actor
from souk.provisioning import errors, names
from souk.provisioning.commands.names import own_zones
from souk.provisioning.commands.operations import on_machines, raise_generation
from souk.provisioning.contract import ZoneRoom
from souk.provisioning.models import RecordSet, ServiceInstance, Zone
from souk.provisioning.registry import blueprint
from souk.provisioning.zones import comparing, naming, sets
from souk.provisioning.zones.sets import RecordSetText


def add_zone(scope: Scope, instance: UUID, name: str, *, signed: bool = True) -> UUID:
    """Have a service answer for a zone, which begins empty. Returns its id.

    It is served at once, so that one can look at it before it is delegated; whoever the zone above delegates it to has
    it.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoZones, InvalidDomain, WildcardDomain,
        PublicSuffix, PlatformsDomain, ZoneThere, TooManyZones.
    """
    with acting(scope):
        row = _server(scope, instance)
        ascii_name = naming.zone_name(name)
        if any(names.within(ascii_name, zone) for zone in own_zones()):
            raise errors.PlatformsDomain(name=names.shown(ascii_name))
        there = Zone.objects.filter(instance=row, removed_at__isnull=True)
        if there.filter(name=ascii_name).exists():
            raise errors.ZoneThere(zone=names.shown(ascii_name))
        most = room_of(row).zones
        if there.count() >= most:
            raise errors.TooManyZones(most=most)
        now = clock.now()
        zone = Zone.objects.create(
            organization_id=row.organization_id,
            instance=row,
            name=ascii_name,
            signed=signed,
            created_at=now,
            look_at=now,
        )
        raise_generation(row)
        _tell(zone, "service.zone_added")
    return zone.id


def remove_zone(scope: Scope, instance: UUID, name: str) -> None:
    """Have a service answer for a zone no more; its records are gone.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoZones, ZoneMissing.
    """
    with acting(scope):
        row, zone = _zone(scope, instance, name)
        RecordSet.objects.filter(zone=zone).delete()
        # A killed attempt may have served it and not come to say so.
        zone.removed_at, zone.look_at, zone.served_version = clock.now(), None, max(1, zone.served_version)
        zone.save(update_fields=["removed_at", "look_at", "served_version"])
        raise_generation(row)
        _tell(zone, "service.zone_removed")


def sign_zone(scope: Scope, instance: UUID, name: str, *, signed: bool) -> None:
    """Choose whether a zone is signed (DNSSEC).

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoZones, ZoneMissing.
    """
    with acting(scope):
        row, zone = _zone(scope, instance, name)
        if zone.signed == signed:
            return
        zone.signed = signed
        zone.save(update_fields=["signed"])
        _changed(row, zone)
        _tell(zone, "service.zone_signed" if signed else "service.zone_unsigned")


def check_zone(scope: Scope, instance: UUID, name: str) -> None:
    """Have it looked at now to whom a zone is delegated.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoZones, ZoneMissing.
    """
    with acting(scope):
        row, zone = _zone(scope, instance, name)
        zone.look_at = clock.now()
        zone.save(update_fields=["look_at"])
        raise_generation(row)


def set_records(
    scope: Scope,
    instance: UUID,
    zone_name: str,
    name: str,
    kind: str,
    values: Iterable[str],
    *,
    ttl: int = sets.USUAL_TTL,
    seen: str = "",
) -> RecordSetText:
    """Have these records, and no others of their type, at a name within a zone. `seen` is the mark of those that the
    caller saw there (`present`). Returns them as zone files have them.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoZones, ZoneMissing, RecordFollows,
        TooManyRecords, ChangedMeanwhile, and whatever `sets.checked` refuses.
    """
    with acting(scope):
        row, zone = _zone(scope, instance, zone_name)
        wanted = sets.checked(zone.name, name, kind, ttl, values)
        present = RecordSet.objects.filter(zone=zone, name=wanted.name, kind=wanted.kind).first()
        _not_followed(present)
        unchanged(seen, shown_mark(present))
        others = RecordSet.objects.filter(zone=zone, name=wanted.name).values_list("kind", flat=True)
        sets.beside(wanted, others)
        if present is not None and text_of(present) == wanted:
            return wanted
        _write(scope, row, zone, [wanted])
        _tell(zone, "service.records_changed", name=wanted.name, type=wanted.kind)
        _changed(row, zone)
    return wanted


def remove_records(scope: Scope, instance: UUID, zone_name: str, name: str, kind: str, *, seen: str = "") -> None:
    """Have no records of a type at a name within a zone.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoZones, ZoneMissing, InvalidRecordName,
        OutsideZone, RecordMissing, RecordFollows, ChangedMeanwhile.
    """
    with acting(scope):
        row, zone = _zone(scope, instance, zone_name)
        within = sets.relative(zone.name, name)
        present = RecordSet.objects.filter(zone=zone, name=within, kind=kind.upper()).first()
        if present is None:
            raise errors.RecordMissing
        _not_followed(present)
        unchanged(seen, shown_mark(present))
        present.delete()
        _tell(zone, "service.records_removed", name=within, type=kind.upper())
        _changed(row, zone)


def import_zone(
    scope: Scope, instance: UUID, zone_name: str, text: str, *, replace: bool = False, seen: str = ""
) -> comparing.Difference:
    """Have a zone be what a zone file says. What the file does not name stays, unless it is to `replace` all that
    people wrote. `seen` is the mark of the difference that the caller saw. Returns the difference.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoZones, ZoneMissing, ZoneFileTooLong,
        ZoneFileWrong, TooManyRecords, ChangedMeanwhile.
    """
    with acting(scope):
        row, zone = _zone(scope, instance, zone_name)
        found = comparing.difference(zone.name, _present(zone), text, replace=replace)
        if found.wrong:
            first = found.wrong[0]
            raise errors.ZoneFileWrong(line=first.line, why=first.problem.sentence)
        unchanged(seen, found.shown)
        if found.empty:
            return found
        gone = [each.key for each in found.removed]
        for name, kind in gone:
            RecordSet.objects.filter(zone=zone, name=name, kind=kind, follows__isnull=True).delete()
        _write(scope, row, zone, [*found.added, *(after for _before, after in found.changed)])
        counts = {"added": len(found.added), "changed": len(found.changed), "removed": len(gone)}
        _tell(zone, "service.zone_imported", **counts)
        _changed(row, zone)
    return found


def compare_zone(
    scope: Scope, instance: UUID, zone_name: str, text: str, *, replace: bool = False
) -> comparing.Difference:
    """What an import would change, and what is wrong in the file; nothing is changed.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, NoZones, ZoneMissing, ZoneFileTooLong.
    """
    with acting(scope):
        _row, zone = _zone(scope, instance, zone_name)
        return comparing.difference(zone.name, _present(zone), text, replace=replace)


def record_key(zone: str, name: str, kind: str) -> tuple[str, str]:
    """What no two sets of a zone share: the name within it, and the type.

    Raises:
        InvalidRecordName, OutsideZone.
    """
    return sets.relative(zone, name), kind.upper()


def shown_mark(row: RecordSet | None) -> object:
    """What is compared of a set when somebody replaces it."""
    return None if row is None else [row.ttl, row.values]


def text_of(row: RecordSet) -> RecordSetText:
    """A set as zone files have it."""
    return RecordSetText(row.name, row.kind, row.ttl, tuple(row.values))


def room_of(row: ServiceInstance) -> ZoneRoom:
    """How much a service may hold.

    Raises:
        NoZones.
    """
    keeper = blueprint(row.blueprint).zones
    if keeper is None:
        raise errors.NoZones
    return keeper.room(row.size)


def _server(scope: Scope, instance: UUID) -> ServiceInstance:
    row = on_machines(scope, instance)
    if blueprint(row.blueprint).zones is None:
        raise errors.NoZones
    return row


def _zone(scope: Scope, instance: UUID, name: str) -> tuple[ServiceInstance, Zone]:
    row = _server(scope, instance)
    zone = Zone.objects.filter(instance=row, name=naming.known_as(name), removed_at__isnull=True).first()
    if zone is None:
        raise errors.ZoneMissing
    return row, zone


def _present(zone: Zone) -> list[comparing.Present]:
    return [
        comparing.Present(text_of(row), row.follows_id is not None)
        for row in RecordSet.objects.filter(zone=zone).order_by("name", "kind")
    ]


def _not_followed(row: RecordSet | None) -> None:
    if row is not None and row.follows is not None:
        raise errors.RecordFollows(service=row.follows.name)


def _write(scope: Scope, row: ServiceInstance, zone: Zone, wanted: list[RecordSetText]) -> None:
    """Write sets, if there is room for them."""
    now, who = clock.now(), actor(scope)
    rows = [
        RecordSet(
            organization_id=zone.organization_id,
            zone=zone,
            name=each.name,
            kind=each.kind,
            ttl=each.ttl,
            values=list(each.values),
            written_by=who,
            written_at=now,
        )
        for each in wanted
    ]
    RecordSet.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["zone", "name", "kind"],
        update_fields=["ttl", "values", "written_by", "written_at"],
    )
    most = room_of(row).records
    here = RecordSet.objects.filter(zone__instance=row, zone__removed_at__isnull=True)
    if sum(len(values) for values in here.values_list("values", flat=True)) > most:
        raise errors.TooManyRecords(most=most)


def _changed(row: ServiceInstance, zone: Zone) -> None:
    Zone.objects.filter(id=zone.id).update(version=F("version") + 1)
    raise_generation(row)


def _tell(zone: Zone, action: str, **data: str | int) -> None:
    told = {"zone": zone.name, **data}
    events.record(action, ("service", zone.instance_id), organization=zone.organization_id, data=told)
