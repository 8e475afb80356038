"""A name server that was restored knows what its zones were then: that is what is desired from now on."""

from __future__ import annotations

import structlog

from souk.kernel import clock, events
from souk.kernel.scope import acting, actor
from souk.provisioning.contract import RestoredZones, ZoneKeeper
from souk.provisioning.models import Machine, RecordSet, Zone
from souk.provisioning.reconciler.actions.work import Work
from souk.provisioning.reconciler.records import WORKER
from souk.provisioning.zones import files
from souk.provisioning.zones.sets import RecordSetText

log = structlog.get_logger("souk.reconciler")


def adopt(work: Work, keeper: ZoneKeeper) -> bool:
    """Have the platform know the zones of a machine that was restored, once for each restore. Whether the machine is to
    be told that it does.

    Raises:
        ConfigurationFailed, Fenced.
    """
    if not _may_be_restored(work):
        return False
    found = keeper.restored(work.guest, work.wanted)
    if found is None:
        return False
    with acting(WORKER):
        work.lease.hold()
        mine = Zone.objects.select_for_update().filter(instance=work.subject.row, removed_at__isnull=True)
        there = {row.name: row for row in mine}
        if any(row.restored == found.label for row in there.values()):
            return True
        for name in there.keys() - found.zones.keys():
            RecordSet.objects.filter(zone=there[name]).delete()
            mine.filter(id=there[name].id).update(removed_at=clock.now(), look_at=None, served_version=1)
        for name in found.zones:
            _take(work, found, name, there.get(name))
    return True


def _may_be_restored(work: Work) -> bool:
    """A service that began with another one's data, or whose machine another one was before."""
    with acting(WORKER):
        former = Machine.objects.filter(instance=work.subject.row).exclude(
            name=work.subject.faces.name if work.subject.faces else ""
        )
        return work.subject.row.restored_from is not None or former.exists()


def _take(work: Work, found: RestoredZones, name: str, row: Zone | None) -> None:
    """A zone as it was. Which services its records follow is kept where they are the same."""
    now, held = clock.now(), found.zones[name]
    read = files.read(name, held.text)
    if read.wrong:
        log.warning("a restored zone has records that are not understood", zone=name, lines=len(read.wrong))
    if row is None:
        row = Zone.objects.create(
            organization_id=work.subject.row.organization_id,
            instance=work.subject.row,
            name=name,
            created_at=now,
            look_at=now,
        )
    kept = {(each.name, each.kind): each for each in RecordSet.objects.filter(zone=row)}
    RecordSet.objects.filter(zone=row).delete()
    RecordSet.objects.bulk_create(
        [_record(row, each, kept.get(each.key)) for each in read.records if not _own(each, work)], batch_size=1000
    )
    row.signed, row.restored, row.version = held.signed, found.label, row.version + 1
    row.save(update_fields=["signed", "restored", "version"])
    data = {"zone": name, "records": len(read.records)}
    events.record("service.zone_restored", ("service", row.instance_id), organization=row.organization_id, data=data)


def _own(records: RecordSetText, work: Work) -> bool:
    """Whether these say only that the server itself serves the zone."""
    labels = {f"{work.subject.hostname}.", f"{work.subject.public_hostname}."}
    one = len(records.values) == 1 and records.key == ("@", "NS")
    return one and (records.values[0] in labels or records.values[0].partition(".")[2] in _domains(work))


def _domains(work: Work) -> set[str]:
    return {f"{work.subject.domain}.", f"public.{work.subject.domain}."}


def _record(zone: Zone, records: RecordSetText, before: RecordSet | None) -> RecordSet:
    same = before is not None and (before.ttl, tuple(before.values)) == (records.ttl, records.values)
    return RecordSet(
        organization_id=zone.organization_id,
        zone=zone,
        name=records.name,
        kind=records.kind,
        ttl=records.ttl,
        values=list(records.values),
        follows_id=before.follows_id if before is not None else None,
        written_by=before.written_by if same and before is not None else actor(WORKER),
        written_at=before.written_at if same and before is not None else clock.now(),
    )
