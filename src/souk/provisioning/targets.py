"""Services that should answer now, with what it takes to look at them from outside.

For the worker: it opens their passwords.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from souk.kernel import secrets
from souk.kernel.scope import System, acting
from souk.provisioning import registry
from souk.provisioning.contract import Blueprint, Credentials, Size, Wanted
from souk.provisioning.models import SETTLED
from souk.sites import authority

_TARGETS = """
select i.id, i.organization_id, i.site_id, i.blueprint, i.name, i.parameters, i.vcpus, i.memory, i.disk, i.members,
    i.extra_disk, m.name,
    coalesce(f.name, m.name), e.hostname, host(e.address), b.username, b.database, b.sealed_password
from provisioning_serviceinstance i
join lateral (select name from provisioning_machine where instance_id = i.id and role in ('primary', 'member')
              and deleted_at is null order by duty = 'leads' desc, number limit 1) m on true
left join provisioning_machine f on f.instance_id = i.id and f.role = 'front' and f.deleted_at is null
join provisioning_endpoint e on e.instance_id = i.id
join provisioning_binding b on b.instance_id = i.id and b.name = 'default' and b.revoked_at is null
where i.desired = 'running' and i.state = 'ready' and (%(only)s::uuid[] is null or i.id = any(%(only)s))
    and not exists (select 1 from provisioning_operation o where o.instance_id = i.id
                    and o.state in ('queued', 'running') and o.kind = any(%(settled)s))
order by i.id
"""


@dataclass(frozen=True)
class Target:
    """A service to look at: its machine's name (the one that leads), that of the one which clients connect to (its
    `face`), and how to use it as its customer does.
    """

    instance: UUID
    organization: UUID
    machine: str
    face: str
    blueprint: Blueprint
    wanted: Wanted
    credentials: Credentials = field(repr=False)
    authority: str = field(repr=False)


def targets(only: Sequence[UUID] | None = None) -> list[Target]:
    """Every service that is ready and should run, or `only` some. One that is being changed is left out: what its
    customer asked for is no outage.
    """
    known = registry.blueprints()
    with acting(System("monitoring")), connection.cursor() as cursor:
        cursor.execute(_TARGETS, {"only": None if only is None else list(only), "settled": sorted(map(str, SETTLED))})
        rows = [row for row in cursor.fetchall() if row[3] in known]
        authorities = {site: authority.certificate(site) for site in {row[2] for row in rows}}
    return [_target(row, known[row[3]], authorities[row[2]]) for row in rows]


def _target(row: Sequence[Any], blueprint: Blueprint, trusted: str) -> Target:
    (
        identifier,
        organization,
        _,
        _,
        name,
        parameters,
        vcpus,
        memory,
        disk,
        members,
        extra_disk,
        machine,
        face,
        hostname,
        address,
        *way_in,
    ) = row
    username, database, sealed = way_in
    password = secrets.ring("master").open(bytes(sealed), f"binding:{identifier}:default").decode()
    size = Size(vcpus, memory, disk, members, extra_disk)
    wanted = Wanted(identifier, name, msgspec.json.decode(parameters), size, hostname, address)
    credentials = Credentials(username, password, database)
    return Target(identifier, organization, machine, face, blueprint, wanted, credentials, trusted)
