"""Members of a load balancer's pools: who may be one, and what each takes of what comes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from souk.kernel import events
from souk.kernel.scope import Scope, acting
from souk.provisioning import errors
from souk.provisioning.balancing import wake_beside
from souk.provisioning.commands.operations import GONE, alive, wish
from souk.provisioning.contract import Balancer, MemberMode, PoolMember
from souk.provisioning.models import OPEN, Attachment, Operation, OperationKind, ServiceInstance
from souk.provisioning.queries.services import asked_parameters
from souk.provisioning.registry import balancers, blueprint
from souk.provisioning.schema import complete

HEAVIEST = 256


def change_member(
    scope: Scope, instance: UUID, pool: str, member: str, *, mode: str | None = None, weight: int | None = None
) -> UUID:
    """Ask for a member of a pool to take what comes, nothing new, or nothing at all; and which share. `member` is what
    it is called there, such as `shop:80`. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, NoPools, PoolMissing, MemberMissing, UnknownMode,
        WeightOutOfBounds.
    """
    with acting(scope):
        row, balancer, asked, members = _pools(scope, instance, pool)
        found = next((each for each in members if (each.pool, each.name) == (pool, member)), None)
        if found is None:
            raise errors.MemberMissing(member=member, pool=pool)
        if mode is not None and mode not in [*MemberMode]:
            raise errors.UnknownMode
        if weight is not None and not 1 <= weight <= HEAVIEST:
            raise errors.WeightOutOfBounds
        changed = replace(
            found,
            mode=found.mode if mode is None else MemberMode(mode),
            weight=found.weight if weight is None else weight,
        )
        others = [changed if each == found else each for each in members]
        return _configure(scope, row, balancer.having(asked, others))


def add_member(
    scope: Scope, instance: UUID, pool: str, *, service: str = "", address: str = "", port: int, weight: int = 100
) -> UUID:
    """Ask for one more member of a pool: a service of the project, or an address in its private network. Returns the
    operation.

    Raises:
        As `change_member` and `check_members`; InvalidParameters: it is there already, or there are too many.
    """
    with acting(scope):
        row, balancer, asked, members = _pools(scope, instance, pool)
        if not 1 <= weight <= HEAVIEST:
            raise errors.WeightOutOfBounds
        more = PoolMember(pool, " ".join(service.split()), address.strip(), port, weight, MemberMode.ACTIVE)
        changes = balancer.having(asked, [*members, more])
        kind = blueprint(row.blueprint)
        check_members(row, complete(kind.schema(), {**asked, **changes}, kind.check), asked)
        return _configure(scope, row, changes)


def remove_member(scope: Scope, instance: UUID, pool: str, member: str) -> UUID:
    """Ask for a pool to have a member less; what it is answering ends. Returns the operation.

    Raises:
        NotFound, RoleTooLow, ServiceGone, ServiceSuspended, NoPools, PoolMissing, MemberMissing.
    """
    with acting(scope):
        row, balancer, asked, members = _pools(scope, instance, pool)
        others = [each for each in members if (each.pool, each.name) != (pool, member)]
        if len(others) == len(members):
            raise errors.MemberMissing(member=member, pool=pool)
        return _configure(scope, row, balancer.having(asked, others))


def _pools(
    scope: Scope, instance: UUID, pool: str
) -> tuple[ServiceInstance, Balancer, dict[str, Any], list[PoolMember]]:
    row = alive(scope, instance)
    balancer = blueprint(row.blueprint).balancer
    if balancer is None:
        raise errors.NoPools
    asked = asked_parameters(scope, instance)
    if pool not in balancer.pools(asked):
        raise errors.PoolMissing(pool=pool)
    return row, balancer, asked, list(balancer.members(asked))


def _configure(scope: Scope, row: ServiceInstance, parameters: Mapping[str, Any]) -> UUID:
    return wish(scope, row, OperationKind.CONFIGURE, {"parameters": dict(parameters)})


def check_members(
    row: ServiceInstance, parameters: Mapping[str, Any], before: Mapping[str, Any], *, beginning: bool = False
) -> None:
    """See that an instance may lead to whom it would with these parameters, if it did not `before`: services of its own
    project and addresses in its private network, and nobody else. Of one that is `beginning` a service may come later.

    Raises:
        MemberUnknown, MemberItself, MemberNotInNetwork, BalancerNotInNetwork, MemberAddressOutside, MemberAddressOwn.
    """
    balancer = blueprint(row.blueprint).balancer
    if balancer is None:
        return
    known = {(each.service, each.address) for each in balancer.members(before)}
    wanted = {(each.service, each.address) for each in balancer.members(parameters)} - known
    here = Attachment.objects.select_related("network").filter(instance=row, detached_at__isnull=True).first()
    for service, address in sorted(wanted):
        if service:
            _check_service(row, here, service, beginning=beginning)
        else:
            _check_address(here, address)


def _check_service(row: ServiceInstance, here: Attachment | None, name: str, *, beginning: bool) -> None:
    if name == row.name:
        raise errors.MemberItself(name=name)
    there = ServiceInstance.objects.filter(project_id=row.project_id, name=name).exclude(desired__in=GONE).first()
    if there is None:
        if beginning:
            return
        raise errors.MemberUnknown(name=name)
    if here is None:
        raise errors.BalancerNotInNetwork
    inside = Attachment.objects.filter(instance=there, network=here.network, detached_at__isnull=True)
    if not beginning and not inside.exists():
        raise errors.MemberNotInNetwork(name=name, network=here.network.name)


def _check_address(here: Attachment | None, text: str) -> None:
    if here is None:
        raise errors.BalancerNotInNetwork
    subnet = ipaddress.IPv4Network(f"{here.network.subnet}/{here.network.prefix_length}")
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        address = None
    if address is None or address not in subnet:
        raise errors.MemberAddressOutside(address=text, network=here.network.name, subnet=str(subnet))
    if address in (subnet.network_address, subnet.broadcast_address) or str(address) == here.address:
        raise errors.MemberAddressOwn(address=text)


def follow_name(row: ServiceInstance, before: str) -> None:
    """Have the load balancers of a service's project know it by its new name, in the running transaction."""
    _rewrite(row, lambda each: replace(each, service=row.name) if each.service == before else each)
    wake_beside(row)


