"""Pools of machines that wait ready, and the taking of one: a machine is taken once, whoever asks at the same time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from souk.kernel import clock, secrets
from souk.kernel.ids import new_id, short
from souk.kernel.scope import acting
from souk.provisioning.contract import Blueprint, ServerCertificate
from souk.provisioning.models import Machine, MachineRole, ServiceInstance, WarmMachine, WarmPool
from souk.provisioning.pools import ensure_pool, wake_pool
from souk.provisioning.reconciler.lease import Lease
from souk.provisioning.reconciler.records.machines import free_address
from souk.provisioning.reconciler.records.standing import choose_for_pool
from souk.provisioning.reconciler.records.subjects import WORKER, Subject
from souk.sites.models import Host, Site
from souk.sites.placement import Room

DEMAND = timedelta(hours=1)
"""As many machines wait as were ordered in this time."""

ENOUGH = timedelta(days=60)
"""How long the certificate of a machine that is taken must still be good."""

_REFILL_AFTER = 0.5
"""Seconds: who has just got a machine uses the processors first."""

_TAKE = """
with found as (
    select w.id, w.machine_id, w.sealed_password, w.certificate, w.certificate_expires_at
    from provisioning_warmmachine w join provisioning_machine m on m.id = w.machine_id
    where w.pool_id = %(pool)s and w.ready_at is not null and w.taken_at is null and m.deleted_at is null
      and w.certificate_expires_at > %(enough)s
    order by w.ready_at limit 1 for update of w skip locked),
taken as (
    update provisioning_warmmachine w set taken_at = %(now)s, sealed_password = ''
    from found where w.id = found.id),
machine as (
    update provisioning_machine m set instance_id = %(instance)s, organization_id = %(organization)s, role = 'primary'
    from found where m.id = found.machine_id returning m.name),
labelled as (
    update provisioning_serviceinstance i set label = regexp_replace(machine.name, '-[0-9]+$', '')
    from machine where i.id = %(instance)s)
select found.id, found.sealed_password, found.certificate, found.certificate_expires_at from found, machine
"""

_ROOM = """
select c.vcpus + w.vcpus + %(vcpus)s <= c.vcpu_limit and c.memory + w.memory + %(memory)s <= c.memory_limit
    and c.disk + w.disk + %(disk)s <= c.disk_limit
from sites_capacity c, (
    select coalesce(sum(p.vcpus), 0) as vcpus, coalesce(sum(p.memory), 0) as memory, coalesce(sum(p.disk), 0) as disk
    from provisioning_warmpool p join provisioning_warmmachine m on m.pool_id = p.id
    where p.site_id = %(site)s and m.taken_at is null) w
where c.site_id = %(site)s
"""


@dataclass(frozen=True)
class Taken:
    """A machine that waited, as it is handed over: the password that makes it a customer's, and its certificate."""

    password: str
    certificate: str
    expires_at: datetime


@dataclass(frozen=True)
class Pool:
    """A pool with its site's domain, and how many machines should wait in it now."""

    row: WarmPool
    domain: str
    target: int


@dataclass(frozen=True)
class Waiting:
    """A machine of a pool; `fit` says whether it is ready, its certificate good for long enough, and its host open."""

    id: UUID
    name: str
    address: str
    made_from: str
    fit: bool
    host: str = ""


def take_warm(lease: Lease, subject: Subject) -> Taken | None:
    """Give an instance that has no machine one that waits ready, its name with it; None if none does.

    The pool is told, so that another one is made; a size that nobody ordered before has a pool from now on.

    Raises:
        Fenced.
    """
    row, now = subject.row, clock.now()
    with acting(WORKER):
        ServiceInstance.objects.select_for_update().get(id=row.id)
        lease.hold()
        pool = ensure_pool(row.site_id, row.blueprint, row.size)
        with connection.cursor() as cursor:
            cursor.execute(
                _TAKE,
                {
                    "pool": pool,
                    "enough": now + ENOUGH,
                    "now": now,
                    "instance": row.id,
                    "organization": row.organization_id,
                },
            )
            found = cursor.fetchone()
            wake_pool(cursor, pool, _REFILL_AFTER)
    if found is None:
        return None
    identifier, sealed, certificate, expires_at = found
    password = secrets.ring("master").open(bytes(sealed), context(identifier)).decode()
    return Taken(password, certificate, expires_at)


