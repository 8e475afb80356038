"""Which host a machine stands on, whatever the hosts and whatever stands on them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from souk.sites.placement import NO_ROOM, Candidate, Room, Spread, choose, spread

GIB = 1024**3
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NEEDED = Room(2, 4 * GIB, 40 * GIB)
PLENTY = Room(64, 256 * GIB, 4096 * GIB)

_rooms = some.builds(Room, some.integers(-4, 64), some.integers(-GIB, 256 * GIB), some.integers(-GIB, 4096 * GIB))
_hosts = some.lists(
    some.builds(Candidate, some.sampled_from("abcdefgh"), some.sampled_from("ABC"), some.booleans(), _rooms, _rooms),
    max_size=8,
    unique_by=lambda host: host.name,
)
_beside = some.lists(some.sampled_from("abcdefgh"), max_size=5)


def host(name: str, domain: str = "A", free: Room = PLENTY, *, usable: bool = True) -> Candidate:
    return Candidate(name, domain, usable, PLENTY, free)


@unhurried
@given(_hosts, _rooms, _beside)
def test_nothing_stands_on_a_host_that_is_not_usable_or_is_full(
    hosts: list[Candidate], needed: Room, beside: list[str]
) -> None:
    chosen = choose(hosts, needed, beside)
    fit = [one for one in hosts if one.usable and one.free.holds(needed)]
    assert (chosen is None) == (not fit)
    assert chosen is None or chosen in fit


@unhurried
@given(_hosts, _rooms, _beside, some.randoms())
def test_the_choice_depends_on_no_order(
    hosts: list[Candidate], needed: Room, beside: list[str], chance: object
) -> None:
    chosen = choose(hosts, needed, beside)
    chance.shuffle(hosts)
    chance.shuffle(beside)
    assert choose(hosts, needed, beside) == chosen


@unhurried
@given(_hosts, _rooms, _beside)
def test_a_power_domain_of_its_own_comes_before_a_host_of_its_own_and_that_before_any(
    hosts: list[Candidate], needed: Room, beside: list[str]
) -> None:
    chosen = choose(hosts, needed, beside)
    if chosen is None:
        return
    domains = {one.name: one.power_domain for one in hosts}
    used = {domains[name] for name in beside if name in domains}
    fit = [one for one in hosts if one.usable and one.free.holds(needed)]
    if any(one.power_domain not in used for one in fit):
        assert chosen.power_domain not in used
    elif any(one.name not in beside for one in fit):
        assert chosen.name not in beside
    else:
        assert beside.count(chosen.name) == min(beside.count(one.name) for one in fit)


@unhurried
@given(_hosts, _rooms, some.integers(2, 4))
def test_machines_placed_one_after_another_never_promise_more_than_there_is(
    hosts: list[Candidate], needed: Room, count: int
) -> None:
    where: list[str] = []
    for _ in range(count):
        chosen = choose(hosts, needed, where)
        if chosen is None:
            break
        where.append(chosen.name)
        hosts = [one.without(needed) if one == chosen else one for one in hosts]
        after = next(one.free for one in hosts if one.name == chosen.name)
        assert needed.vcpus <= 0 or after.vcpus >= 0
        assert needed.disk <= 0 or after.disk >= 0


def test_three_members_have_a_power_domain_each_where_there_are_three() -> None:
    hosts = [host("a1", "A"), host("a2", "A"), host("b1", "B"), host("c1", "C")]
    assert _placed(hosts, 3) == ["a1", "b1", "c1"]


def test_with_two_power_domains_the_third_has_a_host_of_its_own_in_the_one_with_fewer() -> None:
    hosts = [host("a1", "A"), host("a2", "A"), host("b1", "B")]
    assert _placed(hosts, 3) == ["a1", "b1", "a2"]


def test_a_host_of_its_own_is_better_than_a_power_domain_with_fewer() -> None:
    hosts = [host("a1", "A"), host("b1", "B"), host("b2", "B"), host("b3", "B")]
    assert _placed(hosts, 4) == ["a1", "b1", "b2", "b3"]


def test_on_one_host_they_stand_together() -> None:
    assert _placed([host("a1")], 3) == ["a1"] * 3


def test_of_hosts_that_are_alike_the_one_with_the_most_room_is_chosen() -> None:
    hosts = [host("a", free=replace(PLENTY, disk=100 * GIB)), host("b"), host("c")]
    assert _placed(hosts, 1) == ["b"]
    assert choose(hosts, NO_ROOM, ["b", "c"]) == hosts[0]


def test_what_is_not_needed_does_not_have_to_be_there() -> None:
    full = host("a", free=NO_ROOM)
    assert choose([full], NO_ROOM, []) == full
    assert choose([full], Room(0, 1, 0), []) is None


def test_how_far_machines_are_apart_is_told() -> None:
    domains = {"a1": "A", "a2": "A", "b1": "B"}
    assert spread(["a1", "b1"], domains) == Spread.POWER_DOMAINS
    assert spread(["a1", "a2", "b1"], domains) == Spread.HOSTS
    assert spread(["a1", "a1", "b1"], domains) == Spread.TOGETHER
    assert spread(["a1"], domains) is None
    assert spread(["a1", ""], domains) is None


def _placed(hosts: list[Candidate], count: int) -> list[str]:
    where: list[str] = []
    for _ in range(count):
        chosen = choose(hosts, NEEDED, where)
        assert chosen is not None
        where.append(chosen.name)
        hosts = [one.without(NEEDED) if one == chosen else one for one in hosts]
    return where
