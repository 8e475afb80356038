"""Records in customers' DNS zones that follow a service: they have its public address as long as it has one."""

from __future__ import annotations

from uuid import UUID

from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.commands.naming import changed
from souk.provisioning.models import RecordSet
from souk.provisioning.reconciler.records.subjects import WORKER, Subject


def lead_names(subject: Subject) -> None:
    """Have the names that follow an instance lead to the address at which it is reached now, or nowhere."""
    wanted = [subject.public_address] if subject.public_address else []
    with acting(WORKER):
        stale = RecordSet.objects.filter(follows=subject.row).exclude(values=wanted).select_related("zone")
        for row in stale.order_by("zone__instance_id", "id"):
            RecordSet.objects.filter(id=row.id).update(values=wanted, written_at=clock.now())
            changed(row.zone)


def forget_names(instance: UUID) -> None:
    """Delete what follows an instance, in the running transaction: there is nothing to follow any more."""
    for row in RecordSet.objects.filter(follows_id=instance).select_related("zone").order_by("zone__instance_id", "id"):
        zone = row.zone
        row.delete()
        changed(zone)
