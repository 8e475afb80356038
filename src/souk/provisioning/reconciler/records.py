"""What the reconciler reads and writes of an instance; each function is one transaction of its own."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef

from souk.engines.contract import Usage
from souk.kernel import clock, events, secrets
from souk.kernel.scope import System, acting
from souk.provisioning.commands.lifecycle import promise
from souk.provisioning.commands.operations import wish
from souk.provisioning.contract import Blueprint, Credentials, ServerCertificate, Size, Wanted
from souk.provisioning.models import (
    OPEN,
    SETTLED,
    Binding,
    Desired,
    Endpoint,
    InstanceState,
    Machine,
    MachineRole,
    Operation,
    OperationKind,
    OperationState,
    ServiceInstance,
)
from souk.provisioning.reconciler import schedule
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.sites import addresses
from souk.sites.models import Site

WORKER = System("reconciler")
RENEW_BEFORE = timedelta(days=30)
"""A certificate is renewed this long before it ends."""


class NoAddress(RuntimeError):
    """Every address of the site's network is in use."""


@dataclass(frozen=True)
class Assigned:
    """An instance's machine: its row exists before the machine does."""

    name: str
    address: str
    image: str
    fresh: bool


@dataclass(frozen=True)
class Subject:
    """An instance as the reconciler needs it.

    `settling`: something was asked of its state that is not reached yet; `asked`: something is to be done to it, or
    falls due. `certificate_until` is when its endpoint's certificate ends, if it has one.
    """

    row: ServiceInstance
    domain: str
    machine: Assigned | None
    binding: Binding | None
    settling: bool
    asked: bool
    certificate_until: datetime | None

    @property
    def steady(self) -> bool:
        """Whether it should just run as it did: nothing to configure, no certificate to renew."""
        renewed = self.certificate_until is not None and self.certificate_until - RENEW_BEFORE > clock.now()
        return not self.settling and renewed and self.row.state == InstanceState.READY and self.machine is not None

    @property
    def hostname(self) -> str:
        """The endpoint's stable DNS name."""
        return f"{self.row.label}.{self.domain}"

    def wanted(self, address: str) -> Wanted:
        """What the blueprint is asked to produce on the machine at `address`."""
        return Wanted(
            instance=self.row.id,
            name=self.row.name,
            parameters=self.row.parameters,
            size=Size(self.row.vcpus, self.row.memory, self.row.disk),
            hostname=self.hostname,
            address=address,
        )


def load(instance: UUID) -> Subject:
    """Read an instance with its site's domain, its machine, and whether something is to be done to it."""
    open_ones = Operation.objects.filter(instance=OuterRef("id"), state__in=OPEN)
    due = Binding.objects.filter(instance=OuterRef("id"), revoked_at__isnull=True, former_until__lte=clock.now())
    with acting(WORKER):
        row = ServiceInstance.objects.annotate(
            settling=Exists(open_ones.filter(kind__in=SETTLED)),
            asked=Exists(open_ones.exclude(kind__in=SETTLED)) | Exists(due),
            certificate_until=F("endpoint__certificate_expires_at"),
        ).get(id=instance)
        domain = Site.objects.values_list("domain", flat=True).get(id=row.site_id)
        machine = machine_of(instance)
        binding = Binding.objects.filter(instance=row, name="default", revoked_at__isnull=True).first()
    return Subject(row, domain, machine, binding, row.settling, row.asked, row.certificate_until)


def machine_of(instance: UUID, role: MachineRole = MachineRole.PRIMARY) -> Assigned | None:
    """The instance's machine of a role, if it has a row."""
    with acting(WORKER):
        machine = Machine.objects.filter(instance_id=instance, role=role, deleted_at__isnull=True).first()
    return None if machine is None else Assigned(machine.name, machine.address, machine.image, fresh=False)


def assign_machine(
    subject: Subject,
    image: str,
    avoid: Collection[str] = (),
    role: MachineRole = MachineRole.PRIMARY,
    *,
    platform: bool = False,
) -> Assigned:
    """Give the instance a machine's row: a name and the lowest free address of the site's network not in `avoid`, of
    the platform's own for what others may reach.

    Raises:
        NoAddress.
    """
    known = subject.machine if role == MachineRole.PRIMARY else machine_of(subject.row.id, role)
    if known is not None:
        return known
    row = subject.row
    for _ in range(20):
        with acting(WORKER):
            address = _free_address(row.site_id, avoid, platform)
            made = Machine.objects.filter(instance_id=row.id).count()
            name = f"{row.label}-{made + 1}"
            try:
                with transaction.atomic():
                    Machine.objects.create(
                        organization_id=row.organization_id,
                        instance=row,
                        site_id=row.site_id,
                        name=name,
                        address=address,
                        image=image,
                        role=role,
                        created_at=clock.now(),
                    )
            except IntegrityError:
                continue
            return Assigned(name, address, image, fresh=True)
    raise NoAddress