def load_pool(pool: UUID) -> Pool:
    """A pool as it should be now."""
    with acting(WORKER):
        row = WarmPool.objects.get(id=pool)
        domain = Site.objects.values_list("domain", flat=True).get(id=row.site_id)
        ordered = ServiceInstance.objects.filter(
            site_id=row.site_id,
            blueprint=row.blueprint,
            vcpus=row.vcpus,
            memory=row.memory,
            disk=row.disk,
            members=1,
            extra_disk=0,
            restored_from__isnull=True,
            created_at__gt=clock.now() - DEMAND,
        ).count()
    return Pool(row, domain, min(row.most, max(row.least, ordered)))


def waiting(pool: UUID) -> list[Waiting]:
    """The pool's machines that nobody has, those first that have waited longest; also what a killed attempt left."""
    with acting(WORKER):
        nobodys = WarmMachine.objects.filter(machine__instance__isnull=True, machine__deleted_at__isnull=True)
        enough = clock.now() + ENOUGH
        site = WarmPool.objects.values_list("site_id", flat=True).get(id=pool)
        closed = set(Host.objects.filter(site_id=site, open=False).values_list("name", flat=True))
        return [
            Waiting(
                row.id,
                row.machine.name,
                row.machine.address,
                row.made_from,
                row.ready_at is not None
                and row.taken_at is None
                and row.certificate_expires_at > enough
                and row.machine.host not in closed,
                row.machine.host,
            )
            for row in nobodys.filter(pool_id=pool).select_related("machine").order_by("ready_at", "id")
        ]


def room_for(pool: WarmPool) -> bool:
    """Whether the site could promise one more of this size, beside all that wait: orders come first."""
    with acting(WORKER), connection.cursor() as cursor:
        size = {"vcpus": pool.vcpus, "memory": pool.memory, "disk": pool.disk}
        cursor.execute(_ROOM, {"site": pool.site_id, **size})
        found = cursor.fetchone()
    return found is not None and bool(found[0])


def begin_warm(
    lease: Lease, pool: Pool, blueprint: Blueprint, made_from: str, password: str, avoid: Collection[str]
) -> Waiting:
    """A row, a name, a host and an address for a machine that is to wait.

    Raises:
        Fenced, NoAddress, NoRoom.
    """
    identifier, label = new_id(), f"{blueprint.prefix}-{short(new_id())}"
    with acting(WORKER):
        lease.hold()
        host = choose_for_pool(pool.row.site_id, Room(pool.row.vcpus, pool.row.memory, pool.row.disk))
        address = free_address(pool.row.site_id, avoid, platform=False)
        machine = Machine.objects.create(
            site_id=pool.row.site_id,
            name=f"{label}-1",
            address=address,
            image=blueprint.recipe.alias,
            host=host,
            role=MachineRole.WARM,
            created_at=clock.now(),
        )
        WarmMachine.objects.create(
            id=identifier,
            pool=pool.row,
            machine=machine,
            made_from=made_from,
            sealed_password=secrets.ring("master").seal(password.encode(), context(identifier)),
            certificate="",
            certificate_expires_at=clock.now(),
        )
    return Waiting(identifier, machine.name, address, made_from, fit=False, host=host)


def now_waits(lease: Lease, machine: Waiting, certificate: ServerCertificate, expires_at: datetime) -> None:
    """Record that a machine waits ready.

    Raises:
        Fenced.
    """
    with acting(WORKER):
        lease.hold()
        WarmMachine.objects.filter(id=machine.id, taken_at__isnull=True).update(
            ready_at=clock.now(), certificate=certificate.certificate, certificate_expires_at=expires_at
        )


def give_up_warm(machine: Waiting) -> bool:
    """Let nobody take a machine any more, before it is deleted; False if somebody has it by now."""
    with acting(WORKER):
        rows = WarmMachine.objects.filter(id=machine.id, machine__instance__isnull=True)
        return bool(rows.update(taken_at=clock.now(), sealed_password=b""))


def forget_warm(machine: Waiting) -> None:
    """Give up the row of a machine that is gone, its address with it."""
    with acting(WORKER):
        Machine.objects.filter(name=machine.name, instance__isnull=True).update(deleted_at=clock.now())


def kept_warm(lease: Lease, pool: Pool, again_in: timedelta, trouble: str = "") -> None:
    """Give the pool's work item back, and say what is wrong with it, if anything.

    Raises:
        Fenced.
    """
    with acting(WORKER):
        lease.finish(clock.now() + again_in)
        WarmPool.objects.filter(id=pool.row.id).update(trouble=trouble[:300])


def context(warm: UUID) -> str:
    """What the password of a machine that waits is sealed for."""
    return f"warm:{warm}"
