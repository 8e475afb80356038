"""Where machines stand: the host of each is chosen and recorded before the machine is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection

from souk.kernel.scope import acting
from souk.provisioning.models import Machine, MachineRole, ServiceInstance
from souk.provisioning.reconciler.records.subjects import CARRYING, WORKER, Assigned, Subject
from souk.provisioning.standing import candidates, hold, needed
from souk.sites.placement import NO_ROOM, Candidate, Room, choose


class NoRoom(RuntimeError):
    """No host of the site that takes new machines has room for this one."""


def host_of(subject: Subject, machine: Assigned) -> str:
    """The host on which a machine that is not there is to be made: the one that is recorded, if machines can be made on
    it still, else another one.

    Raises:
        NoRoom.
    """
    with acting(WORKER):
        if not machine.host:
            return ""
        hosts = candidates(subject.row.site_id, but=machine.name)
        if any(host.name == machine.host and host.usable for host in hosts):
            return machine.host
        chosen = choose_host(subject.row, machine.role, but=machine.name)
        Machine.objects.filter(name=machine.name, deleted_at__isnull=True).update(host=chosen)
    return chosen


def stand_on(subject: Subject, machine: Assigned, host: str) -> bool:
    """Let a machine be one of this host's, if there is room for it; whether there is."""
    with acting(WORKER):
        hold(subject.row.site_id)
        hosts = [each for each in candidates(subject.row.site_id, but=machine.name) if each.name == host]
        if choose(hosts, needed(subject.row, machine.role), []) is None:
            return False
        Machine.objects.filter(name=machine.name, deleted_at__isnull=True).update(host=host)
    return True


def stand_elsewhere(subject: Subject, machine: Assigned, host: str) -> str:
    """Let a machine be one of another host's than this one; which one, in the caller's transaction.

    Raises:
        NoRoom.
    """
    chosen = choose_host(subject.row, machine.role, but=machine.name, not_on=host)
    if chosen:
        Machine.objects.filter(name=machine.name, deleted_at__isnull=True).update(host=chosen)
    return chosen


def choose_host(row: ServiceInstance, role: MachineRole, *, but: str = "", not_on: str = "") -> str:
    """A host for a machine of an instance, in the caller's transaction, until whose end nobody else chooses at the
    site; nothing where no host was seen yet. What the machine `but` takes does not count: it is the one to be placed.

    What comes and goes beside the machine that carries a service stands where that one does, since nobody promised its
    room, and what it copies need not go over the network.

    Raises:
        NoRoom.
    """
    hold(row.site_id)
    hosts = [host for host in candidates(row.site_id, but=but) if host.name != not_on]
    if not hosts and not not_on:
        return ""
    if role not in CARRYING and (here := _beside_present(row, hosts)):
        return here
    beside = _alike(row, but) if role in (MachineRole.MEMBER, MachineRole.FRONT) else []
    chosen = choose(hosts, needed(row, role), beside)
    if chosen is None and role not in CARRYING:
        chosen = choose(hosts, NO_ROOM, beside)
    if chosen is None:
        raise NoRoom
    return chosen.name


def choose_for_pool(site: UUID, size: Room) -> str:
    """A host for a machine that waits, in the caller's transaction; nothing where no host was seen yet.

    Raises:
        NoRoom.
    """
    hosts = candidates(site)
    chosen = choose(hosts, size, [])
    if hosts and chosen is None:
        raise NoRoom
    return chosen.name if chosen else ""


def _alike(row: ServiceInstance, but: str) -> list[str]:
    members = Machine.objects.filter(
        instance=row, deleted_at__isnull=True, role__in=[MachineRole.MEMBER, MachineRole.PRIMARY]
    )
    return list(members.exclude(name=but).exclude(host="").values_list("host", flat=True))


def _beside_present(row: ServiceInstance, hosts: Sequence[Candidate]) -> str:
    present = Machine.objects.filter(
        instance=row, deleted_at__isnull=True, role__in=[MachineRole.PRIMARY, MachineRole.MEMBER]
    )
    where = present.order_by("role", "number").values_list("host", flat=True)
    usable = {host.name for host in hosts if host.usable}
    return next((name for name in where if name in usable), "")


def note_hosts(seen: Mapping[str, str]) -> int:
    """Record where the engine shows machines, by name, that are not being worked on; how many stood elsewhere."""
    with acting(WORKER), connection.cursor() as cursor:
        cursor.execute(
            "update provisioning_machine m set host = seen.host from unnest(%s::text[], %s::text[]) as seen(name, host)"
            " where m.name = seen.name and m.deleted_at is null and m.host <> seen.host and not exists ("
            " select from provisioning_convergence c where c.subject = m.instance_id and c.lease_until > now())",
            [list(seen), list(seen.values())],
        )
        return int(cursor.rowcount)


def note_host(machine: str, host: str) -> None:
    """Record where the engine shows a machine, by whoever works on it."""
    with acting(WORKER):
        Machine.objects.filter(name=machine, deleted_at__isnull=True).update(host=host)
