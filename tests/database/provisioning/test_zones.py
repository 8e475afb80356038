"""DNS zones: what people write is served; whoever a zone is delegated to has it; names follow services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from tests.support.dns import Zone, zone
from tests.support.example import EXAMPLE
from tests.support.killing import run_until_killed
from tests.support.reconciling import order, settle, work
from tests.support.world import Customer, customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.errors import NotFound
from souk.kernel.meanwhile import ChangedMeanwhile, mark
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.provisioning import commands, errors, queries
from souk.provisioning.contract import (
    ConfigurationFailed,
    Guest,
    RestoredZones,
    Size,
    Wanted,
    ZoneHeld,
    ZoneRoom,
    ZoneServed,
    ZoneText,
)
from souk.provisioning.models import Endpoint, RecordSet, ServiceInstance
from souk.provisioning.models import Zone as ZoneRecord
from souk.provisioning.own_names import own_names
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites

TEST = System("test")
ZONE = "example.ma"


class Keeper:
    """What each machine was told to serve, by its service."""

    def __init__(self) -> None:
        self.texts: dict[UUID, dict[str, str]] = {}
        self.held: dict[UUID, RestoredZones] = {}
        self.serial = 0

    def room(self, size: Size) -> ZoneRoom:
        return ZoneRoom(zones=2, records=10)

    def serve(self, guest: Guest, wanted: Wanted, zones: Mapping[str, ZoneText]) -> Mapping[str, ZoneServed]:
        if guest.execute(["/usr/lib/souk/zones"]).exit_code:
            raise ConfigurationFailed("it does not")
        self.texts[wanted.instance] = {name: each.text() for name, each in zones.items()}
        self.held.pop(wanted.instance, None)
        self.serial += 1
        return {name: ZoneServed(self.serial, ["1 13 2 00"] if each.signed else []) for name, each in zones.items()}

    def restored(self, guest: Guest, wanted: Wanted) -> RestoredZones | None:
        return self.held.get(wanted.instance)


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Keeper:
    made = Keeper()
    monkeypatch.setattr(EXAMPLE, "zones", made, raising=False)
    return made


@pytest.fixture
def dns(settings: Any) -> Iterator[Zone]:
    with zone() as served:
        settings.DNS_RESOLVERS = [served.address]
        yield served


@pytest.fixture
def server(keeper: Keeper, dns: Zone, place: Ground, buyer: Customer) -> UUID:
    """A name server with a public address."""
    commands.add_range(operator(), sites()[0].id, "203.0.113.0/28")
    return _given(place, buyer, "noms")


def _given(place: Ground, buyer: Customer, name: str) -> UUID:
    made = order(buyer, name)
    settle(place)
    ordering.give_address(buyer.scope, made)
    settle(place)
    return made


def _public(instance: UUID) -> tuple[str, str]:
    with acting(TEST):
        found = Endpoint.objects.get(instance_id=instance)
        return found.public_hostname, str(found.public_address)


def _look(place: Ground) -> None:
    with acting(TEST):
        ZoneRecord.objects.filter(look_at__isnull=False).update(look_at=clock.now())
    settle(place, times=3)


def _delegated(dns: Zone, place: Ground, buyer: Customer, instance: UUID, name: str = ZONE) -> None:
    """A zone that is the service's, since it is delegated to it."""
    commands.add_zone(buyer.scope, instance, name)
    dns.publish({}, [], [(name, _public(instance)[0])])
    _look(place)
    assert queries.zone(buyer.scope, instance, name).state == "ready"


def _lines(keeper: Keeper, instance: UUID, name: str = ZONE) -> list[str]:
    return keeper.texts[instance][name].splitlines()


def test_what_is_written_is_served_and_what_is_deleted_is_no_more(
    place: Ground, buyer: Customer, server: UUID, keeper: Keeper
) -> None:
    commands.add_zone(buyer.scope, server, "Example.MA.")
    commands.set_records(buyer.scope, server, ZONE, "www", "a", ["192.0.2.1"], ttl=300)
    settle(place)
    row = queries.zone(buyer.scope, server, ZONE)
    assert (row.updating, row.serial, row.records, row.ds) == (False, keeper.serial, 1, ["1 13 2 00"])
    assert "www 300 IN A 192.0.2.1" in _lines(keeper, server)
    commands.set_records(buyer.scope, server, ZONE, "www", "A", ["192.0.2.2", "192.0.2.3"], ttl=300)
    settle(place)
    assert [line for line in _lines(keeper, server) if line.startswith("www")] == [
        "www 300 IN A 192.0.2.2",
        "www 300 IN A 192.0.2.3",
    ]
    commands.remove_records(buyer.scope, server, ZONE, "www", "A")
    settle(place)
    assert not [line for line in _lines(keeper, server) if line.startswith("www")]
    commands.remove_zone(buyer.scope, server, ZONE)
    settle(place)
    assert keeper.texts[server] == {}
    assert queries.zones(buyer.scope, server).zones == []


