"""Making service instances: promised and recorded in one statement, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, connection, transaction

from souk.kernel import clock
from souk.kernel.ids import new_id, short
from souk.kernel.scope import Scope, acting, actor
from souk.provisioning import errors
from souk.provisioning.commands import attaching, exposing
from souk.provisioning.commands.balancing import check_members
from souk.provisioning.commands.maintenance import orderable
from souk.provisioning.commands.naming import name_service
from souk.provisioning.commands.zones import add_zone
from souk.provisioning.contract import VERSION, Part, Size
from souk.provisioning.models import Attachment, PrivateNetwork, Quota, ServiceInstance, WorkKind
from souk.provisioning.registry import balancers, blueprint, composer_of, schema_of
from souk.provisioning.schema import complete

# One statement, so that the site's promise is locked for as short as can be: what is not promised is not inserted.
_CREATE = """
with promise as (
    update sites_capacity set vcpus = vcpus + %(all_vcpus)s, memory = memory + %(all_memory)s,
        disk = disk + %(all_disk)s
    where site_id = (select s.id from sites_site s join sites_region r on r.id = s.region_id
                     where r.code = %(region)s and s.engine_checked_at is not null order by s.code limit 1)
      and (%(kind)s <> 'instance' or (vcpus + %(all_vcpus)s <= vcpu_limit
           and memory + %(all_memory)s <= memory_limit and disk + %(all_disk)s <= disk_limit))
    returning site_id),
quota as (
    insert into provisioning_quota (organization_id, instance_limit, instances)
    select id, instance_quota, 1 from parties_organization
    where id = %(organization)s and instance_quota > 0 and exists (select 1 from promise)
    on conflict (organization_id) do update
        set instances = provisioning_quota.instances + 1, instance_limit = excluded.instance_limit
        where provisioning_quota.instances < excluded.instance_limit
    returning 1),
instance as (
    insert into provisioning_serviceinstance (id, organization_id, project_id, site_id, region_code, blueprint, name,
        label, parameters, plan_id, part_of, part, vcpus, memory, disk, members, extra_disk, desired, generation,
        observed_generation, state, trouble, created_at, restored_from, restore_until, restored_snapshot,
        allowed, firewall)
    select %(id)s, %(organization)s, %(project)s, site_id, %(region)s, %(blueprint)s, %(name)s, %(label)s,
        %(parameters)s, %(plan)s, %(part_of)s::uuid, %(part)s, %(vcpus)s, %(memory)s, %(disk)s, %(members)s,
        %(extra_disk)s, 'running', 1, 0, 'pending', '', %(now)s,
        %(restored_from)s::uuid, %(restore_until)s::timestamptz, %(restored_snapshot)s::uuid,
        (select allowed from provisioning_serviceinstance where id = %(restored_from)s::uuid),
        (select firewall from provisioning_serviceinstance where id = %(restored_from)s::uuid)
    from promise, quota returning id),
operation as (
    insert into provisioning_operation (id, organization_id, instance_id, kind, generation, state, progress, step, log,
        requested_by, created_at)
    select %(operation)s, %(organization)s, id, 'create', 1, 'queued', 0, '', '[]', %(actor)s, %(now)s from instance),
work as (
    insert into provisioning_convergence (kind, subject, generation, epoch, next_at, attempts, worker)
    select %(kind)s, id, 1, 0, now(), 0, '' from instance)
select (select count(*) from promise), (select count(*) from quota), (select id from instance),
       pg_notify('souk_convergence', '')
