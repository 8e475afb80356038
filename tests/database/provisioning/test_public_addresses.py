"""Public addresses: given to one service at a time, led to its machine, taken away, kept, given back."""

from __future__ import annotations

import ipaddress
import threading
from uuid import UUID

import pytest
from cryptography import x509
from django.db import IntegrityError, connection
from tests.support.crew import several_machines
from tests.support.killing import run_until_killed
from tests.support.reconciling import forget_leases, order, settle, work
from tests.support.world import Customer, customer, operator

from souk.engines.contract import EngineError
from souk.engines.exposure import Exposure, IPProtocol, Passage
from souk.engines.memory import MemoryEngine
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.ordering import queries as orders
from souk.provisioning import commands, errors
from souk.provisioning.addresses import AddressRow, addresses, ranges, reach
from souk.provisioning.models import Endpoint, Machine, PublicAddress, PublicRange
from souk.provisioning.queries import connection_of, operations, service
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare, resync
from souk.sites.commands import observe_hosts
from souk.sites.queries import sites

TEST = System("test")
POOL = "203.0.113.0/29"


@pytest.fixture(autouse=True)
def pool(place: Ground) -> UUID:
    return commands.add_range(operator(), sites()[0].id, POOL)


def _given(place: Ground, buyer: Customer, name: str = "compta") -> UUID:
    made = order(buyer, name)
    settle(place)
    ordering.give_address(buyer.scope, made)
    settle(place)
    return made


def _machine(instance: UUID) -> str:
    with acting(TEST):
        found = Machine.objects.filter(instance_id=instance, deleted_at__isnull=True, role__in=["primary", "front"])
        return str(found.get().address)


def _led_to(engine: MemoryEngine) -> dict[str, str]:
    return {each.public: each.address for each in engine.exposed.values() if each.public}


def _certified(instance: UUID) -> set[str]:
    with acting(TEST):
        text = Endpoint.objects.values_list("certificate", flat=True).get(instance_id=instance)
    found = x509.load_pem_x509_certificate(text.encode())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(each.value) for each in names}


def _only(buyer: Customer) -> AddressRow:
    (row,) = addresses(buyer.scope)
    return row


