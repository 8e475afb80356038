"""On which host a machine is made: apart from its likes, where there is room, and recorded before it is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from tests.support import hosts
from tests.support.crew import Members, several_machines
from tests.support.killing import run_until_killed
from tests.support.reconciling import ground, order, settle, work
from tests.support.world import Customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel.scope import System, acting
from souk.provisioning import commands
from souk.provisioning.models import Machine
from souk.provisioning.queries import machines, service, spread, standing
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import resync
from souk.provisioning.standing import candidates
from souk.sites import commands as sites
from souk.sites import errors
from souk.sites.models import Host
from souk.sites.queries import capacity

GIB = 1024**3


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine(hosts=["h1", "h2", "h3"], vcpus=2, memory=8 * GIB, disk=100 * GIB)


@pytest.fixture
def place(own_database: str, tmp_path: Path, engine: MemoryEngine) -> Ground:
    hosts.in_racks(engine)
    return ground(tmp_path, engine)


@pytest.fixture
def crew(place: Ground, engine: MemoryEngine) -> Iterator[Members]:
    with several_machines(engine) as members:
        yield members


def _where(engine: MemoryEngine, instance: UUID, role: str = "member") -> list[str]:
    """Where the engine shows an instance's machines, and that the same is recorded."""
    seen = {each.name: each.host for each in engine.machines()}
    mine = [row for row in machines(operator()) if row.instance_id == instance and row.role == role]
    assert {row.name: row.host for row in mine} == {row.name: seen[row.name] for row in mine}
    return sorted(row.host for row in mine)


def _promised(host: str) -> int:
    """Bytes of memory that a host has promised."""
    with acting(System("test")):
        row = next(each for each in candidates(hosts.host(host).site_id) if each.name == host)
    return row.total.memory - row.free.memory


def test_the_members_of_a_service_stand_in_power_domains_of_their_own(
    crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    instance = order(buyer, plan="h")
    settle(place)
    assert service(buyer.scope, instance).state == "ready"
    assert _where(engine, instance) == ["h1", "h2", "h3"]
    assert spread(buyer.scope, instance) == "power_domains"


def test_in_one_power_domain_they_stand_on_hosts_of_their_own(
    crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    hosts.in_racks(engine, {"h1": "A", "h2": "A", "h3": "A"})
    instance = order(buyer, plan="h")
    settle(place)
    assert (_where(engine, instance), spread(buyer.scope, instance)) == (["h1", "h2", "h3"], "hosts")


def test_where_only_one_host_takes_machines_they_stand_together_and_the_service_says_so(
    crew: Members, place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    engine.offline.add("h1")
    hosts.seen(engine)
    sites.let_host_take_machines(operator(), hosts.host("h3").id, False)
    instance = order(buyer, plan="h")
    settle(place)
    assert (_where(engine, instance), spread(buyer.scope, instance)) == (["h2"] * 3, "together")


def test_a_host_on_which_machines_are_not_reached_gets_none(
    place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    site = hosts.host("h1").site_id
    sites.observe_hosts(site, [replace(each, reachable=each.name == "h2") for each in engine.hosts()])
    for number in range(2):
        instance = order(buyer, name=f"n{number}")
        settle(place)
        assert _where(engine, instance, "primary") == ["h2"]


def test_lone_services_stand_where_most_room_is_left_and_a_full_site_says_so_and_goes_on(
    place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    stood = []
    for number in range(6):
        instance = order(buyer, name=f"n{number}", plan="m")
        settle(place)
        stood += _where(engine, instance, "primary")
    assert stood == ["h1", "h2", "h3"] * 2
    assert [_promised(name) for name in ("h1", "h2", "h3")] == [8 * GIB] * 3
    # What the site may promise counts on hosts that are away by now.
    commands.erase_instance(buyer.scope, instance)
    settle(place)
    assert _promised("h3") == 4 * GIB
    engine.offline.add("h3")
    with acting(System("test")):
        Host.objects.filter(name="h3").update(online=False)
    waiting = order(buyer, name="waits", plan="m")
    settle(place)
    row = service(buyer.scope, waiting)
    assert (row.state, "no host" in row.trouble.lower()) == ("provisioning", True)
    engine.offline.clear()
    hosts.seen(engine)
    settle(place)
    assert (service(buyer.scope, waiting).state, _where(engine, waiting, "primary")) == ("ready", ["h3"])


def test_a_machine_whose_host_went_away_before_it_was_made_is_made_on_another_one(
    place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    instance = order(buyer)
    run_until_killed(place, engine, 7, work)
    with acting(System("test")):
        (chosen,) = Machine.objects.filter(instance_id=instance).values_list("host", flat=True)
    assert (chosen, engine.machines()) == ("h1", [])
    engine.offline.add("h1")
    hosts.seen(engine)
    settle(place)
    assert service(buyer.scope, instance).state == "ready"
    assert _where(engine, instance, "primary") == ["h2"]


def test_what_the_engine_shows_of_where_a_machine_stands_is_adopted(
    place: Ground, engine: MemoryEngine, buyer: Customer
) -> None:
    instance = order(buyer)
    settle(place)
    (name,) = [each.name for each in engine.machines()]
    engine.stop(name)
    engine.move(name, "h3")
    engine.start(name)
    resync(engine)
    assert _where(engine, instance, "primary") == ["h3"]
    assert (_promised("h1"), _promised("h3")) == (0, GIB)
    (row,) = standing(operator(), hosts.host("h3").id)
    assert (row.machine, row.instance_id, row.move) == (name, instance, "")


def test_a_closed_host_is_promised_no_more(place: Ground, engine: MemoryEngine) -> None:
    row = hosts.host("h1")
    before = capacity(row.site_id).memory_limit
    sites.let_host_take_machines(operator(), row.id, False)
    assert capacity(row.site_id).memory_limit == before - 8 * GIB
    hosts.seen(engine)
    assert capacity(row.site_id).memory_limit == before - 8 * GIB
    sites.let_host_take_machines(operator(), row.id, True)
    assert capacity(row.site_id).memory_limit == before


def test_what_is_known_of_a_host_that_is_offline_is_what_was_seen_last(place: Ground, engine: MemoryEngine) -> None:
    before = hosts.host("h2")
    engine.offline.add("h2")
    hosts.seen(engine)
    after = hosts.host("h2")
    assert (after.online, after.memory, after.observed_at) == (False, before.memory, before.observed_at)


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\nb"])
def test_a_rack_without_a_proper_name_is_refused(place: Ground, name: str) -> None:
    with pytest.raises(errors.InvalidRack):
        sites.put_host_in_rack(operator(), hosts.host("h1").id, name, "A")
    with pytest.raises(errors.InvalidRack):
        sites.put_host_in_rack(operator(), hosts.host("h1").id, "R1", name)
