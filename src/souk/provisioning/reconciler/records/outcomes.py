"""What came of a claim: reached, to be tried again, refused or erased. Each function is one transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from souk.engines.contract import Usage
from souk.kernel import clock, events
from souk.kernel.scope import acting, actor
from souk.provisioning.commands.balancing import leave_pools
from souk.provisioning.commands.operations import wish
from souk.provisioning.models import (
    Attachment,
    Binding,
    Desired,
    Endpoint,
    InstanceState,
    Machine,
    Operation,
    OperationKind,
    OwnName,
    RecordSet,
    ServiceInstance,
    Snapshot,
    Zone,
)
from souk.provisioning.reconciler import schedule
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records.addresses import give_back_all
from souk.provisioning.reconciler.records.networks import give_back
from souk.provisioning.reconciler.records.operations import finish_operations
from souk.provisioning.reconciler.records.subjects import RENEW_BEFORE, WORKER, Subject
from souk.provisioning.reconciler.records.zones import forget_names
from souk.provisioning.registry import blueprint

LOOK_EVERY = timedelta(minutes=5)
"""How often a highly available service is looked at, that changes who leads by itself."""

LOOK_AGAIN = timedelta(seconds=5)
"""The same, while a member is not back, or none was seen to have all that is acknowledged: another one has just led."""

ASK_AFTER = timedelta(seconds=5)
"""A machine is asked what it is this long after it was first ready: not while its customer waits for it."""

FOLLOW_AFTER = timedelta(seconds=1)
"""What a machine does at its first boot is looked at this long after it was ready."""


def set_state(instance: UUID, state: InstanceState, trouble: str = "") -> None:
    """Show the customer where the instance is."""
    with acting(WORKER):
        ServiceInstance.objects.filter(id=instance).update(state=state, trouble=trouble[:300])


def converged(lease: Lease, subject: Subject, state: InstanceState) -> None:
    """Record that a generation is reached, finish its operations, and give the work item back.

    The first time an instance is ready is when its metering starts. If something else is desired by now, only the work
    item goes back: whoever claims it next sees the new generation. The instance is locked before its work item, here as
    in the commands.
    """
    row, now = subject.row, clock.now()
    with acting(WORKER):
        current = ServiceInstance.objects.select_for_update().get(id=row.id)
        if state == InstanceState.READY:
            current.ready_at = current.ready_at or now
            if row.ready_at is None and current.generation == row.generation:
                _follow_first_boot(row)
        lease.finish(_next_visit(current, state))
        if current.generation != row.generation:
            return
        changes: dict[str, Any] = {"state": state, "trouble": "", "observed_generation": row.generation}
        if state == InstanceState.READY and row.ready_at is None:
            changes["ready_at"] = now
        ServiceInstance.objects.filter(id=row.id).update(**changes)
        if state != current.state or row.observed_generation != row.generation:
            events.record(
                f"service.{state}",
                ("service", row.id),
                organization=row.organization_id,
                data={
                    "at": now.isoformat(),
                    "generation": row.generation,
                    "extra_disk": row.extra_disk * row.members,
                },
            )
        finish_operations(row)


def _follow_first_boot(row: ServiceInstance) -> None:
    """Let what an instance does of its customer's own be followed, from when it is ready. A copy has none: it was done
    as what it is a copy of.
    """
    beginner = blueprint(row.blueprint).beginner
    if beginner is None or row.restored_from is not None or not beginner.asked(row.parameters):
        return
    now = clock.now()
    Operation.objects.create(
        organization_id=row.organization_id,
        instance=row,
        kind=OperationKind.FIRST_BOOT,
        generation=row.generation,
        requested_by=actor(WORKER),
        created_at=now,
        not_before=now + FOLLOW_AFTER,
    )


def found_steady(lease: Lease, subject: Subject) -> None:
    """Give the work item back: the instance was seen to be as it should, and nothing of it changed.

    Raises:
        Fenced.
    """
    with acting(WORKER):
        lease.finish(_next_visit(subject.row, InstanceState.READY))


def _next_visit(row: ServiceInstance, state: InstanceState) -> datetime | None:
    """When something falls due by itself: an erasure, the end of rotated credentials, a certificate's renewal, the end
    of a way back or of an export, a window, a backup, a look at a name or at who leads, asking a new machine what it
    is.
    """
    if state == InstanceState.SOFT_DELETED:
        return row.erase_at
    if state != InstanceState.READY:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select min(former_until) from provisioning_binding where instance_id = %s and revoked_at is null),"
            " (select certificate_expires_at from provisioning_endpoint where instance_id = %s),"
            " (select min(kept_until) from provisioning_machine where instance_id = %s and deleted_at is null),"
            " (select case when bool_or(duty = 'synchronous') then count(nullif(duty, '')) else 0 end"
            "  from provisioning_machine where instance_id = %s and role = 'member' and deleted_at is null),"
            " (select count(*) from provisioning_machine where instance_id = %s and role in ('primary', 'member')"
            "  and fingerprint = '' and deleted_at is null),"
            " (select min(not_before) from provisioning_operation where instance_id = %s"
            "  and state in ('queued', 'running')),"
            " (select min(expires_at) from provisioning_export where instance_id = %s and deleted_at is null),"
            " (select min(look_at) from provisioning_ownname where instance_id = %s and removed_at is null),"
            " (select min(look_at) from provisioning_zone where instance_id = %s and removed_at is null)",
            [row.id] * 9,
        )
        former, certificate, kept, seen, unasked, opens, exported, looked, delegated = cursor.fetchone()
    times = [former, certificate and certificate - RENEW_BEFORE, kept, opens, exported, looked, delegated]
    times.append(schedule.next_due(row))
    if unasked:
        times.append(clock.now() + ASK_AFTER)
    if row.members > 1:
        times.append(clock.now() + (LOOK_EVERY if seen == row.members else LOOK_AGAIN))
    return min((time for time in times if time is not None), default=None)


def erasure_due(subject: Subject) -> bool:
    """If the days of grace of a deleted instance are over, desire its erasure; whether they are."""
    row = subject.row
    if row.erase_at is None or row.erase_at > clock.now():
        return False
    with acting(WORKER):
        current = ServiceInstance.objects.select_for_update().get(id=row.id)
        if current.desired == Desired.SOFT_DELETED:
            wish(WORKER, current, OperationKind.DELETE, {"erase": True}, desired=Desired.DELETED)
    return True


def erased(lease: Lease, subject: Subject, statement: dict[str, Any]) -> None:
    """Record that nothing of the instance is left: machine, endpoint and credentials gone, capacity and quota back.

    `statement` says what was erased and how that was seen; the event, and with it the audit trail's seal, attests it.
    """
    row, now = subject.row, clock.now()
    with acting(WORKER):
        ServiceInstance.objects.select_for_update().get(id=row.id)
        lease.finish()
        Machine.objects.filter(instance=row, deleted_at__isnull=True).update(deleted_at=now)
        Endpoint.objects.filter(instance=row).delete()
        here = Attachment.objects.filter(instance=row, released_at__isnull=True)
        here.filter(detached_at__isnull=True).update(detached_at=now)
        Snapshot.objects.filter(instance=row, deleted_at__isnull=True).update(deleted_at=now, size=0)
        give_back(here.values_list("id", flat=True))
        give_back_all(row.id)
        OwnName.objects.filter(instance=row, removed_at__isnull=True).update(removed_at=now)
        forget_names(row.id)
        RecordSet.objects.filter(zone__instance=row).delete()
        Zone.objects.filter(instance=row, removed_at__isnull=True).update(removed_at=now, look_at=None)
        Binding.objects.filter(instance=row, revoked_at__isnull=True).update(
            revoked_at=now, sealed_password=b"", sealed_next_password=None
        )
        first = ServiceInstance.objects.filter(id=row.id, deleted_at__isnull=True).update(
            state=InstanceState.DELETED, deleted_at=now, trouble="", observed_generation=F("generation")
        )
        if first:
            leave_pools(row)
            promised = row.size.promised
            with connection.cursor() as cursor:
                cursor.execute(
                    "with quota as (update provisioning_quota set instances = instances - 1 where organization_id = %s)"
                    " update sites_capacity set vcpus = vcpus - %s, memory = memory - %s, disk = disk - %s"
                    " where site_id = %s",
                    [row.organization_id, promised.vcpus, promised.memory, promised.disk, row.site_id],
                )
            events.record(
                "service.deleted",
                ("service", row.id),
                organization=row.organization_id,
                data={"at": now.isoformat(), "erased": statement},
            )
        finish_operations(row, {"erased_at": now.isoformat(), **statement})


def machine_started(subject: Subject, machine: str) -> None:
    """Tell that a machine was started again which had ended though it should run."""
    _tell(subject, "machine_started", {"machine": machine})


def answered(subject: Subject, *, configured: bool = False) -> None:
    """Tell that a service which was ready before was seen to answer, after it was `configured` anew or just so."""
    _tell(subject, "answered", {"configured": configured})


def _tell(subject: Subject, what: str, data: dict[str, Any]) -> None:
    row = subject.row
    with acting(WORKER):
        events.record(
            f"service.{what}",
            ("service", row.id),
            organization=row.organization_id,
            data={"at": clock.now().isoformat(), **data},
        )


def counted(subject: Subject, usage: Usage) -> None:
    """Tell the counters of a machine that is about to stop. What was sent after an accepted delete counts at that
    moment, the last one that is billed.
    """
    row, now = subject.row, clock.now()
    with acting(WORKER):
        at = min(now, row.deletion_accepted_at or now)
        events.record(
            "service.counted",
            ("service", row.id),
            organization=row.organization_id,
            data={"at": at.isoformat(), "usage": asdict(usage)},
        )


def waits(lease: Lease, subject: Subject, seconds: float, trouble: str = "") -> None:
    """Give the work item back, to be visited again after so many seconds: somebody else is at it.

    Raises:
        Fenced.
    """
    with acting(WORKER):
        lease.finish(clock.now() + timedelta(seconds=seconds))
        ServiceInstance.objects.filter(id=subject.row.id).exclude(trouble=trouble).update(trouble=trouble[:300])


def look_again(subject: Subject, seconds: float) -> None:
    """Have an instance visited again after so many seconds, at the latest."""
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_convergence set next_at = least(next_at, now() + make_interval(secs => %s))"
            " where subject = %s",
            [seconds, subject.row.id],
        )


def troubled(lease: Lease, subject: Subject, sentence: str, retry_in: float, *, failed: bool) -> None:
    """Record what is wrong, and when it is tried again; `failed` shows the service as such until a try succeeds."""
    row = subject.row
    with acting(WORKER):
        ServiceInstance.objects.select_for_update().get(id=row.id)
        lease.retry(retry_in)
        changes: dict[str, Any] = {"trouble": sentence[:300]}
        if failed and row.desired != Desired.DELETED:
            changes["state"] = InstanceState.FAILED
            if row.state != InstanceState.FAILED:
                events.record(
                    "service.failed",
                    ("service", row.id),
                    organization=row.organization_id,
                    data={"why": sentence},
                )
        ServiceInstance.objects.filter(id=row.id).update(**changes)


def hand_back(lease: Lease) -> None:
    """Give a work item back, due at once.

    Raises:
        Fenced.
    """
    with acting(WORKER):
        lease.retry(0)