def test_a_service_is_led_to_by_its_address_that_is_in_its_certificate_and_has_a_name(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _given(place, buyer)
    row = reach(buyer.scope, instance)
    assert (row.state, ipaddress.ip_address(row.address) in ipaddress.ip_network(POOL)) == ("ready", True)
    assert row.hostname == f"{service(buyer.scope, instance).label}.public.{sites()[0].domain}"
    assert row.hostname in place.names.published()
    assert {row.hostname, row.address} <= _certified(instance)
    exposed = engine.exposed[_machine(instance)]
    assert exposed == Exposure(_machine(instance), row.address, (Passage(IPProtocol.TCP, 4000, 4000),), None)
    found = connection_of(buyer.scope, instance)
    assert (found.address, found.public_address) == (_machine(instance), row.address)
    assert found.public is not None
    assert row.hostname in found.public.uri
    assert next((each.kind, each.state) for each in operations(buyer.scope, instance)) == ("give_address", "succeeded")


def test_only_the_networks_of_its_list_reach_it_by_that_as_well(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _given(place, buyer)
    commands.allow_networks(buyer.scope, instance, [commands.Network("198.51.100.0/24")])
    settle(place)
    assert engine.exposed[_machine(instance)].inward == (Passage(IPProtocol.TCP, 4000, 4000, ("198.51.100.0/24",)),)
    commands.allow_networks(buyer.scope, instance, [], nobody=True, confirmed=True)
    settle(place)
    assert engine.exposed[_machine(instance)].inward == ()


def test_a_service_is_ordered_with_an_address(place: Ground, buyer: Customer, engine: MemoryEngine) -> None:
    details = ordering.OrderDetails(
        buyer.organization, "public", "exemple", "s", "ma-temara", "compta", public_address=True
    )
    instance = orders.order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
    assert reach(buyer.scope, instance).state == "attaching"
    settle(place)
    assert _led_to(engine) == {reach(buyer.scope, instance).address: _machine(instance)}


def test_without_an_address_left_nothing_is_ordered(place: Ground, buyer: Customer, pool: UUID) -> None:
    commands.withdraw_range(operator(), pool)
    details = ordering.OrderDetails(buyer.organization, "public", "exemple", "s", "ma-temara", "x", public_address=True)
    with pytest.raises(errors.NoPublicAddress):
        ordering.place_order(buyer.scope, details)
    assert orders.orders(buyer.scope) == []


def test_it_is_taken_away_and_another_ones_to_have(place: Ground, buyer: Customer, engine: MemoryEngine) -> None:
    instance = _given(place, buyer)
    before = reach(buyer.scope, instance)
    commands.take_address(buyer.scope, instance)
    assert reach(buyer.scope, instance).state == "detaching"
    assert addresses(buyer.scope) == []
    settle(place)
    assert (_led_to(engine), reach(buyer.scope, instance).state) == ({}, "none")
    assert before.hostname not in place.names.published()
    assert not {before.hostname, before.address} & _certified(instance)
    with acting(TEST):
        assert PublicAddress.objects.get().released_at is not None


def test_it_is_kept_for_the_project_and_given_to_another_service(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    first, second = _given(place, buyer), order(buyer, "ventes")
    settle(place)
    kept = _only(buyer)
    with pytest.raises(errors.AddressInUse):
        ordering.give_address(buyer.scope, second, kept.id)
    commands.take_address(buyer.scope, first, keep=True)
    with pytest.raises(errors.AddressInUse):
        ordering.give_address(buyer.scope, second, kept.id)
    settle(place)
    assert (_only(buyer).state, _only(buyer).service_id, _led_to(engine)) == ("kept", first, {})
    ordering.give_address(buyer.scope, second, kept.id)
    settle(place)
    assert (_only(buyer).state, _only(buyer).service_id) == ("ready", second)
    assert _led_to(engine) == {kept.address: _machine(second)}


def test_one_that_is_kept_is_given_back(place: Ground, buyer: Customer) -> None:
    instance = _given(place, buyer)
    with pytest.raises(errors.AddressInUse):
        commands.release_address(buyer.scope, _only(buyer).id)
    commands.take_address(buyer.scope, instance, keep=True)
    commands.release_address(buyer.scope, _only(buyer).id)
    with acting(TEST):
        assert PublicAddress.objects.get().released_at is None, "something may still lead there"
    settle(place)
    with acting(TEST):
        assert PublicAddress.objects.get().released_at is not None
    with pytest.raises(NotFound):
        commands.release_address(buyer.scope, UUID(int=0))


def test_it_stays_through_a_stop_and_a_deletion_until_the_service_is_erased(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _given(place, buyer)
    before = _only(buyer).address
    commands.stop_instance(buyer.scope, instance)
    settle(place)
    commands.start_instance(buyer.scope, instance)
    settle(place)
    commands.delete_instance(buyer.scope, instance)
    settle(place)
    commands.recover_instance(buyer.scope, instance)
    settle(place)
    assert (_only(buyer).address, _led_to(engine)) == (before, {before: _machine(instance)})
    assert reach(buyer.scope, instance).hostname in place.names.published()
    commands.erase_instance(buyer.scope, instance)
    settle(place)
    assert (addresses(buyer.scope), engine.exposed, ranges(operator())[0].used) == ([], {}, 0)


def test_taken_from_a_service_that_is_stopped_it_leads_nowhere(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _given(place, buyer)
    commands.stop_instance(buyer.scope, instance)
    settle(place)
    commands.take_address(buyer.scope, instance)
    settle(place)
    assert (_led_to(engine), ranges(operator())[0].used) == ({}, 0)


def test_a_service_on_several_machines_is_reached_at_the_one_in_front(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    with several_machines(engine):
        made = order(buyer, plan="h")
        settle(place, 3)
        ordering.give_address(buyer.scope, made)
        settle(place, 3)
        assert _led_to(engine) == {_only(buyer).address: _machine(made)}
        assert _only(buyer).address in _certified(made)


def test_an_organization_has_no_more_than_its_quota_and_a_service_has_one(place: Ground, buyer: Customer) -> None:
    instance = _given(place, buyer)
    with pytest.raises(errors.HasPublicAddress):
        ordering.give_address(buyer.scope, instance)
    second = order(buyer, "ventes")
    settle(place)
    with acting(TEST), connection.cursor() as cursor:
        cursor.execute("update parties_organization set address_quota = 1")
    with pytest.raises(errors.AddressQuotaExceeded) as refused:
        ordering.give_address(buyer.scope, second)
    assert "1" in str(refused.value)


def test_of_many_who_ask_at_once_each_has_another_address_and_none_is_given_twice(place: Ground) -> None:
    buyers = [customer(f"Société {number}") for number in range(5)]
    asked = [(each, order(each)) for each in buyers for _ in range(1)]
    settle(place)
    refused: list[Exception] = []

    def ask(buyer: Customer, instance: UUID) -> None:
        try:
            ordering.give_address(buyer.scope, instance)
        except errors.NoPublicAddress as error:
            refused.append(error)
        finally:
            connection.close()

    commands.withdraw_range(operator(), ranges(operator())[0].id)
    commands.add_range(operator(), sites()[0].id, "203.0.113.64/30")
    threads = [threading.Thread(target=ask, args=each) for each in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with acting(TEST):
        given = list(PublicAddress.objects.values_list("address", flat=True))
    assert (len(given), len(set(given)), len(refused)) == (4, 4, 1)


def test_of_an_organizations_many_at_once_no_more_than_its_quota_are_given(place: Ground, buyer: Customer) -> None:
    made = [order(buyer, f"n{number}") for number in range(4)]
    settle(place)
    with acting(TEST), connection.cursor() as cursor:
        cursor.execute("update parties_organization set address_quota = 2")
    refused: list[Exception] = []

    def ask(instance: UUID) -> None:
        try:
            ordering.give_address(buyer.scope, instance)
        except errors.AddressQuotaExceeded as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(each,)) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(addresses(buyer.scope)), len(refused)) == (2, 2)


def test_the_database_itself_gives_an_address_to_one_service(place: Ground, buyer: Customer) -> None:
    _given(place, buyer)
    other = order(buyer, "ventes")
    with acting(TEST):
        row = PublicAddress.objects.get()
    row.pk, row.instance_id = UUID(int=7), other
    with pytest.raises(IntegrityError, match="public_address_once"), acting(TEST):
        row.save(force_insert=True)


def test_another_organization_sees_and_takes_none_of_them(place: Ground, buyer: Customer) -> None:
    instance, stranger = _given(place, buyer), customer("Autre SARL")
    theirs = order(stranger)
    settle(place)
    assert addresses(stranger.scope) == []
    for refused in (
        lambda: reach(stranger.scope, instance),
        lambda: commands.take_address(stranger.scope, instance),
        lambda: commands.release_address(stranger.scope, _only(buyer).id),
        lambda: ordering.give_address(stranger.scope, theirs, _only(buyer).id),
    ):
        with pytest.raises(NotFound):
            refused()


@pytest.mark.parametrize("given", ["nonsense", "203.0.113.1/24", "203.0.0.0/15", "127.0.0.0/24", "2001:db8::/64", ""])
def test_what_is_no_range_is_refused(place: Ground, given: str) -> None:
    with pytest.raises(errors.InvalidRange):
        commands.add_range(operator(), sites()[0].id, given)


def test_a_range_touches_neither_another_one_nor_the_platforms_networks_nor_what_the_host_reaches(
    place: Ground,
) -> None:
    (site,) = sites()
    observe_hosts(site.id, [], ["192.0.2.0/24"])
    for taken in ("203.0.113.4/30", f"{site.subnet}/28", "10.200.0.0/24", "192.0.2.128/25"):
        with pytest.raises(errors.RangeTaken):
            commands.add_range(operator(), site.id, taken)
    with acting(TEST):
        row = PublicRange.objects.get()
    row.pk, row.network = UUID(int=7), "203.0.113.2/32"
    with pytest.raises(IntegrityError, match="public_range_without_overlap"), acting(TEST):
        row.save(force_insert=True)


def test_a_range_is_withdrawn_once_nobody_has_an_address_of_it(place: Ground, buyer: Customer, pool: UUID) -> None:
    instance = _given(place, buyer)
    with pytest.raises(errors.RangeInUse):
        commands.withdraw_range(operator(), pool)
    commands.take_address(buyer.scope, instance)
    settle(place)
    commands.withdraw_range(operator(), pool)
    assert ranges(operator()) == []
    with pytest.raises(NotFound):
        commands.withdraw_range(operator(), pool)
    commands.add_range(operator(), sites()[0].id, POOL)


def test_an_address_that_was_given_back_is_given_again_last(place: Ground, buyer: Customer) -> None:
    seen = []
    for number in range(9):
        made = _given(place, buyer, f"n{number}")
        seen.append(_only(buyer).address)
        commands.erase_instance(buyer.scope, made)
        settle(place)
    assert len(set(seen[:8])) == 8
    assert seen[8] == seen[0]


def test_a_firewall_that_was_emptied_is_filled_and_what_is_nobodys_goes(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _given(place, buyer)
    assert (compare(engine).instances, compare(engine).strays) == ([], [])
    before = dict(engine.exposed)
    engine.exposed.clear()
    engine.exposed["10.9.9.9"] = Exposure("10.9.9.9", "203.0.113.5")
    resync(engine)
    assert (engine.exposed, engine.ranges) == ({}, [POOL])
    assert work(place) == 1
    assert engine.exposed == before
    assert service(buyer.scope, instance).state == "ready"


def test_killed_at_every_boundary_of_giving_and_taking_one_address_leads_to_one_machine(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = order(buyer)
    settle(place)
    at = 0
    while True:
        at += 1
        ordering.give_address(buyer.scope, instance)
        given = run_until_killed(place, engine, at, work).crossed
        for _ in range(3):
            forget_leases()
            work(place)
        assert _led_to(engine) == {reach(buyer.scope, instance).address: _machine(instance)}
        assert reach(buyer.scope, instance).state == "ready"
        commands.take_address(buyer.scope, instance)
        taken = run_until_killed(place, engine, at, work).crossed
        for _ in range(3):
            forget_leases()
            work(place)
        assert (_led_to(engine), addresses(buyer.scope), ranges(operator())[0].used) == ({}, [], 0)
        assert {each.state for each in operations(buyer.scope, instance)} == {"succeeded"}
        assert (compare(engine).instances, compare(engine).strays) == ([], [])
        if max(given, taken) < at:
            break
    assert at > 12


def test_an_address_waits_until_the_firewall_answers(place: Ground, buyer: Customer, engine: MemoryEngine) -> None:
    instance = order(buyer)
    settle(place)
    ordering.give_address(buyer.scope, instance)
    engine.faults.plan("expose", EngineError("no answer"))
    work(place)
    assert reach(buyer.scope, instance).state == "attaching"
    settle(place)
    assert reach(buyer.scope, instance).state == "ready"
