"""What is known of public addresses, of the ranges they come from, and of what passes by them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from souk.kernel.errors import NotFound
from souk.kernel.scope import Operator, Scope, acting
from souk.provisioning import rules
from souk.provisioning.models import (
    OPEN,
    Endpoint,
    Operation,
    OperationKind,
    OperationState,
    PublicAddress,
    ServiceInstance,
)
from souk.provisioning.registry import blueprint
from souk.provisioning.rules import Rule


@dataclass(frozen=True)
class AddressRow:
    """A public address that a project has, on the bill of a service: attaching, ready, detaching, or kept, which leads
    to none.
    """

    id: UUID
    organization_id: UUID
    project_id: UUID
    region_code: str
    address: str
    state: str
    service_id: UUID
    service_name: str
    created_at: datetime


@dataclass(frozen=True)
class RangeRow:
    """A range of public addresses, how many there are in it and how many of them somebody has."""

    id: UUID
    site_id: UUID
    network: str
    addresses: int
    used: int
    created_at: datetime


@dataclass(frozen=True)
class ReachRow:
    """From where a service can be reached: at its public address, if it has one (`state` as of an address, or none),
    by the name that means it.
    """

    state: str
    address_id: UUID | None
    address: str
    hostname: str


@dataclass(frozen=True)
class FirewallRuleRow:
    """A rule of a machine: `ports` is one, a range, or empty for all; no `networks` (None) is everyone."""

    direction: str
    protocol: str
    ports: str
    networks: list[str] | None
    note: str


@dataclass(frozen=True)
class FirewallRow:
    """The rules of a machine as they were asked for last: what changes them begins with these. `changing` while they
    are still to take effect; `undoable` if they were changed before.
    """

    rules: list[FirewallRuleRow]
    changing: bool
    undoable: bool


def addresses(scope: Scope, *, organization: UUID | None = None, project: UUID | None = None) -> list[AddressRow]:
    """Public addresses that projects have, the oldest first."""
    with acting(scope):
        rows = PublicAddress.objects.filter(deletion_accepted_at__isnull=True).select_related("instance__endpoint")
        if organization is not None:
            rows = rows.filter(organization_id=organization)
        if project is not None:
            rows = rows.filter(project_id=project)
        return [_told(row) for row in rows.order_by("id")]


def address(scope: Scope, identifier: UUID) -> AddressRow:
    """One public address.

    Raises:
        NotFound.
    """
    found = next((row for row in addresses(scope) if row.id == identifier), None)
    if found is None:
        raise NotFound
    return found


def reach(scope: Scope, instance: UUID) -> ReachRow:
    """A service's public address.

    Raises:
        NotFound.
    """
    with acting(scope):
        if not ServiceInstance.objects.filter(id=instance).exists():
            raise NotFound
        rows = PublicAddress.objects.filter(instance_id=instance, withdrawn_at__isnull=True)
        row = rows.select_related("instance__endpoint").order_by("detached_at").last()
        if row is None:
            return ReachRow("none", None, "", "")
        state = _state(row)
        endpoint = Endpoint.objects.filter(instance_id=instance).first()
    return ReachRow(state, row.id, row.address, endpoint.public_hostname if endpoint and state == "ready" else "")


def firewall(scope: Scope, instance: UUID) -> FirewallRow | None:
    """The rules of a machine; None of a service that has none.

    Raises:
        NotFound.
    """
    with acting(scope):
        row = ServiceInstance.objects.filter(id=instance).first()
        if row is None:
            raise NotFound
        if not blueprint(row.blueprint).own_rules:
            return None
        changes = Operation.objects.filter(instance=row, kind=OperationKind.FIREWALL)
        coming = changes.filter(state__in=OPEN).order_by("id").last()
        changed = changes.filter(state=OperationState.SUCCEEDED).exists()
    wanted = coming.details["rules"] if coming else row.firewall
    return FirewallRow([told(each) for each in rules.recorded(wanted)], coming is not None, bool(coming or changed))


def asked_rules(scope: Scope, instance: UUID) -> list[FirewallRuleRow]:
    """The rules of a machine as they were asked for last, which is what changes them begins with.

    Raises:
        NotFound.
    """
    found = firewall(scope, instance)
    return found.rules if found else []


def told(rule: Rule) -> FirewallRuleRow:
    """A rule as it is shown."""
    return FirewallRuleRow(rule.direction.value, rule.protocol.value, rule.ports, rule.networks, rule.note)


def ranges(scope: Operator, site: UUID | None = None) -> list[RangeRow]:
    """The ranges that sites give addresses out of, the oldest first."""
    with acting(scope), connection.cursor() as cursor:
        cursor.execute(
            "select r.id, r.site_id, r.network, (2 ^ (32 - masklen(r.network::inet)))::int,"
            " (select count(*) from provisioning_publicaddress a where a.released_at is null"
            "  and a.address <<= r.network::inet), r.created_at"
            " from provisioning_publicrange r"
            " where r.withdrawn_at is null and (r.site_id = %(site)s or %(site)s is null) order by r.created_at",
            {"site": site},
        )
        return [RangeRow(*row) for row in cursor.fetchall()]


def has_ranges(region: str) -> bool:
    """Whether public addresses are given out in a region at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists(select from provisioning_publicrange p join sites_site s on s.id = p.site_id"
            " join sites_region r on r.id = s.region_id where p.withdrawn_at is null and r.code = %s)",
            [region],
        )
        (found,) = cursor.fetchone()
    return bool(found)


def _told(row: PublicAddress) -> AddressRow:
    service: Any = row.instance
    return AddressRow(
        row.id,
        row.organization_id,
        row.project_id,
        row.region_code,
        row.address,
        _state(row),
        service.id,
        service.name,
        row.created_at,
    )


def _state(row: PublicAddress) -> str:
    if row.detached_at is not None:
        return "kept" if row.withdrawn_at is not None else "detaching"
    endpoint = getattr(row.instance, "endpoint", None)
    return "ready" if endpoint is not None and endpoint.public_address == row.address else "attaching"