def test_a_zone_may_be_unsigned(place: Ground, buyer: Customer, server: UUID) -> None:
    commands.add_zone(buyer.scope, server, ZONE, signed=False)
    settle(place)
    assert queries.zone(buyer.scope, server, ZONE).ds == []
    commands.sign_zone(buyer.scope, server, ZONE, signed=True)
    settle(place)
    assert queries.zone(buyer.scope, server, ZONE).ds != []


def test_of_two_people_at_the_same_records_the_second_is_told(buyer: Customer, server: UUID) -> None:
    commands.add_zone(buyer.scope, server, ZONE)
    commands.set_records(buyer.scope, server, ZONE, "www", "A", ["192.0.2.1"])
    (seen,) = queries.records(buyer.scope, server, ZONE)
    commands.set_records(buyer.scope, server, ZONE, "www", "A", ["192.0.2.2"], seen=seen.mark)
    with pytest.raises(ChangedMeanwhile):
        commands.set_records(buyer.scope, server, ZONE, "www", "A", ["192.0.2.3"], seen=seen.mark)
    with pytest.raises(ChangedMeanwhile):
        commands.remove_records(buyer.scope, server, ZONE, "www", "A", seen=seen.mark)
    assert queries.records(buyer.scope, server, ZONE)[0].values == ["192.0.2.2"]


def test_nobody_else_sees_or_changes_a_zone(place: Ground, buyer: Customer, server: UUID) -> None:
    commands.add_zone(buyer.scope, server, ZONE)
    stranger = customer("Voisin SARL")
    with pytest.raises(NotFound):
        queries.zones(stranger.scope, server)
    with pytest.raises(NotFound):
        commands.set_records(stranger.scope, server, ZONE, "www", "A", ["192.0.2.1"])
    with acting(stranger.scope):
        assert not ZoneRecord.objects.exists()
        assert not RecordSet.objects.exists()


def test_a_plan_has_room_for_so_many_zones_and_records(buyer: Customer, server: UUID) -> None:
    commands.add_zone(buyer.scope, server, ZONE)
    with pytest.raises(errors.ZoneThere):
        commands.add_zone(buyer.scope, server, ZONE)
    commands.add_zone(buyer.scope, server, "example.com")
    with pytest.raises(errors.TooManyZones):
        commands.add_zone(buyer.scope, server, "example.org")
    commands.set_records(buyer.scope, server, ZONE, "a", "A", [f"192.0.2.{number}" for number in range(10)])
    with pytest.raises(errors.TooManyRecords):
        commands.set_records(buyer.scope, server, "example.com", "b", "A", ["192.0.2.1"])
    with pytest.raises(errors.TooManyRecords):
        commands.import_zone(buyer.scope, server, "example.com", "c A 192.0.2.1\n")
    assert queries.zone(buyer.scope, server, "example.com").records == 0


