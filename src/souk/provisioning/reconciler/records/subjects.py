"""An instance as the reconciler reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from souk.engines.contract import Card
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning.contract import Neighbour, Wanted
from souk.provisioning.coordination import coordination_name
from souk.provisioning.models import (
    OPEN,
    SETTLED,
    Binding,
    InstanceState,
    Machine,
    MachineRole,
    ServiceInstance,
)
from souk.provisioning.registry import balancers, blueprint
from souk.provisioning.storage import storage_name
from souk.sites import queries as sites

WORKER = System("reconciler")


RENEW_BEFORE = timedelta(days=30)
"""A certificate is renewed this long before it ends."""


CARRYING = (MachineRole.PRIMARY, MachineRole.FRONT, MachineRole.MEMBER)


@dataclass(frozen=True)
class Assigned:
    """An instance's machine: its row exists before the machine does."""

    name: str
    address: str
    image: str
    fresh: bool
    role: MachineRole = MachineRole.PRIMARY
    number: int = 1
    fingerprint: str = ""
    host: str = ""


@dataclass(frozen=True)
class Attached:
    """The private network that an instance should be in: its card there, and how long the subnet's prefix is."""

    card: Card
    prefix_length: int


@dataclass(frozen=True)
class Subject:
    """An instance as the reconciler needs it.

    `settling`: something was asked of its state that is not reached yet; `asked`: something is to be done to it, or
    falls due. `certificate_until` is when its endpoint's certificate ends, if it has one; `certified` are the names of
    the customer's own that are in it, `own_names` those that should be; so are `certified_private` and `private`.
    `leaving` are attachments to private networks that it should be in no more, while a machine may have a card there.
    `public_address` is where the world is to reach it, if at all, `certified_public` what its certificate says of that;
    `withdrawing` are addresses that it should have no more, and may still be led by. `neighbours` are who is in the
    private network of a load balancer, `told_neighbours` what it was told of that.
    """

    row: ServiceInstance
    domain: str
    machines: tuple[Assigned, ...]
    binding: Binding | None
    settling: bool
    asked: bool
    certificate_until: datetime | None
    own_names: tuple[str, ...] = ()
    certified: tuple[str, ...] = ()
    attached: Attached | None = None
    certified_private: tuple[str, ...] = ()
    leaving: tuple[UUID, ...] = ()
    public_address: str = ""
    certified_public: tuple[str, ...] = ()
    withdrawing: tuple[UUID, ...] = ()
    neighbours: Mapping[str, Neighbour] = field(default_factory=dict)
    told_neighbours: str = ""

    @property
    def steady(self) -> bool:
        """Whether it should just run as it did: nothing to configure, no certificate to make anew."""
        renewed = self.certificate_until is not None and self.certificate_until - RENEW_BEFORE > clock.now()
        wanted = (self.own_names, self.private, self.public)
        certified = renewed and wanted == (self.certified, self.certified_private, self.certified_public)
        certified = certified and self.neighbours_token == self.told_neighbours
        return not self.settling and certified and self.row.state == InstanceState.READY and self.faces is not None

    @property
    def machine(self) -> Assigned | None:
        """The machine that carries the service alone, if one does."""
        return next((one for one in self.machines if one.role == MachineRole.PRIMARY), None)

    @property
    def faces(self) -> Assigned | None:
        """The machine that clients connect to."""
        return self.machine or self.machine_as(MachineRole.FRONT)

    @property
    def carriers(self) -> tuple[Assigned, ...]:
        """Every machine that carries the service, the one in front first; none that is beside them."""
        return tuple(one for one in self.machines if one.role in CARRYING)

    @property
    def left_over(self) -> tuple[Assigned, ...]:
        """What is in front of a machine that carries the service alone, and is to do so: it was one of several."""
        if self.machine is None or self.row.members > 1:
            return ()
        return tuple(one for one in self.machines if one.role == MachineRole.FRONT)

    @property
    def members(self) -> tuple[Assigned, ...]:
        """The machines that run the service together, by number."""
        return tuple(one for one in self.machines if one.role == MachineRole.MEMBER)

    def machine_as(self, role: MachineRole, number: int = 1) -> Assigned | None:
        """The machine of a role, if it has a row."""
        return next((one for one in self.machines if (one.role, one.number) == (role, number)), None)

    @property
    def serves_neighbours(self) -> bool:
        """Whether others on its network may reach it: only what the platform runs for itself there."""
        row = self.row
        if not blueprint(row.blueprint).serves_neighbours:
            return False
        issuer = sites.site(row.site_id).issuer_organization_id
        return row.organization_id == issuer and row.name in (storage_name(row.site_id), coordination_name(row.site_id))

    @property
    def hostname(self) -> str:
        """The endpoint's stable DNS name."""
        return f"{self.row.label}.{self.domain}"

    @property
    def private_hostname(self) -> str:
        """The DNS name that means its address in a private network."""
        return f"{self.row.label}.private.{self.domain}"

    @property
    def private(self) -> tuple[str, ...]:
        """Its name and its address in its private network; nothing without one."""
        return (self.private_hostname, self.attached.card.address) if self.attached else ()

    @property
    def public_hostname(self) -> str:
        """The DNS name that means its public address."""
        return f"{self.row.label}.public.{self.domain}"

    @property
    def public(self) -> tuple[str, ...]:
        """That name and its public address; nothing without one."""
        return (self.public_hostname, self.public_address) if self.public_address else ()

    @property
    def also(self) -> tuple[str, ...]:
        """What its certificate is good for beside its endpoint: names, and addresses."""
        return (*self.own_names, *self.private, *self.public, *self._any_below)

    @property
    def neighbours_token(self) -> str:
        """What tells who is in its private network from whoever else may be; nothing where that does not matter."""
        if not self.neighbours:
            return ""
        told = msgspec.json.encode(self.neighbours, order="deterministic")
        return hashlib.blake2b(told, digest_size=16).hexdigest()

    @property
    def _any_below(self) -> tuple[str, ...]:
        names = (self.hostname, *self.private[:1], *self.public[:1])
        return tuple(f"*.{name}" for name in names) if blueprint(self.row.blueprint).names_below else ()

    @property
    def below(self) -> tuple[str, ...]:
        """Names below the endpoint's that mean its address, too: one for each that its keeper keeps."""
        kind = blueprint(self.row.blueprint)
        if not kind.names_below or kind.keeper is None:
            return ()
        return tuple(f"{name}.{self.hostname}" for name in kind.keeper.names(self.row.parameters))

    def wanted(self, address: str) -> Wanted:
        """What the blueprint is asked to produce on the machine at `address`."""
        return Wanted(
            instance=self.row.id,
            name=self.row.name,
            parameters=self.row.parameters,
            size=self.row.size,
            hostname=self.hostname,
            address=address,
            names=(self.hostname, self.private_hostname, self.public_hostname),
            neighbours=self.neighbours,
        )