def abandon_machine(subject: Subject, role: MachineRole = MachineRole.PRIMARY) -> None:
    """Give up a machine's row that is no machine, or no more, its address with it."""
    with acting(WORKER):
        Machine.objects.filter(instance=subject.row, role=role, deleted_at__isnull=True).update(deleted_at=clock.now())


def _free_address(site: UUID, avoid: Collection[str], platform: bool) -> str:
    network = Site.objects.values_list("subnet", "prefix_length").get(id=site)
    subnet = ipaddress.IPv4Network(f"{network[0]}/{network[1]}", strict=False)
    first, last = addresses.PLATFORM if platform else (addresses.CUSTOMERS_FIRST, subnet.num_addresses - 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "select host(%s::inet + n) from generate_series(%s, %s) n where not exists (select 1 from"
            " provisioning_machine m where m.site_id = %s and m.address = %s::inet + n and m.deleted_at is null)"
            " and host(%s::inet + n) <> all(%s) order by n limit 1",
            [
                str(subnet.network_address),
                first,
                last,
                site,
                str(subnet.network_address),
                str(subnet.network_address),
                list(avoid),
            ],
        )
        found = cursor.fetchone()
    if found is None:
        raise NoAddress
    return str(found[0])


def ensure_credentials(subject: Subject, blueprint: Blueprint) -> Credentials:
    """The instance's first credentials, made and sealed before they are used."""
    row, binding = subject.row, subject.binding
    context = f"binding:{row.id}:default"
    if binding is not None:
        password = secrets.ring("master").open(bytes(binding.sealed_password), context).decode()
        return Credentials(binding.username, password, binding.database)
    credentials = blueprint.credentials(row.parameters, secrets.new_password())
    with acting(WORKER):
        Binding.objects.create(
            organization_id=row.organization_id,
            instance=row,
            name="default",
            username=credentials.username,
            database=credentials.database,
            sealed_password=secrets.ring("master").seal(credentials.password.encode(), context),
            created_at=clock.now(),
        )
    return credentials


def record_endpoint(subject: Subject, address: str, port: int, issued: ServerCertificate, until: datetime) -> None:
    """Record where the service answers and with which certificate."""
    with acting(WORKER):
        Endpoint.objects.update_or_create(
            instance=subject.row,
            defaults={
                "organization_id": subject.row.organization_id,
                "hostname": subject.hostname,
                "address": address,
                "port": port,
                "certificate": issued.certificate,
                "certificate_expires_at": until,
            },
        )


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
                data={"at": now.isoformat(), "generation": row.generation},
            )
        _finish_operations(row)


def found_steady(lease: Lease, subject: Subject) -> None:
    """Give the work item back: the instance was seen to be as it should, and nothing of it changed.

    Raises:
        Fenced.
    """
    with acting(WORKER):
        lease.finish(_next_visit(subject.row, InstanceState.READY))


def _next_visit(row: ServiceInstance, state: InstanceState) -> datetime | None:
    """When something falls due by itself: an erasure, the end of rotated credentials, a certificate's renewal, a
    backup.
    """
    if state == InstanceState.SOFT_DELETED:
        return row.erase_at
    if state != InstanceState.READY:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select min(former_until) from provisioning_binding where instance_id = %s and revoked_at is null),"
            " (select certificate_expires_at from provisioning_endpoint where instance_id = %s)",
            [row.id, row.id],
        )
        former, certificate = cursor.fetchone()
    times = [former, certificate and certificate - RENEW_BEFORE, schedule.next_due(row)]
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
        Binding.objects.filter(instance=row, revoked_at__isnull=True).update(
            revoked_at=now, sealed_password=b"", sealed_next_password=None
        )
        first = ServiceInstance.objects.filter(id=row.id, deleted_at__isnull=True).update(
            state=InstanceState.DELETED, deleted_at=now, trouble="", observed_generation=F("generation")
        )
        if first:
            with connection.cursor() as cursor:
                cursor.execute(
                    "with quota as (update provisioning_quota set instances = instances - 1 where organization_id = %s)"
                    " update sites_capacity set vcpus = vcpus - %s, memory = memory - %s, disk = disk - %s"
                    " where site_id = %s",
                    [row.organization_id, row.vcpus, row.memory, row.disk, row.site_id],
                )
            events.record(
                "service.deleted",
                ("service", row.id),
                organization=row.organization_id,
                data={"at": now.isoformat(), "erased": statement},
            )
        _finish_operations(row, {"erased_at": now.isoformat(), **statement})


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


