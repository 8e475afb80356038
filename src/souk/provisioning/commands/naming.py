"""Names that services of a project have in its own zones: the record follows the service's public address."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.db.models import F

from souk.kernel import clock, events
from souk.kernel.scope import Scope, acting, actor
from souk.provisioning import errors, names
from souk.provisioning.commands.operations import on_machines, raise_generation
from souk.provisioning.commands.zones import room_of
from souk.provisioning.models import OwnName, PublicAddress, RecordSet, ServiceInstance, Zone
from souk.provisioning.registry import blueprint
from souk.provisioning.zones import sets

FOLLOWED_TTL = 300
"""Seconds: an address may change."""


def name_service(scope: Scope, instance: UUID, name: str) -> None:
    """Have a service be found by a name in a zone of its own project: the record is written by the platform, and the
    name is its own name, proved as soon as the zone is.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, InvalidDomain, NoHome, NothingToFollow,
        RecordWritten, RecordFollows, TooManyRecords, TooManyDomains.
    """
    with acting(scope):
        row = on_machines(scope, instance)
        full = sets.encoded(name.strip().rstrip("."))
        zone = _home(row, full)
        if zone is None:
            raise errors.NoHome(name=names.shown(full))
        address = PublicAddress.objects.filter(instance=row, detached_at__isnull=True).first()
        if address is None:
            raise errors.NothingToFollow(name=row.name)
        within = sets.relative(zone.name, full + ".")
        there = RecordSet.objects.filter(zone=zone, name=within, kind__in=("A", "AAAA", "CNAME"))
        if (
            other := there.filter(follows__isnull=False).exclude(follows=row).select_related("follows").first()
        ) is not None:
            assert other.follows is not None, "it was asked for"
            raise errors.RecordFollows(service=other.follows.name)
        written = sorted(there.filter(follows__isnull=True).values_list("kind", flat=True))
        if written:
            raise errors.RecordWritten(name=sets.shown(within), kinds=", ".join(written))
        if not there.exists():
            _write(scope, row, zone, within, str(address.address))
        _own(row, zone, full)


def unname_service(scope: Scope, instance: UUID, name: str) -> None:
    """Have the platform lead a name to a service no more; that it is the service's own name is another matter.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, ProducedElsewhere, InvalidRecordName.
    """
    with acting(scope):
        row = on_machines(scope, instance)
        forget_name(row.id, sets.encoded(name.strip().rstrip(".")))


def forget_name(instance: UUID, full: str) -> None:
    """Delete the record by which the platform leads a name to a service, in the running transaction."""
    for each in RecordSet.objects.filter(follows_id=instance, zone__removed_at__isnull=True).select_related("zone"):
        if sets.full(each.zone.name, each.name) == full:
            zone = each.zone
            each.delete()
            changed(zone)


def changed(zone: Zone) -> None:
    """Have a zone be served as it is now, in the running transaction."""
    Zone.objects.filter(id=zone.id).update(version=F("version") + 1)
    raise_generation(ServiceInstance.objects.select_for_update().get(id=zone.instance_id))


def _home(row: ServiceInstance, full: str) -> Zone | None:
    """The smallest zone of the same project that a name is in."""
    here = Zone.objects.filter(instance__project_id=row.project_id, removed_at__isnull=True)
    found = [
        zone for zone in here.filter(instance__desired__in=("running", "stopped")) if names.within(full, zone.name)
    ]
    return max(found, key=lambda zone: (len(zone.name), zone.proved_at is not None), default=None)


def _write(scope: Scope, row: ServiceInstance, zone: Zone, within: str, address: str) -> None:
    RecordSet.objects.create(
        organization_id=zone.organization_id,
        zone=zone,
        name=within,
        kind="A",
        ttl=FOLLOWED_TTL,
        values=[address],
        follows=row,
        written_by=actor(scope),
        written_at=clock.now(),
    )
    server = ServiceInstance.objects.get(id=zone.instance_id)
    most = room_of(server).records
    here = RecordSet.objects.filter(zone__instance=server, zone__removed_at__isnull=True)
    if sum(len(values) for values in here.values_list("values", flat=True)) > most:
        raise errors.TooManyRecords(most=most)
    told = {"zone": zone.name, "name": within, "follows": str(row.id)}
    events.record("service.name_led", ("service", zone.instance_id), organization=zone.organization_id, data=told)
    changed(zone)


def _own(row: ServiceInstance, zone: Zone, full: str) -> None:
    """The name is the service's own; where the zone is proved, so is all that is in it."""
    mine = OwnName.objects.filter(instance=row, removed_at__isnull=True)
    keeper = blueprint(row.blueprint).domains
    most = keeper.most if keeper else names.MOST_NAMES
    now = clock.now()
    there = mine.filter(name=full).first()
    if there is None:
        if mine.count() >= most:
            raise errors.TooManyDomains(most=most)
        there = OwnName.objects.create(
            organization_id=row.organization_id,
            instance=row,
            name=full,
            token=secrets.token_urlsafe(24),
            created_at=now,
            look_at=now if keeper else None,
        )
        events.record("service.name_added", ("service", row.id), organization=row.organization_id, data={"name": full})
    held = OwnName.objects.filter(name=full, removed_at__isnull=True, proved_at__isnull=False).exclude(id=there.id)
    if there.proved_at is None and zone.proved_at is not None and not held.exists():
        there.proved_at = now
        there.save(update_fields=["proved_at"])
        events.record("service.name_proved", ("service", row.id), organization=row.organization_id, data={"name": full})
    raise_generation(row)