# One statement, and none that is compiled anew: a thousand instances that drift at once are loaded a thousand times.
_LOAD = """
select i.*, s.domain as domain, e.certificate_expires_at as certificate_until,
    exists(select from provisioning_operation o where o.instance_id = i.id and o.state = any(%(open)s)
           and o.kind = any(%(settled)s)) as settling,
    exists(select from provisioning_operation o where o.instance_id = i.id and o.state = any(%(open)s)
           and o.kind <> all(%(settled)s) and (o.not_before is null or o.not_before <= %(now)s))
        or exists(select from provisioning_binding b where b.instance_id = i.id and b.revoked_at is null
                  and b.former_until <= %(now)s)
        or exists(select from provisioning_machine m where m.instance_id = i.id and m.deleted_at is null
                  and m.kept_until <= %(now)s)
        or exists(select from provisioning_export x where x.instance_id = i.id and x.deleted_at is null
                  and x.expires_at <= %(now)s)
        or exists(select from provisioning_ownname w where w.instance_id = i.id and w.removed_at is null
                  and w.look_at <= %(now)s)
        or exists(select from provisioning_zone z where z.instance_id = i.id
                  and ((z.removed_at is null and (z.served_version <> z.version or z.look_at <= %(now)s))
                       or (z.removed_at is not null and z.served_version > 0))) as asked,
    (select coalesce(jsonb_agg(jsonb_build_array(m.name, host(m.address), m.image, m.role, m.number,
                                                  m.fingerprint, m.host)
                               order by m.role, m.number), '[]')::text
     from provisioning_machine m where m.instance_id = i.id and m.deleted_at is null) as machines_now,
    coalesce(e.names, '[]')::text as certified,
    (select coalesce(jsonb_agg(n.name order by n.name), '[]')::text from provisioning_ownname n
     where n.instance_id = i.id and n.proved_at is not null and n.removed_at is null) as proved_names,
    (select jsonb_build_array(n.bridge, host(a.address), n.prefix_length)::text from provisioning_attachment a
     join provisioning_privatenetwork n on n.id = a.network_id
     where a.instance_id = i.id and a.detached_at is null) as attached_now,
    (select coalesce(jsonb_agg(a.id), '[]')::text from provisioning_attachment a
     where a.instance_id = i.id and a.detached_at is not null and a.released_at is null) as left_now,
    case when e.private_hostname = '' then '[]'
         else jsonb_build_array(e.private_hostname, host(e.private_address))::text end as certified_private,
    (select host(p.address) from provisioning_publicaddress p
     where p.instance_id = i.id and p.detached_at is null) as public_now,
    case when e.public_hostname = '' then '[]'
         else jsonb_build_array(e.public_hostname, host(e.public_address))::text end as certified_public,
    (select coalesce(jsonb_agg(p.id), '[]')::text from provisioning_publicaddress p
     where p.instance_id = i.id and p.detached_at is not null and p.withdrawn_at is null) as withdrawing_now,
    case when i.blueprint = any(%(balancers)s) then (
        select coalesce(jsonb_object_agg(o.name, jsonb_build_array(host(x.address), f.private_hostname)), '{}')::text
        from provisioning_attachment here
        join provisioning_attachment x on x.network_id = here.network_id and x.detached_at is null
        join provisioning_serviceinstance o on o.id = x.instance_id and o.id <> i.id
             and o.desired not in ('soft_deleted', 'deleted')
        join provisioning_endpoint f on f.instance_id = o.id and f.private_address = x.address
        where here.instance_id = i.id and here.detached_at is null)
    end as neighbours_now,
    coalesce(e.told_neighbours, '') as told
from provisioning_serviceinstance i join sites_site s on s.id = i.site_id
    left join provisioning_endpoint e on e.instance_id = i.id
where i.id = %(instance)s
"""
_BINDING = """
select * from provisioning_binding where instance_id = %s and name = 'default' and revoked_at is null limit 1
"""