def test_the_platforms_own_names_and_public_suffixes_are_no_zones(buyer: Customer, server: UUID, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["souk.example.ma"]
    with pytest.raises(errors.PlatformsDomain):
        commands.add_zone(buyer.scope, server, "souk.example.ma")
    with pytest.raises(errors.PublicSuffix):
        commands.add_zone(buyer.scope, server, "co.ma")


def test_a_zone_is_its_services_once_it_is_delegated_there_and_waits_until_then(
    place: Ground, buyer: Customer, server: UUID, dns: Zone
) -> None:
    commands.add_zone(buyer.scope, server, ZONE)
    settle(place)
    row = queries.zone(buyer.scope, server, ZONE)
    assert (row.state, row.leads, row.servers) == ("awaiting", "nowhere", [_public(server)[0]])
    dns.publish({}, [], [(ZONE, "ns1.elsewhere.net")])
    _look(place)
    assert (queries.zone(buyer.scope, server, ZONE).leads, queries.zone(buyer.scope, server, ZONE).found) == (
        "elsewhere",
        ["ns1.elsewhere.net"],
    )
    dns.publish({}, [], [(ZONE, _public(server)[0].upper())])
    _look(place)
    assert queries.zone(buyer.scope, server, ZONE).state == "ready"


def test_a_name_server_in_the_zone_itself_leads_here_by_its_address(
    place: Ground, buyer: Customer, server: UUID, dns: Zone
) -> None:
    commands.add_zone(buyer.scope, server, ZONE)
    dns.publish({}, [("ns1.example.ma", _public(server)[1])], [(ZONE, "ns1.example.ma")])
    _look(place)
    assert queries.zone(buyer.scope, server, ZONE).state == "ready"


def test_of_two_tenants_the_one_has_a_zone_to_whom_it_is_delegated(
    place: Ground, buyer: Customer, server: UUID, dns: Zone
) -> None:
    _delegated(dns, place, buyer, server)
    other = customer("Voisin SARL")
    theirs = _given(place, other, "noms")
    for name in (ZONE, f"shop.{ZONE}"):
        commands.add_zone(other.scope, theirs, name)
    _look(place)
    assert {row.ascii: row.state for row in queries.zones(other.scope, theirs).zones} == {
        ZONE: "awaiting",
        f"shop.{ZONE}": "awaiting",
    }
    assert queries.zone(buyer.scope, server, ZONE).state == "ready"
    dns.publish({}, [], [(ZONE, _public(theirs)[0])])
    _look(place)
    assert queries.zone(other.scope, theirs, ZONE).state == "ready"
    assert queries.zone(buyer.scope, server, ZONE).state != "ready"


def test_a_file_is_shown_before_it_is_taken_and_taken_only_as_it_was_shown(
    place: Ground, buyer: Customer, server: UUID, keeper: Keeper
) -> None:
    commands.add_zone(buyer.scope, server, ZONE)
    commands.set_records(buyer.scope, server, ZONE, "old", "A", ["192.0.2.9"])
    text = "www 300 IN A 192.0.2.1\n"
    shown = commands.compare_zone(buyer.scope, server, ZONE, text, replace=True)
    assert queries.zone(buyer.scope, server, ZONE).records == 1
    commands.set_records(buyer.scope, server, ZONE, "new", "A", ["192.0.2.8"])
    with pytest.raises(ChangedMeanwhile):
        commands.import_zone(buyer.scope, server, ZONE, text, replace=True, seen=mark(shown.shown))
    commands.import_zone(buyer.scope, server, ZONE, text, replace=True)
    assert queries.zone_file(buyer.scope, server, ZONE) == f"$ORIGIN {ZONE}.\n$TTL 3600\n{text}"
    with pytest.raises(errors.ZoneFileWrong) as refused:
        commands.import_zone(buyer.scope, server, ZONE, "ok A 192.0.2.1\nbad A garbage\n")
    assert "2" in refused.value.sentence
    assert queries.zone(buyer.scope, server, ZONE).records == 1


def test_a_services_name_is_its_own_at_once_and_follows_its_address(
    place: Ground, buyer: Customer, server: UUID, dns: Zone, keeper: Keeper
) -> None:
    _delegated(dns, place, buyer, server)
    site = _given(place, buyer, "site")
    commands.name_service(buyer.scope, site, f"www.{ZONE}")
    settle(place)
    assert f"www 300 IN A {_public(site)[1]}" in _lines(keeper, server)
    assert [(row.name, row.state) for row in own_names(buyer.scope, site)] == [(f"www.{ZONE}", "ready")]
    (row,) = queries.records(buyer.scope, server, ZONE)
    assert (row.follows, row.service) == (site, "site")
    with pytest.raises(errors.RecordFollows):
        commands.set_records(buyer.scope, server, ZONE, "www", "A", ["192.0.2.1"])
    with pytest.raises(errors.RecordFollows):
        commands.remove_records(buyer.scope, server, ZONE, "www", "A")
    commands.take_address(buyer.scope, site)
    settle(place, times=3)
    assert not [line for line in _lines(keeper, server) if line.startswith("www")]
    ordering.give_address(buyer.scope, site)
    settle(place, times=3)
    assert f"www 300 IN A {_public(site)[1]}" in _lines(keeper, server)


def test_a_name_goes_with_its_service_and_with_the_name(
    place: Ground, buyer: Customer, server: UUID, dns: Zone, keeper: Keeper
) -> None:
    _delegated(dns, place, buyer, server)
    site = _given(place, buyer, "site")
    for name in ("www", "blog"):
        commands.name_service(buyer.scope, site, f"{name}.{ZONE}")
    commands.remove_name(buyer.scope, site, f"blog.{ZONE}")
    settle(place, times=3)
    assert [row.name for row in queries.records(buyer.scope, server, ZONE)] == ["www"]
    commands.delete_instance(buyer.scope, site)
    commands.erase_instance(buyer.scope, site)
    settle(place, times=3)
    assert queries.records(buyer.scope, server, ZONE) == []
    assert not [line for line in _lines(keeper, server) if line.startswith("www")]


def test_what_people_wrote_is_never_replaced_by_the_platform(
    place: Ground, buyer: Customer, server: UUID, dns: Zone
) -> None:
    _delegated(dns, place, buyer, server)
    site = _given(place, buyer, "site")
    commands.set_records(buyer.scope, server, ZONE, "www", "CNAME", ["shops.example.net."])
    with pytest.raises(errors.RecordWritten):
        commands.name_service(buyer.scope, site, f"www.{ZONE}")
    commands.set_records(buyer.scope, server, ZONE, "@", "MX", ["10 mail"])
    commands.name_service(buyer.scope, site, ZONE)
    commands.unname_service(buyer.scope, site, ZONE)
    assert {(row.ascii, row.type) for row in queries.records(buyer.scope, server, ZONE)} == {
        ("@", "MX"),
        ("www", "CNAME"),
    }


def test_a_name_outside_of_the_projects_zones_or_without_an_address_is_not_led(
    place: Ground, buyer: Customer, server: UUID, dns: Zone
) -> None:
    _delegated(dns, place, buyer, server)
    private = order(buyer, "prive")
    settle(place)
    with pytest.raises(errors.NothingToFollow):
        commands.name_service(buyer.scope, private, f"www.{ZONE}")
    with pytest.raises(errors.NoHome):
        commands.name_service(buyer.scope, private, "www.example.com")
    other = customer("Voisin SARL")
    theirs = _given(place, other, "site")
    with pytest.raises(errors.NoHome):
        commands.name_service(other.scope, theirs, f"www.{ZONE}")


def test_what_a_restored_machine_holds_is_what_is_desired_once(
    place: Ground, buyer: Customer, server: UUID, keeper: Keeper
) -> None:
    commands.add_zone(buyer.scope, server, "example.com")
    settle(place)
    text = f"{ZONE}. 3600 IN SOA a. b. 1 2 3 4 5\n{ZONE}. IN NS {_public(server)[0]}.\nwww 300 IN A 192.0.2.1\n"
    keeper.held[server] = RestoredZones("backup-1", {ZONE: ZoneHeld(text, signed=True)})
    with acting(TEST):
        ServiceInstance.objects.filter(id=server).update(restored_from=server)
        ZoneRecord.objects.update(version=7)
    settle(place, times=3)
    assert [row.ascii for row in queries.zones(buyer.scope, server).zones] == [ZONE]
    assert [(row.name, row.values) for row in queries.records(buyer.scope, server, ZONE)] == [("www", ["192.0.2.1"])]
    assert list(keeper.texts[server]) == [ZONE]
    assert server not in keeper.held


def test_a_zone_that_is_added_after_a_restore_of_nothing_stays(
    place: Ground, buyer: Customer, server: UUID, keeper: Keeper
) -> None:
    keeper.held[server] = RestoredZones("backup-1", {})
    with acting(TEST):
        ServiceInstance.objects.filter(id=server).update(restored_from=server)
    commands.restart_instance(buyer.scope, server)
    settle(place)
    assert server not in keeper.held
    commands.add_zone(buyer.scope, server, ZONE)
    settle(place, times=2)
    assert list(keeper.texts[server]) == [ZONE]


def test_a_worker_killed_at_any_boundary_leaves_what_is_written_served(
    place: Ground, buyer: Customer, engine: MemoryEngine, server: UUID, keeper: Keeper
) -> None:
    commands.add_zone(buyer.scope, server, ZONE)
    settle(place)
    for at in range(1, 100):
        value = f"192.0.2.{at}"
        commands.set_records(buyer.scope, server, ZONE, "www", "A", [value], ttl=300)
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        assert f"www 300 IN A {value}" in _lines(keeper, server)
        assert not queries.zone(buyer.scope, server, ZONE).updating
        if crossed < at:
            break
    assert at > 3
