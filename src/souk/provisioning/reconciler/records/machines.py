"""Machines' rows and addresses: committed before a machine is made."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from souk.kernel import clock
from souk.kernel.scope import acting
from souk.provisioning.models import (
    Machine,
    MachineRole,
)
from souk.provisioning.reconciler.records.subjects import WORKER, Assigned, Subject, machine_of
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


def exchange_machines(subject: Subject, role: MachineRole, kept_until: datetime) -> None:
    """Let the machine of another role carry the instance; the one that did is kept, in the caller's transaction."""
    rows = Machine.objects.filter(instance=subject.row, deleted_at__isnull=True)
    present, coming = rows.get(role=MachineRole.PRIMARY), rows.get(role=role)
    # One of each role at any time, so each moves to a role that nobody has.
    if role == MachineRole.FORMER:
        rows.filter(id=coming.id).update(role=MachineRole.NEXT, kept_until=None)
    rows.filter(id=present.id).update(role=MachineRole.FORMER, kept_until=kept_until)
    rows.filter(id=coming.id).update(role=MachineRole.PRIMARY)


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


def machine_subjects() -> dict[str, tuple[UUID, str, str]]:
    """For every machine that should exist: its instance, whether that should be running or stopped, and its role."""
    with acting(WORKER):
        rows = Machine.objects.filter(deleted_at__isnull=True)
        found = rows.values_list("name", "instance_id", "instance__desired", "role")
        return {name: (instance, desired, role) for name, instance, desired, role in found}