def load(instance: UUID) -> Subject:
    """Read an instance with its site's domain, its machine, and whether something is to be done to it."""
    values = {
        "instance": instance,
        "open": list(OPEN),
        "settled": list(SETTLED),
        "now": clock.now(),
        "balancers": balancers(),
    }
    with acting(WORKER):
        row: Any = next(iter(ServiceInstance.objects.raw(_LOAD, values)), None)
        binding = next(iter(Binding.objects.raw(_BINDING, [instance])), None)
    if row is None:
        raise ServiceInstance.DoesNotExist(str(instance))
    machines, certified, proved = (
        msgspec.json.decode(told) for told in (row.machines_now, row.certified, row.proved_names)
    )
    return Subject(
        row,
        row.domain,
        tuple(_assigned(*one) for one in machines),
        binding,
        row.settling,
        row.asked,
        row.certificate_until,
        tuple(proved),
        tuple(certified),
        _attached(row.attached_now),
        tuple(msgspec.json.decode(row.certified_private or "[]")),
        tuple(msgspec.json.decode(row.left_now, type=list[UUID])),
        row.public_now or "",
        tuple(msgspec.json.decode(row.certified_public or "[]")),
        tuple(msgspec.json.decode(row.withdrawing_now, type=list[UUID])),
        _neighbours(row.neighbours_now),
        row.told,
    )


def _attached(told: str | None) -> Attached | None:
    if told is None:
        return None
    bridge, address, prefix_length = msgspec.json.decode(told)
    return Attached(Card(bridge, address), prefix_length)


def _neighbours(told: str | None) -> dict[str, Neighbour]:
    known = msgspec.json.decode(told or "{}", type=dict[str, tuple[str, str]])
    return {name: Neighbour(address, hostname) for name, (address, hostname) in sorted(known.items())}


def machines_of(instance: UUID) -> tuple[Assigned, ...]:
    """The instance's machines that have a row, each role's by number."""
    with acting(WORKER):
        rows = Machine.objects.filter(instance_id=instance, deleted_at__isnull=True).order_by("role", "number")
        known = rows.values_list("name", "address", "image", "role", "number", "fingerprint", "host")
        return tuple(_assigned(*one) for one in known)


def _assigned(name: str, address: str, image: str, role: str, number: int, fingerprint: str, host: str) -> Assigned:
    return Assigned(name, address, image, False, MachineRole(role), number, fingerprint, host)
