"""How a load balancer leads to its members, and how they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.models import OPEN, Attachment, Balance, Operation, OperationKind, ServiceInstance
from souk.provisioning.queries.services import asked_parameters, service
from souk.provisioning.registry import blueprint


@dataclass(frozen=True)
class PoolMemberRow:
    """A member of a pool, called `name` there: a `service` of the project, with its id, or an `address`. How it was
    seen last: `standing` (up, down, resting, unknown, absent) and since when; what the last check found (`result`:
    answered, refused, silent, tls, status, garbage, none), with which `status`; and what it was given, as
    `contract.MemberSeen` says.
    """

    name: str
    service: str
    service_id: UUID | None
    address: str
    port: int
    weight: int
    mode: str
    standing: str
    since: datetime | None
    result: str
    status: int | None
    requests: int
    failed: int
    under_way: int


@dataclass(frozen=True)
class BalancedPoolRow:
    """A pool and its members, in the order that was asked for."""

    name: str
    members: list[PoolMemberRow]


@dataclass(frozen=True)
class BalanceRow:
    """The pools as they were asked for last, and when their members were looked at last (None: not yet). Whether that
    is `changing`; and the `candidates`: services in the same private network.
    """

    pools: list[BalancedPoolRow]
    at: datetime | None
    changing: bool
    candidates: list[str]


def balance(scope: Scope, instance: UUID) -> BalanceRow:
    """A load balancer's pools.

    Raises:
        NotFound, NoPools.
    """
    row = service(scope, instance)
    balancer = blueprint(row.blueprint).balancer
    if balancer is None:
        raise errors.NoPools
    asked = asked_parameters(scope, instance)
    with acting(scope):
        told = Balance.objects.filter(instance_id=instance).first()
        mates = ServiceInstance.objects.filter(project_id=row.project_id).exclude(
            desired__in=["soft_deleted", "deleted"]
        )
        ids = dict(mates.values_list("name", "id"))
        here = Attachment.objects.filter(instance_id=instance, detached_at__isnull=True).values("network_id")
        beside = Attachment.objects.filter(network_id__in=here, detached_at__isnull=True, instance__in=mates)
        candidates = (
            beside.exclude(instance_id=instance).order_by("instance__name").values_list("instance__name", flat=True)
        )
        names = list(candidates)
        changes = Operation.objects.filter(instance_id=instance, kind=OperationKind.CONFIGURE, state__in=OPEN)
        changing = changes.exists()
    seen = {(each["pool"], each["name"]): each for each in (told.members if told else [])}
    pools: dict[str, list[PoolMemberRow]] = {name: [] for name in balancer.pools(asked)}
    for each in balancer.members(asked):
        found = seen.get((each.pool, each.name), {})
        since = found.get("since")
        absent = bool(each.service) and each.service not in names
        pools[each.pool].append(
            PoolMemberRow(
                each.name,
                each.service,
                ids.get(each.service),
                each.address,
                each.port,
                each.weight,
                each.mode.value,
                "absent" if absent else found.get("standing", "unknown"),
                datetime.fromisoformat(since) if since and not absent else None,
                "none" if absent else found.get("result", "none"),
                found.get("status"),
                found.get("requests", 0),
                found.get("failed", 0),
                found.get("under_way", 0),
            )
        )
    rows = [BalancedPoolRow(name, members) for name, members in pools.items()]
    return BalanceRow(rows, told.at if told else None, changing, names)