def _finish_operations(row: ServiceInstance, result: dict[str, Any] | None = None) -> None:
    """Settle what follows from the desired state; what else was asked for is still to be done, or has become moot."""
    now = clock.now()
    open_ones = Operation.objects.filter(
        instance=row,
        state__in=OPEN,
        generation__lte=row.generation,
    )
    if row.desired in (Desired.DELETED, Desired.SOFT_DELETED):
        open_ones.exclude(kind="delete").update(state=OperationState.CANCELLED, finished_at=now)
    settled = open_ones.filter(kind__in=SETTLED)
    for kind, details in settled.values_list("kind", "details"):
        if kind == OperationKind.RESIZE:
            _tell_resized(row, details, reached=True)
    settled.update(
        state=OperationState.SUCCEEDED, progress=100, finished_at=now, **({"result": result} if result else {})
    )


def _tell_resized(row: ServiceInstance, details: dict[str, Any], *, reached: bool) -> None:
    """Say what came of a change of size: whoever sells it follows."""
    events.record(
        "service.resized" if reached else "service.resize_refused",
        ("service", row.id),
        organization=row.organization_id,
        data={"at": clock.now().isoformat(), **details},
    )


def resize_refused(subject: Subject, sentence: str) -> None:
    """Go back to the size before: the new one can't carry what is on the disk. Nothing else changes.

    Raises:
        Superseded: always: the size that is desired now is another one.
    """
    with acting(WORKER):
        row = ServiceInstance.objects.select_for_update().get(id=subject.row.id)
        asked = Operation.objects.filter(instance=row, kind=OperationKind.RESIZE, state__in=OPEN).first()
        if asked is not None:
            before = Size(**asked.details["from"])
            promise(row, Size(row.vcpus, row.memory, row.disk), before)
            row.vcpus, row.memory, row.disk = before.vcpus, before.memory, before.disk
            row.save(update_fields=["vcpus", "memory", "disk"])
            asked.state, asked.trouble, asked.finished_at = OperationState.FAILED, sentence[:300], clock.now()
            asked.save(update_fields=["state", "trouble", "finished_at"])
            _tell_resized(row, asked.details, reached=False)
    raise Superseded


def log_step(subject: Subject, step: str, progress: int, sentence: str, seconds: float) -> None:
    """Add a line to the log of the operations that follow from the desired state, for the customer to read; `sentence`
    is a message id.
    """
    row = subject.row
    entry = [{"at": clock.now().isoformat(), "step": step, "seconds": round(seconds, 3), "sentence": sentence}]
    import msgspec

    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_operation set state = 'running', step = %s, progress = greatest(progress, %s),"
            " log = log || %s::jsonb where instance_id = %s and generation <= %s and kind = any(%s)"
            " and state in ('queued', 'running')",
            [step, progress, msgspec.json.encode(entry).decode(), row.id, row.generation, list(SETTLED)],
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


def restart_asked(subject: Subject) -> bool:
    """Whether a restart was asked for whose stop has not been made yet."""
    with acting(WORKER):
        return Operation.objects.filter(
            instance=subject.row,
            kind=OperationKind.RESTART,
            state__in=OPEN,
            generation__lte=subject.row.generation,
            step__in=["", "prepare"],
        ).exists()


def answer_reveals() -> int:
    """Post the passwords that were asked for into their boxes, forget stale requests; return how many were posted."""
    from souk.provisioning.models import Reveal

    with acting(WORKER):
        with connection.cursor() as cursor:
            cursor.execute("delete from provisioning_reveal where created_at < now() - interval '60 seconds'")
        waiting = Reveal.objects.select_for_update(skip_locked=True, of=("self",)).filter(answer__isnull=True)
        answered = 0
        for reveal in waiting.select_related("binding"):
            binding = reveal.binding
            if binding.revoked_at is None and binding.sealed_password:
                password = secrets.ring("master").open(
                    bytes(binding.sealed_password), f"binding:{binding.instance_id}:{binding.name}"
                )
                reveal.answer = secrets.post(password, bytes(reveal.box))
                reveal.save(update_fields=["answer"])
                answered += 1
        return answered


def machine_subjects() -> dict[str, tuple[UUID, str, str]]:
    """For every machine that should exist: its instance, whether that should be running or stopped, and its role."""
    with acting(WORKER):
        rows = Machine.objects.filter(deleted_at__isnull=True)
        found = rows.values_list("name", "instance_id", "instance__desired", "role")
        return {name: (instance, desired, role) for name, instance, desired, role in found}
