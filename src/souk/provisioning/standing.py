"""The hosts of a site with what is promised of each, by where the machines of its services stand."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from souk.provisioning.contract import FRONT
from souk.provisioning.models import MachineRole, ServiceInstance
from souk.sites.placement import Candidate, Room

_CANDIDATES = """
select h.name, d.name, h.online and h.open and h.reachable,
    floor(h.vcpus * h.vcpu_overcommit), floor(h.memory * h.memory_overcommit), floor(h.disk * h.disk_overcommit),
    coalesce(p.vcpus, 0), coalesce(p.memory, 0), coalesce(p.disk, 0)
from sites_host h join sites_rack r on r.id = h.rack_id join sites_powerdomain d on d.id = r.power_domain_id
left join (
    select m.host, sum(case m.role when 'front' then %(front_vcpus)s else i.vcpus end) as vcpus,
        sum(case m.role when 'front' then %(front_memory)s else i.memory end) as memory,
        sum(case m.role when 'front' then %(front_disk)s else i.disk end) as disk
    from provisioning_machine m join provisioning_serviceinstance i on i.id = m.instance_id
    where m.site_id = %(site)s and m.deleted_at is null and m.role in ('primary', 'member', 'front')
      and m.name <> %(but)s
    group by m.host) p on p.host = h.name
where h.site_id = %(site)s order by h.name
"""


def hold(site: UUID) -> None:
    """Let nobody else choose a host of the site until the running transaction ends: two that read the same room would
    both take it. That is for as long as a row takes to be inserted.
    """
    with connection.cursor() as cursor:
        cursor.execute("select 1 from sites_host where site_id = %s order by id for update", [site])


def candidates(site: UUID, *, but: str = "") -> list[Candidate]:
    """A site's hosts by name, with what is promised of each to services. What waits for orders, and what is beside the
    machines that carry a service, is promised to nobody; nor does the machine `but` count.
    """
    values: dict[str, UUID | str | int] = {
        "site": site,
        "but": but,
        "front_vcpus": FRONT.vcpus,
        "front_memory": FRONT.memory,
        "front_disk": FRONT.disk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, values)
        rows = cursor.fetchall()
    found = []
    for name, power_domain, usable, *amounts in rows:
        total, promised = Room(*map(int, amounts[:3])), Room(*map(int, amounts[3:]))
        found.append(Candidate(name, power_domain, usable, total, total.minus(promised)))
    return found


def needed(row: ServiceInstance, role: str) -> Room:
    """What a machine of an instance is promised."""
    size = FRONT if role == MachineRole.FRONT else row.size
    return Room(size.vcpus, size.memory, size.disk)
