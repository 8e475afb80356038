"""Who may reach a service: lists that say what they mean, in force as soon as they are recorded."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.reconciling import forget_leases, work
from tests.support.vault import vault
from tests.support.world import Customer, customer

from souk.engines.contract import Execution
from souk.engines.memory import MemoryEngine
from souk.kernel.errors import NotFound
from souk.ordering.commands import RestoreDetails, restore
from souk.ordering.queries import order
from souk.provisioning import commands, errors
from souk.provisioning.commands import Network
from souk.provisioning.commands.access import LONGEST_NOTE, MOST_NETWORKS
from souk.provisioning.platform import ensure_storage
from souk.provisioning.queries import AllowedRow, access, operations, service
from souk.provisioning.reconciler.converge import Ground

OFFICE = Network("203.0.113.0/24", "Rabat")


class Guards:
    """What each machine's firewall was told, in order."""

    def __init__(self, engine: MemoryEngine) -> None:
        self.told: list[dict[str, list[str] | None]] = []
        self.status = 0
        engine.guest.programs["/usr/lib/souk/guard"] = self._guard

    def _guard(self, _arguments: list[str], stdin: bytes) -> Execution:
        if self.status == 0:
            self.told.append(json.loads(stdin))
        return Execution(self.status, "", "")


@pytest.fixture
def guards(engine: MemoryEngine) -> Guards:
    return Guards(engine)


def test_everyone_may_reach_a_service_until_a_list_is_in_force(
    place: Ground, buyer: Customer, instance: UUID, guards: Guards
) -> None:
    assert access(buyer.scope, instance).networks is None
    commands.allow_networks(buyer.scope, instance, [OFFICE])
    assert (access(buyer.scope, instance).networks, access(buyer.scope, instance).changing) == (None, True)
    work(place)
    assert access(buyer.scope, instance).networks == [AllowedRow("203.0.113.0/24", "Rabat")]
    (told,) = guards.told
    assert told["allowed"] == ["203.0.113.0/24"]
    assert [address.rpartition(".")[2] for address in told["always"] or ()] == ["1"]
    commands.allow_networks(buyer.scope, instance, None)
    work(place)
    assert guards.told[-1]["allowed"] is None
    assert access(buyer.scope, instance).networks is None


def test_a_service_that_starts_again_keeps_its_list(
    place: Ground, buyer: Customer, instance: UUID, guards: Guards
) -> None:
    commands.allow_networks(buyer.scope, instance, [OFFICE])
    work(place)
    commands.stop_instance(buyer.scope, instance)
    work(place)
    commands.start_instance(buyer.scope, instance)
    work(place)
    assert [told["allowed"] for told in guards.told] == [["203.0.113.0/24"]] * 2


def test_what_is_restored_from_a_service_begins_with_its_list(place: Ground, buyer: Customer, guards: Guards) -> None:
    with vault():
        ensure_storage()
        source = reconciling.order(buyer)
        work(place)
        catch_up()
        commands.allow_networks(buyer.scope, source, [OFFICE])
        commands.back_up_instance(buyer.scope, source)
        forget_leases()
        work(place)
        copied = order(buyer.scope, restore(buyer.scope, RestoreDetails(source, "copie"))).instance_id
        before = len(guards.told)
        work(place)
        assert service(buyer.scope, copied).state == "ready"
        assert access(buyer.scope, copied).networks == [AllowedRow("203.0.113.0/24", "Rabat")]
        assert guards.told[before]["allowed"] == ["203.0.113.0/24"]


def test_a_machine_that_knows_no_lists_says_so_and_stays_as_it_was(
    place: Ground, buyer: Customer, instance: UUID, guards: Guards
) -> None:
    guards.status = 127
    commands.allow_networks(buyer.scope, instance, [OFFICE])
    work(place)
    failed = operations(buyer.scope, instance)[0]
    assert (failed.state, failed.trouble.startswith("This service's machine was made before")) == ("failed", True)
    assert access(buyer.scope, instance).networks is None


def test_networks_are_written_in_one_way(place: Ground, buyer: Customer, instance: UUID, guards: Guards) -> None:
    commands.allow_networks(
        buyer.scope, instance, [Network(" 203.0.113.77/24 ", " le  bureau "), Network("198.51.100.7")]
    )
    work(place)
    found = access(buyer.scope, instance).networks
    assert found == [AllowedRow("203.0.113.0/24", "le bureau"), AllowedRow("198.51.100.7/32", "")]


@pytest.mark.parametrize("given", ["", "bureau", "203.0.113.256", "203.0.113.0/33", "2001:db8::/32", "10.0.0.0 ; drop"])
def test_what_is_no_ipv4_network_is_refused(buyer: Customer, instance: UUID, given: str) -> None:
    with pytest.raises(errors.InvalidNetwork):
        commands.allow_networks(buyer.scope, instance, [Network(given)])


@pytest.mark.parametrize(
    ("first", "second"),
    [("10.0.0.0/8", "10.1.2.0/24"), ("10.1.2.0/24", "10.0.0.0/8"), ("10.1.2.3", "10.1.2.3"), ("0.0.0.0/0", "10.0.0.1")],
)
def test_networks_within_each_other_are_refused(buyer: Customer, instance: UUID, first: str, second: str) -> None:
    with pytest.raises(errors.NetworksOverlap):
        commands.allow_networks(buyer.scope, instance, [Network(first), Network("192.0.2.0/24"), Network(second)])


def test_a_list_has_its_limits(buyer: Customer, instance: UUID) -> None:
    many = [Network(f"10.0.{number}.0/24") for number in range(MOST_NETWORKS + 1)]
    commands.allow_networks(buyer.scope, instance, many[1:])
    with pytest.raises(errors.TooManyNetworks):
        commands.allow_networks(buyer.scope, instance, many)
    with pytest.raises(errors.NoteTooLong):
        commands.allow_networks(buyer.scope, instance, [Network("10.0.0.1", "x" * (LONGEST_NOTE + 1))])


def test_an_empty_list_is_no_slip(place: Ground, buyer: Customer, instance: UUID, guards: Guards) -> None:
    with pytest.raises(errors.NobodyNotSaid):
        commands.allow_networks(buyer.scope, instance, [])
    commands.allow_networks(buyer.scope, instance, [], nobody=True)
    work(place)
    assert access(buyer.scope, instance).networks == []
    assert guards.told[-1]["allowed"] == []


def test_nobody_locks_themselves_out_unawares(buyer: Customer, instance: UUID) -> None:
    for networks in ([OFFICE], []):
        with pytest.raises(errors.LocksYouOut):
            commands.allow_networks(buyer.scope, instance, networks, nobody=True, asker="198.51.100.7")
    commands.allow_networks(buyer.scope, instance, [OFFICE], asker="203.0.113.50")
    commands.allow_networks(buyer.scope, instance, [OFFICE], asker="198.51.100.7", confirmed=True)
    commands.allow_networks(buyer.scope, instance, None, asker="198.51.100.7")


@pytest.mark.parametrize("asker", ["", "127.0.0.1", "2001:db8::7"])
def test_an_address_that_the_list_can_not_speak_of_is_not_locked_out(
    buyer: Customer, instance: UUID, asker: str
) -> None:
    commands.allow_networks(buyer.scope, instance, [OFFICE], asker=asker)


def test_somebody_elses_list_does_not_exist(place: Ground, instance: UUID) -> None:
    stranger = customer("Autre SARL").scope
    with pytest.raises(NotFound):
        access(stranger, instance)
    with pytest.raises(NotFound):
        commands.allow_networks(stranger, instance, None)