def leave_pools(row: ServiceInstance) -> None:
    """Take a service of which nothing is left out of the pools of its project, in the running transaction; whose they
    are is told.
    """
    _rewrite(row, lambda each: None if each.service == row.name else each)
    wake_beside(row)


def _rewrite(row: ServiceInstance, become: Any) -> None:
    there = ServiceInstance.objects.select_for_update().filter(project_id=row.project_id, blueprint__in=balancers())
    for each in there.exclude(desired__in=GONE).exclude(id=row.id).order_by("id"):
        balancer = blueprint(each.blueprint).balancer
        assert balancer is not None, "only such are asked for"
        if (changed := _become(balancer, each.parameters, become)) is not None:
            each.parameters = {**each.parameters, **changed}
            each.save(update_fields=["parameters"])
            data = {"name": row.name}
            events.record("service.members_changed", ("service", each.id), organization=each.organization_id, data=data)
        asked = Operation.objects.filter(instance=each, kind=OperationKind.CONFIGURE, state__in=OPEN)
        for operation in asked:
            given = operation.details["parameters"]
            whole = {**each.parameters, **given}
            changed = _become(balancer, whole, become)
            if changed is not None and changed.keys() & given.keys():
                operation.details = {**operation.details, "parameters": {**given, **changed}}
                operation.save(update_fields=["details"])


def _become(balancer: Balancer, parameters: Mapping[str, Any], become: Any) -> dict[str, Any] | None:
    """The parameters that change so that each member is what it becomes, or is none; None if nothing does."""
    members = list(balancer.members(parameters))
    others = [other for each in members if (other := become(each)) is not None]
    return None if others == members else balancer.having(parameters, others)
