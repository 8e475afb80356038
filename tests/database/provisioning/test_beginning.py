"""How many services begin at a time: as many as the hosts have room for, and never in the way of those that run."""

from __future__ import annotations

from uuid import UUID

from tests.support.reconciling import forget_leases, order, work
from tests.support.world import customer

from souk.provisioning.queries import service
from souk.provisioning.reconciler import lease
from souk.provisioning.reconciler.converge import Ground, converge


def _ordered(count: int) -> list[UUID]:
    buyer = customer()
    return [order(buyer, name=f"n{number}") for number in range(count)]


def _claimed(most: int, beginnings: int) -> set[UUID]:
    return {each.subject for each in lease.claim(most, beginnings)}


def test_no_more_begin_at_a_time_than_there_is_room_for(place: Ground) -> None:
    _ordered(5)
    assert len(_claimed(16, 2)) == 2
    assert _claimed(16, 2) == set()


def test_those_ordered_first_begin_first(place: Ground) -> None:
    ordered = _ordered(4)
    assert _claimed(16, 2) == set(ordered[:2])


def test_one_that_is_done_makes_room_for_the_next(place: Ground) -> None:
    first, second, third = _ordered(3)
    claims = {each.subject: each for each in lease.claim(16, 2)}
    converge(place, claims[first])
    assert _claimed(16, 2) == {third}
    assert second in claims


def test_what_runs_already_is_visited_though_there_is_room_for_no_other_beginning(place: Ground) -> None:
    (running,) = _ordered(1)
    work(place)
    _ordered(3)
    assert len(_claimed(16, 2)) == 2
    lease.wake([running])
    assert _claimed(16, 2) == {running}


def test_what_runs_already_comes_before_what_is_to_begin(place: Ground) -> None:
    (running,) = _ordered(1)
    work(place)
    _ordered(3)
    lease.wake([running])
    assert _claimed(1, 2) == {running}


def test_a_beginning_whose_worker_died_takes_no_room_for_longer_than_its_lease(place: Ground) -> None:
    _ordered(3)
    assert len(_claimed(16, 2)) == 2
    forget_leases()
    assert len(_claimed(16, 2)) == 2


def test_all_that_were_ordered_at_once_are_ready_in_the_end(place: Ground) -> None:
    buyer = customer()
    ordered = [order(buyer, name=f"n{number}") for number in range(7)]
    while claims := lease.claim(16, 2):
        assert len(claims) <= 2
        for each in claims:
            converge(place, each)
    assert {service(buyer.scope, each).state for each in ordered} == {"ready"}
