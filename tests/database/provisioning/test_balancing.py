"""Load balancers follow those that they lead to: who comes, goes, is renamed or erased, and who may be one at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.support.balancing import Told, order_balancer
from tests.support.example import EXAMPLE
from tests.support.killing import run_until_killed
from tests.support.reconciling import order, settle, work
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import NotFound, Problem
from souk.kernel.meanwhile import ChangedMeanwhile, mark
from souk.kernel.scope import System, acting
from souk.monitoring import vocabulary
from souk.monitoring.alerts.facts import facts
from souk.monitoring.models import LastLook
from souk.provisioning import balancing, commands, errors, registry
from souk.provisioning.contract import (
    CheckResult,
    MemberSeen,
    MemberStanding,
    Neighbour,
)
from souk.provisioning.models import ServiceInstance
from souk.provisioning.networks import attachment, networks
from souk.provisioning.queries import asked_parameters, balance, operation, service
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def told(place: Ground, monkeypatch: pytest.MonkeyPatch) -> Told:
    made = Told()
    monkeypatch.setattr(registry, "blueprints", lambda: {"example": EXAMPLE, "loadbalancer": made})
    return made


@pytest.fixture
def front(place: Ground, buyer: Customer, told: Told) -> UUID:
    """A load balancer that leads to nobody yet, and two services in its network: `un` and `deux`."""
    made = order_balancer(buyer)
    for name in ("un", "deux"):
        commands.attach_instance(buyer.scope, order(buyer, name))
    settle(place)
    return made


def _id(buyer: Customer, name: str) -> UUID:
    with acting(System("test")):
        return ServiceInstance.objects.get(name=name, organization_id=buyer.organization, deleted_at=None).id


def _add(buyer: Customer, front: UUID, **who: Any) -> UUID:
    return commands.add_member(buyer.scope, front, "web", **{"port": 8080, **who})


def _members(buyer: Customer, front: UUID) -> dict[str, str]:
    (pool,) = balance(buyer.scope, front).pools
    return {each.name: each.standing for each in pool.members}


def test_ordered_without_a_network_it_takes_no_members(place: Ground, buyer: Customer, front: UUID) -> None:
    alone = order_balancer(buyer, "seul", network="")
    with pytest.raises(errors.BalancerNotInNetwork):
        _add(buyer, alone, service="un")
    pools = [{"name": "web", "members": [{"address": "10.0.0.1", "port": 80}]}]
    with pytest.raises(errors.BalancerNotInNetwork):
        order_balancer(buyer, "autre", network="", pools=pools)


def test_a_member_is_known_by_its_name_and_its_address_follows(
    place: Ground, buyer: Customer, front: UUID, told: Told
) -> None:
    asked = _add(buyer, front, service="un")
    settle(place)
    assert operation(buyer.scope, asked).state == "succeeded"
    inside = attachment(buyer.scope, _id(buyer, "un"))
    assert told.neighbours["un"] == Neighbour(inside.address, inside.hostname)
    assert _members(buyer, front) == {"un:8080": "unknown"}
    third = order(buyer, "trois")
    commands.detach_instance(buyer.scope, _id(buyer, "un"))
    settle(place)
    assert "un" not in told.neighbours
    assert _members(buyer, front) == {"un:8080": "absent"}
    commands.attach_instance(buyer.scope, third)
    commands.attach_instance(buyer.scope, _id(buyer, "un"))
    settle(place)
    again = attachment(buyer.scope, _id(buyer, "un"))
    assert again.address != inside.address
    assert told.neighbours["un"].address == again.address


def test_a_member_that_is_deleted_is_led_to_no_more_recovered_it_is_and_erased_it_is_none(
    place: Ground, buyer: Customer, front: UUID, told: Told
) -> None:
    _add(buyer, front, service="un")
    settle(place)
    gone = _id(buyer, "un")
    commands.delete_instance(buyer.scope, gone)
    settle(place)
    assert "un" not in told.neighbours
    commands.recover_instance(buyer.scope, gone)
    settle(place)
    assert "un" in told.neighbours
    commands.erase_instance(buyer.scope, gone)
    settle(place)
    assert "un" not in told.neighbours
    assert _members(buyer, front) == {}
    assert service(buyer.scope, front).parameters["pools"][0]["members"] == []


def test_a_member_with_another_name_is_the_same_one_also_where_a_change_waits(
    place: Ground, buyer: Customer, front: UUID, told: Told
) -> None:
    _add(buyer, front, service="un")
    settle(place)
    _add(buyer, front, service="un", port=8081)
    commands.rename_instance(buyer.scope, _id(buyer, "un"), "premier")
    settle(place)
    assert set(_members(buyer, front)) == {"premier:8080", "premier:8081"}
    assert "premier" in told.neighbours


def test_a_member_is_drained_rests_and_takes_its_share_again(place: Ground, buyer: Customer, front: UUID) -> None:
    _add(buyer, front, service="un", weight=7)
    settle(place)
    for mode in ("draining", "maintenance", "active"):
        commands.change_member(buyer.scope, front, "web", "un:8080", mode=mode)
        settle(place)
        (member,) = balance(buyer.scope, front).pools[0].members
        assert (member.mode, member.weight) == (mode, 7)
    commands.remove_member(buyer.scope, front, "web", "un:8080")
    settle(place)
    assert _members(buyer, front) == {}


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ({"service": "de-personne"}, errors.MemberUnknown),
        ({"service": "devant"}, errors.MemberItself),
        ({"service": "dehors"}, errors.MemberNotInNetwork),
        ({"address": "127.0.0.1"}, errors.MemberAddressOutside),
        ({"address": "169.254.169.254"}, errors.MemberAddressOutside),
        ({"address": "10.90.0.1"}, errors.MemberAddressOutside),
        ({"address": "8.8.8.8"}, errors.MemberAddressOutside),
        ({"service": "un", "weight": 0}, errors.WeightOutOfBounds),
        ({"service": "un", "address": "127.0.0.1"}, errors.InvalidParameters),
        ({"service": "un", "port": 0}, errors.InvalidParameters),
        ({"address": "010.1.1.1"}, errors.MemberAddressOutside),
    ],
)
def test_nobody_else_may_be_a_member(
    place: Ground, buyer: Customer, front: UUID, who: dict[str, Any], refusal: type[Problem]
) -> None:
    order(buyer, "dehors")
    with pytest.raises(refusal) as refused:
        _add(buyer, front, **who)
    assert str(refused.value.sentence)


def test_services_and_addresses_of_others_are_none_of_the_projects(place: Ground, buyer: Customer, front: UUID) -> None:
    other = customer("autre")
    commands.attach_instance(other.scope, order(other, "voisin"))
    settle(place)
    with pytest.raises(errors.MemberUnknown):
        _add(buyer, front, service="voisin")
    with pytest.raises(errors.MemberAddressOutside):
        _add(buyer, front, address=attachment(other.scope, _id(other, "voisin")).address)
    with pytest.raises(NotFound):
        commands.change_member(other.scope, front, "web", "un:8080", mode="draining")
    with pytest.raises(NotFound):
        balance(other.scope, front)


def test_its_own_address_and_those_that_nobody_has_are_no_members(buyer: Customer, front: UUID) -> None:
    inside, subnet = attachment(buyer.scope, front), networks(buyer.scope)[0].subnet
    for address in (inside.address, subnet.partition("/")[0]):
        with pytest.raises(errors.MemberAddressOwn):
            _add(buyer, front, address=address)


def test_taken_out_of_its_network_it_leads_to_nobody_and_takes_no_member(
    place: Ground, buyer: Customer, front: UUID, told: Told
) -> None:
    _add(buyer, front, service="un")
    settle(place)
    commands.detach_instance(buyer.scope, front)
    settle(place)
    assert told.neighbours == {}
    with pytest.raises(errors.BalancerNotInNetwork):
        _add(buyer, front, service="deux")


def test_what_an_order_names_may_come_later_but_not_from_outside(place: Ground, buyer: Customer, told: Told) -> None:
    pools = [{"name": "web", "members": [{"service": "plus-tard", "port": 80}]}]
    made = order_balancer(buyer, pools=pools)
    settle(place)
    assert _members(buyer, made) == {"plus-tard:80": "absent"}
    commands.attach_instance(buyer.scope, order(buyer, "plus-tard"))
    settle(place)
    assert "plus-tard" in told.neighbours
    with pytest.raises(errors.MemberAddressOutside):
        order_balancer(buyer, "autre", pools=[{"name": "web", "members": [{"address": "10.0.0.1", "port": 80}]}])


def test_of_two_people_at_the_same_pools_the_second_is_told(buyer: Customer, front: UUID) -> None:
    seen = mark(asked_parameters(buyer.scope, front))
    pools = [{"name": "web", "protocol": "http", "members": []}]
    commands.change_parameters(buyer.scope, front, {"pools": [*pools, {"name": "api"}]}, seen=seen)
    with pytest.raises(ChangedMeanwhile):
        commands.change_parameters(buyer.scope, front, {"pools": pools}, seen=seen)


def test_what_is_no_load_balancer_has_no_pools(place: Ground, buyer: Customer, front: UUID) -> None:
    with pytest.raises(errors.NoPools):
        balance(buyer.scope, _id(buyer, "un"))
    with pytest.raises(errors.PoolMissing):
        commands.add_member(buyer.scope, front, "sans", service="un", port=80)
    with pytest.raises(errors.MemberMissing):
        commands.change_member(buyer.scope, front, "web", "un:1", mode="active")
    _add(buyer, front, service="un")
    with pytest.raises(errors.UnknownMode):
        commands.change_member(buyer.scope, front, "web", "un:8080", mode="asleep")


def test_what_members_were_seen_to_be_is_shown_beside_them(place: Ground, buyer: Customer, front: UUID) -> None:
    _add(buyer, front, service="un")
    settle(place)
    seen = MemberSeen("web", "un:8080", MemberStanding.DOWN, None, CheckResult.STATUS, 503, 12, 3, 1)
    with acting(System("test")):
        balancing.note(front, buyer.organization, [seen, replace(seen, name="jadis:80")])
    (member,) = balance(buyer.scope, front).pools[0].members
    assert (member.standing, member.result, member.status, member.requests) == ("down", "status", 503, 12)


def test_a_worker_killed_anywhere_leaves_none_who_is_not_told(
    place: Ground, buyer: Customer, front: UUID, told: Told, engine: MemoryEngine
) -> None:
    _add(buyer, front, service="un")
    settle(place)
    at, crossed, member = 0, 1, _id(buyer, "un")
    while crossed >= at:
        at += 1
        commands.detach_instance(buyer.scope, member)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert "un" not in told.neighbours
        commands.attach_instance(buyer.scope, member)
        crossed = max(crossed, run_until_killed(place, engine, at, work).crossed)
        settle(place)
        assert told.neighbours["un"].address == attachment(buyer.scope, member).address
    assert at > 5


def test_members_that_are_not_well_are_told_of_once_it_is_seen(place: Ground, buyer: Customer, front: UUID) -> None:
    now = clock.now()
    places = {metric.key: place for place, metric in vocabulary.metrics("loadbalancer")}
    kept: list[float | None] = [None] * (max(places.values()) + 1)
    for up, down, share in ((2.0, 0.0, 0.0), (3.0, 1.0, 25.0), (0.0, 0.0, 0.0)):
        kept[places["members_up"]], kept[places["members_down"]] = up, down
        with acting(System("test")):
            LastLook.objects.update_or_create(
                instance_id=front,
                defaults={"organization_id": buyer.organization, "at": now, "answered": True, "vals": kept},
            )
            (found,) = [each for each in facts(now) if each.instance == front]
        assert found.values["members_down"] == share
