"""Machines' rows and addresses: committed before a machine is made."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from souk.engines.contract import VERSION, Image
from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.models import Duty, Ensemble, Machine, MachineRole, ServiceInstance
from souk.provisioning.reconciler.lease import Lease, Superseded
from souk.provisioning.reconciler.records.standing import choose_host
from souk.provisioning.reconciler.records.subjects import WORKER, Assigned, Subject, load, machines_of
from souk.sites import addresses
from souk.sites.models import Site


class NoAddress(RuntimeError):
    """Every address of the site's network is in use."""


def assign_machine(
    subject: Subject,
    image: str,
    avoid: Collection[str] = (),
    role: MachineRole = MachineRole.PRIMARY,
    *,
    number: int = 1,
    platform: bool = False,
) -> Assigned:
    """Give the instance a machine's row: a name, a host, and the lowest free address of the site's network not in
    `avoid`, of the platform's own for what others may reach. One that has a row keeps it.

    Raises:
        NoAddress, NoRoom.
    """
    known = _known(subject, role, number)
    if known is not None:
        return known
    row = subject.row
    for _ in range(20):
        with acting(WORKER):
            host = choose_host(row, role)
            address = free_address(row.site_id, avoid, platform)
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
                        host=host,
                        role=role,
                        number=number,
                        created_at=clock.now(),
                    )
            except IntegrityError:
                continue
            return Assigned(name, address, image, fresh=True, role=role, number=number, host=host)
    raise NoAddress


def _known(subject: Subject, role: MachineRole, number: int) -> Assigned | None:
    if role in PASSING:
        return beside(subject, role)
    # One that was a member before has kept its number.
    return subject.machine if role == MachineRole.PRIMARY else subject.machine_as(role, number)


def begin_together(lease: Lease, subject: Subject, machine: Assigned) -> Subject:
    """Let the machine that carries the service alone be the first of its members; the service as it is then.

    Raises:
        Fenced. Superseded: something else is desired by now.
    """
    with acting(WORKER):
        _hold(lease, subject)
        number = machine.number if machine.number <= subject.row.members else 1
        rows = Machine.objects.filter(instance=subject.row, deleted_at__isnull=True)
        rows.filter(name=machine.name).update(role=MachineRole.MEMBER, number=number, duty=Duty.UNSEEN)
        Ensemble.objects.filter(instance=subject.row).update(first=number)
    return load(subject.row.id)


def go_alone(lease: Lease, subject: Subject, machine: Assigned) -> Subject:
    """Let a member be the machine that carries the service alone, instead of another one that was to; the service as it
    is then.

    Raises:
        Fenced. Superseded: something else is desired by now.
    """
    with acting(WORKER):
        _hold(lease, subject)
        rows = Machine.objects.filter(instance=subject.row, deleted_at__isnull=True)
        rows.filter(role=MachineRole.PRIMARY).update(role=MachineRole.MEMBER)
        rows.filter(name=machine.name).update(role=MachineRole.PRIMARY, duty=Duty.UNSEEN)
    return load(subject.row.id)


def _hold(lease: Lease, subject: Subject) -> None:
    """See that the claim counts and that what is desired is still the same, until the running transaction ends."""
    current = ServiceInstance.objects.select_for_update().get(id=subject.row.id)
    lease.hold()
    if current.generation != subject.row.generation:
        raise Superseded


def last_leader(subject: Subject) -> Assigned | None:
    """The member that was last seen to lead, if one was."""
    with acting(WORKER):
        led = Machine.objects.filter(instance=subject.row, duty=Duty.LEADS, deleted_at__isnull=True)
        name = led.values_list("name", flat=True).first()
    return next((one for one in subject.members if one.name == name), None)


PASSING = (MachineRole.PROOF, MachineRole.NEXT)
"""The roles of machines that a killed attempt may have left."""


def beside(subject: Subject, role: MachineRole) -> Assigned | None:
    """A machine beside the instance's own, as it is now: such come and go while the instance is worked on."""
    return next((one for one in machines_of(subject.row.id) if one.role == role), None)


