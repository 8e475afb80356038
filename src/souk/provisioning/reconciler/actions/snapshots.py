"""Snapshots of a running service's disk: taken and deleted. Going back to one is none of these: `going_back.py`."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from souk.engines.contract import PoolFull
from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.contract import ConfigurationFailed, Declined
from souk.provisioning.models import OperationState, Snapshot
from souk.provisioning.reconciler.actions.work import Asked, Work, settle
from souk.provisioning.reconciler.lease import Superseded
from souk.provisioning.reconciler.records import WORKER, Assigned

_NO_ROOM = gettext_noop("The region has no room for another snapshot now. Nothing was changed.")


def take(work: Work, asked: Asked) -> None:
    """Take one. A killed attempt left a row, and perhaps the snapshot itself, which is kept then."""
    machine, row = _machine(work), work.subject.row
    with acting(WORKER):
        work.lease.hold()
        snapshot, _ = Snapshot.objects.get_or_create(
            operation_id=asked.id,
            defaults={
                "organization_id": row.organization_id,
                "instance": row,
                "name": asked.details["name"],
                "key": f"s-{asked.id.hex}",
                "disk": row.disk,
            },
        )
    with work.step("snapshot", 80, gettext_noop("The disk is kept as it is.")):
        try:
            work.engine.snapshot(machine.name, snapshot.key)
        except PoolFull as error:
            raise Declined(_NO_ROOM) from error
        found = {each.name: each for each in work.engine.snapshots(machine.name)}
    if snapshot.key not in found:
        raise ConfigurationFailed("the snapshot is not there")
    with acting(WORKER):
        Snapshot.objects.filter(id=snapshot.id).update(taken_at=found[snapshot.key].created_at)
        _note_sizes(work, {key: each.size for key, each in found.items()})
        settle(work, asked, OperationState.SUCCEEDED, snapshot=str(snapshot.id), name=snapshot.name)


def drop(work: Work, asked: Asked) -> None:
    """Delete one; what it shared with others stays theirs."""
    machine = _machine(work)
    with acting(WORKER):
        snapshot = Snapshot.objects.get(id=asked.details["snapshot"])
    with work.step("drop_snapshot", 80, gettext_noop("The snapshot is deleted.")):
        work.engine.delete_snapshot(machine.name, snapshot.key)
        found = {each.name: each.size for each in work.engine.snapshots(machine.name)}
    with acting(WORKER):
        Snapshot.objects.filter(id=snapshot.id).update(deleted_at=clock.now(), size=0)
        _note_sizes(work, found)
        settle(work, asked, OperationState.SUCCEEDED, name=snapshot.name)


def go_back(work: Work, asked: Asked) -> None:
    """Asked for while the service was being visited: the next visit begins with it."""
    del work, asked
    raise Superseded


def _note_sizes(work: Work, sizes: dict[str, int]) -> None:
    for row in Snapshot.objects.filter(instance=work.subject.row, key__in=sizes, deleted_at__isnull=True):
        Snapshot.objects.filter(id=row.id).update(size=sizes[row.key])


def _machine(work: Work) -> Assigned:
    machine = work.subject.machine
    assert machine is not None, "commands ask only services on one machine"
    return machine