"""


_LONGEST_NAME = 63


@dataclass(frozen=True)
class Origin:
    """Whose data a new instance begins with, as it was at `until` (None: the last that was kept), or in a snapshot."""

    instance: UUID
    until: datetime | None
    snapshot: UUID | None = None


@dataclass(frozen=True)
class InstanceDetails:
    """A service instance to be made. `parameters` are complete and valid. It is in the private `network` of that id, in
    its project's first one (`default`), or in none; without a choice, one that begins with another one's data is in
    that one's, if it can be. It is reached from outside of the site only with a `public_address`. `plan` is
    the catalogue's, for what is produced elsewhere or made of others: that has no size. What is made for a stack is
    `part_of` it, under the name `part`.
    """

    organization: UUID
    project: UUID
    region: str
    blueprint: str
    prefix: str
    name: str
    parameters: dict[str, Any]
    size: Size
    origin: Origin | None = None
    network: str = ""
    public_address: bool = False
    plan: UUID | None = None
    part_of: UUID | None = None
    part: str = ""


def clean_name(name: str) -> str:
    """A service's name as it will be kept: any script, no line breaks, 1 to 63 characters.

    Raises:
        InvalidName.
    """
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= _LONGEST_NAME or not cleaned.isprintable():
        raise errors.InvalidName
    return cleaned


def create_instance(scope: Scope, details: InstanceDetails) -> UUID:
    """Promise a site's capacity and an organization's quota, and record the instance, its operation and its work; of a
    stack, those of its parts too, or nothing.

    Raises:
        NameTaken, QuotaExceeded, NoCapacity, UnknownRegion, VersionNotTogether, NetworkMissing, NetworkElsewhere,
        NetworkFull, TooManyPrivateNetworks, NoSubnet, AddressQuotaExceeded, NoPublicAddress,
        ProducedElsewhere, MadeOfParts, and as `zones.add_zone` and `naming.name_service`.
    """
    composed = composer_of(details.blueprint, details.plan)
    parts = [] if composed is None else composed[0].parts(composed[1], details.parameters)
    if composed is not None and details.public_address and not any(part.public for part in parts):
        raise errors.MadeOfParts(name=details.name)
    if composed is None and details.plan is not None and (details.network or details.public_address):
        raise errors.ProducedElsewhere(name=details.name)
    orderable(details.blueprint, details.parameters.get(VERSION), details.size.members)
    with acting(scope):
        identifier = new_id()
        try:
            # Whoever calls this is refused as a whole, so a savepoint would only cost two statements.
            with transaction.atomic(savepoint=False), connection.cursor() as cursor:
                cursor.execute(_CREATE, _values(scope, details, identifier))
                promised, in_quota, made, _ = cursor.fetchone()
                if made is None:
                    raise _refusal(details, bool(promised), bool(in_quota))
                if composed is not None:
                    _make_parts(scope, made, details, parts)
                elif details.network or details.origin:
                    _put_in(made, details)
                if details.blueprint in balancers():
                    row = ServiceInstance.objects.get(id=made)
                    check_members(row, details.parameters, {}, beginning=True)
                if details.public_address and composed is None:
                    exposing.put_in(ServiceInstance.objects.get(id=made))
        except IntegrityError as error:
            if "service_instance_name_once" in str(error):
                raise errors.NameTaken(name=details.name) from error
            raise
        return identifier


def _values(scope: Scope, details: InstanceDetails, identifier: UUID) -> dict[str, Any]:
    """What the statement that records an instance is told."""
    return {
        "id": identifier,
        "operation": new_id(),
        "organization": details.organization,
        "project": details.project,
        "region": details.region,
        "blueprint": details.blueprint,
        "name": clean_name(details.name),
        "label": f"{details.prefix}-{short(identifier)}",
        "parameters": msgspec.json.encode(details.parameters).decode(),
        "plan": details.plan,
        "part_of": details.part_of,
        "part": details.part,
        "kind": _kind(details),
        "vcpus": details.size.vcpus,
        "memory": details.size.memory,
        "disk": details.size.disk,
        "members": details.size.members,
        "extra_disk": details.size.extra_disk,
        **{f"all_{key}": value for key, value in asdict(details.size.promised).items()},
        "now": clock.now(),
        "actor": actor(scope),
        "restored_from": details.origin.instance if details.origin else None,
        "restore_until": details.origin.until if details.origin else None,
        "restored_snapshot": details.origin.snapshot if details.origin else None,
    }


def _kind(details: InstanceDetails) -> WorkKind:
    if details.plan is None:
        return WorkKind.INSTANCE
    return WorkKind.ELSEWHERE if composer_of(details.blueprint, details.plan) is None else WorkKind.STACK


def _make_parts(scope: Scope, stack: UUID, details: InstanceDetails, parts: Sequence[Part]) -> None:
    made = {}
    for part in parts:
        produced = blueprint(part.blueprint)
        made[part.name] = create_instance(
            scope,
            InstanceDetails(
                organization=details.organization,
                project=details.project,
                region=details.region,
                blueprint=part.blueprint,
                prefix=produced.prefix,
                name=_named(details.name, part.name),
                parameters=complete(schema_of(part.blueprint, part.plan), part.parameters, produced.check),
                size=part.size,
                network=details.network if part.plan is None else "",
                public_address=part.public and details.public_address,
                plan=part.plan,
                part_of=stack,
                part=part.name,
            ),
        )
    for part in parts:
        if part.zone:
            add_zone(scope, made[part.name], part.zone)
    for part in parts:
        for name in part.names if part.public and details.public_address else ():
            name_service(scope, made[part.name], name)


def _named(stack: str, part: str) -> str:
    """What a part is called among a project's services."""
    return f"{stack[: _LONGEST_NAME - len(part) - 1]}-{part}"


def _put_in(instance: UUID, details: InstanceDetails) -> None:
    row = ServiceInstance.objects.get(id=instance)
    if details.network:
        attaching.put_in(row, attaching.chosen(row, details.network))
    elif details.origin and (network := _of_origin(row, details.origin)) is not None:
        attaching.put_in(row, network)


def _of_origin(row: ServiceInstance, origin: Origin) -> PrivateNetwork | None:
    """The network of the instance whose data another one begins with, if that can be in it too."""
    there = Attachment.objects.filter(
        instance_id=origin.instance,
        detached_at__isnull=True,
        network__project_id=row.project_id,
        network__site_id=row.site_id,
    )
    network = there.values_list("network_id", flat=True).first()
    if network is None:
        return None
    return PrivateNetwork.objects.select_for_update().get(id=network)


def _refusal(details: InstanceDetails, promised: bool, in_quota: bool) -> Exception:
    if promised and not in_quota:
        quota = Quota.objects.filter(organization_id=details.organization).first()
        return errors.QuotaExceeded(limit=quota.instance_limit if quota else 0, used=quota.instances if quota else 0)
    with connection.cursor() as cursor:
        cursor.execute("select 1 from sites_region where code = %s", [details.region])
        if cursor.fetchone() is None:
            return errors.UnknownRegion(region=details.region)
    return errors.NoCapacity(region=details.region)