def note_duties(subject: Subject, duties: Mapping[str, Duty]) -> Assigned | None:
    """Record what each member was seen to do, by machine; returns the one that was known to lead before, if any."""
    with acting(WORKER):
        rows = list(Machine.objects.filter(instance=subject.row, role=MachineRole.MEMBER, deleted_at__isnull=True))
        for row in rows:
            if (seen := duties.get(row.name, Duty.UNSEEN)) != row.duty:
                Machine.objects.filter(id=row.id).update(duty=seen)
    led = next((row.name for row in rows if row.duty == Duty.LEADS), None)
    return next((one for one in subject.members if one.name == led), None)


def note_release(machine: str, fingerprint: str, version: str) -> None:
    """Record which image a machine was made from, and what its software says it is; nothing, for one made anew."""
    with acting(WORKER):
        Machine.objects.filter(name=machine).update(fingerprint=fingerprint[:64], version=version[:40])


def note_images(images: Sequence[Image]) -> None:
    """Record what new machines are made from by now, on every site of this engine."""
    now = clock.now()
    named = [(alias, image) for image in images for alias in image.aliases]
    with acting(WORKER), connection.cursor() as cursor:
        for site in Site.objects.values_list("id", flat=True):
            for alias, image in named:
                cursor.execute(
                    "insert into provisioning_image (site_id, alias, fingerprint, version, since)"
                    " values (%s, %s, %s, %s, %s) on conflict (site_id, alias) do update set"
                    " fingerprint = excluded.fingerprint, version = excluded.version, since = excluded.since"
                    " where provisioning_image.fingerprint <> excluded.fingerprint",
                    [site, alias[:120], image.fingerprint[:64], image.properties.get(VERSION, "")[:40], now],
                )


def abandon_machine(machine: Assigned) -> None:
    """Give up a machine's row that is no machine, or no more, its address with it."""
    with acting(WORKER):
        Machine.objects.filter(name=machine.name, deleted_at__isnull=True).update(deleted_at=clock.now())


def exchange_machines(subject: Subject, role: MachineRole, kept_until: datetime, leaves: Assigned) -> None:
    """Let the machine of another role carry the instance; the one that did, and leaves, is kept, in the caller's
    transaction. Was it one of several, the other one is to be the first of them, who agree on everything anew.
    """
    rows = Machine.objects.filter(instance=subject.row, deleted_at__isnull=True)
    present, coming = rows.get(name=leaves.name), rows.get(role=role)
    if present.role == MachineRole.MEMBER:
        Ensemble.objects.filter(instance=subject.row).update(granted_at=None)
    # One of each role at any time, so each moves to a role that nobody has.
    if role == MachineRole.FORMER:
        rows.filter(id=coming.id).update(role=MachineRole.NEXT, kept_until=None)
    rows.filter(id=present.id).update(role=MachineRole.FORMER, kept_until=kept_until)
    rows.filter(id=coming.id).update(role=MachineRole.PRIMARY)


def keep_address(subject: Subject, former: Assigned, avoid: Collection[str]) -> None:
    """Let the machine that took over have the address of the one before, and that one another, clear of `avoid`: others
    know the service by it. In the caller's transaction.

    Raises:
        NoAddress.
    """
    rows = Machine.objects.filter(instance=subject.row, deleted_at__isnull=True)
    spare = free_address(subject.row.site_id, avoid, platform=False)
    rows.filter(name=former.name).update(address=spare)
    rows.filter(role=MachineRole.PRIMARY).update(address=former.address)


def free_address(site: UUID, avoid: Collection[str], platform: bool) -> str:
    """The lowest address of the site's network that no machine has and that is not in `avoid`.

    Raises:
        NoAddress.
    """
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


def machine_subjects() -> dict[str, tuple[UUID, str, str]]:
    """For every machine that should exist: its instance, whether that should be running or stopped, and its role."""
    with acting(WORKER):
        rows = Machine.objects.filter(deleted_at__isnull=True)
        found = rows.values_list("name", "instance_id", "instance__desired", "role")
        return {name: (instance, desired, role) for name, instance, desired, role in found}
