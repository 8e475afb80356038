"""Private networks of projects: cut out, given to services, kept on the engine while something is in them."""

from __future__ import annotations

import ipaddress
from uuid import UUID

import pytest
from cryptography import x509
from django.db import connection
from tests.support.crew import several_machines
from tests.support.killing import run_until_killed, stride
from tests.support.reconciling import forget_leases, order, settle, work
from tests.support.world import Customer, customer

from souk.engines.contract import Card, MachineSpec
from souk.engines.memory import MemoryEngine
from souk.kernel.errors import NotFound
from souk.kernel.scope import System, acting
from souk.ordering import commands as ordering
from souk.ordering import queries as orders
from souk.parties.queries import projects
from souk.provisioning import commands, errors
from souk.provisioning.models import Attachment, Endpoint, PrivateNetwork, ServiceInstance
from souk.provisioning.networks import attachment, network, networks
from souk.provisioning.queries import access, connection_of, operations, service
from souk.provisioning.reconciler.adoption import adopt
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare, resync
from souk.sites.commands import observe_hosts
from souk.sites.models import Site
from souk.sites.queries import sites

TEST = System("test")


def _project(buyer: Customer) -> UUID:
    return projects(buyer.scope, buyer.organization)[0].id


def _made(buyer: Customer, name: str = "interne") -> UUID:
    return commands.create_network(buyer.scope, _project(buyer), "ma-temara", name)


def _ready(place: Ground, buyer: Customer, name: str = "compta") -> UUID:
    made = order(buyer, name)
    settle(place)
    return made


def _attached(place: Ground, buyer: Customer, name: str = "compta") -> UUID:
    made = _ready(place, buyer, name)
    commands.attach_instance(buyer.scope, made)
    settle(place)
    return made


def _card(engine: MemoryEngine, buyer: Customer, instance: UUID) -> Card | None:
    """The card of the service's machine, as the engine shows it."""
    label = service(buyer.scope, instance).label
    (found,) = [each for each in engine.machines() if each.name.startswith(label)]
    return found.card


def _certified(instance: UUID) -> x509.SubjectAlternativeName:
    with acting(TEST):
        text = Endpoint.objects.values_list("certificate", flat=True).get(instance_id=instance)
    found = x509.load_pem_x509_certificate(text.encode())
    return found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def test_an_attached_service_has_a_card_an_address_a_name_and_a_certificate_for_both(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _attached(place, buyer)
    row = attachment(buyer.scope, instance)
    (there,) = networks(buyer.scope)
    assert (row.state, row.network_id, row.network_name, row.only) == ("ready", there.id, "default", False)
    assert row.hostname == f"{service(buyer.scope, instance).label}.private.{sites()[0].domain}"
    assert ipaddress.ip_address(row.address) in ipaddress.ip_network(there.subnet)
    card = _card(engine, buyer, instance)
    assert card is not None
    assert (card.address, [card.network]) == (row.address, list(engine.networks()))
    assert row.hostname in place.names.published()
    names = _certified(instance)
    assert row.hostname in names.get_values_for_type(x509.DNSName)
    assert ipaddress.ip_address(row.address) in names.get_values_for_type(x509.IPAddress)
    found = connection_of(buyer.scope, instance)
    assert found.private is not None
    assert (row.hostname in found.private.uri, found.private_address) == (True, row.address)
    assert next((each.kind, each.state) for each in operations(buyer.scope, instance)) == ("attach", "succeeded")
    assert [(each.name, each.address, each.hostname) for each in there.services] == [
        ("compta", row.address, row.hostname)
    ]


def test_a_service_is_ordered_into_a_network(place: Ground, buyer: Customer, engine: MemoryEngine) -> None:
    chosen = _made(buyer)
    details = ordering.OrderDetails(
        buyer.organization, "public", "exemple", "s", "ma-temara", "compta", network=str(chosen)
    )
    instance = orders.order(buyer.scope, ordering.place_order(buyer.scope, details)).instance_id
    assert attachment(buyer.scope, instance).state == "attaching"
    settle(place)
    row = attachment(buyer.scope, instance)
    assert (row.state, row.network_name) == ("ready", "interne")
    assert _card(engine, buyer, instance) is not None
    assert [each.kind for each in operations(buyer.scope, instance)] == ["create"]


@pytest.mark.parametrize("given", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_order_into_a_network_that_is_not_there_orders_nothing(place: Ground, buyer: Customer, given: str) -> None:
    details = ordering.OrderDetails(buyer.organization, "public", "exemple", "s", "ma-temara", "x", network=given)
    with pytest.raises(errors.NetworkMissing):
        ordering.place_order(buyer.scope, details)
    assert orders.orders(buyer.scope) == []


def test_the_default_network_is_made_once_and_shared_by_the_project(place: Ground, buyer: Customer) -> None:
    first, second = _attached(place, buyer), _attached(place, buyer, "ventes")
    (there,) = networks(buyer.scope)
    assert [each.id for each in there.services] == [first, second]
    assert len({each.address for each in there.services}) == 2


def test_subnets_touch_neither_each_other_nor_the_platform_nor_what_the_host_reaches(
    place: Ground, buyer: Customer
) -> None:
    (site,) = sites()
    occupied = ["10.192.0.0/23", "10.192.3.128/25", "10.192.0.0/16"]
    with acting(TEST):
        Site.objects.update(subnet="10.193.1.0", prefix_length=24, private_range="10.192.0.0/15")
    observe_hosts(site.id, [], occupied)
    stranger = customer("Autre SARL")
    made = [_made(buyer), _made(stranger), _made(buyer, "deux")]
    with acting(TEST):
        subnets = [str(PrivateNetwork.objects.get(id=each).subnet) for each in made]
    assert subnets == ["10.193.0.0", "10.193.2.0", "10.193.3.0"]


def test_a_range_that_is_full_is_said_so_and_a_deleted_networks_subnet_is_free_again(
    place: Ground, buyer: Customer
) -> None:
    with acting(TEST):
        Site.objects.update(private_range="10.192.0.0/23")
    first, _ = _made(buyer), _made(buyer, "deux")
    with pytest.raises(errors.NoSubnet):
        _made(buyer, "trois")
    commands.delete_network(buyer.scope, first)
    settle(place)
    assert network(buyer.scope, _made(buyer, "trois")).subnet == "10.192.0.0/24"


def test_a_network_that_something_is_in_is_not_deleted_and_says_what(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _attached(place, buyer)
    (there,) = networks(buyer.scope)
    with pytest.raises(errors.NetworkInUse, match="compta"):
        commands.delete_network(buyer.scope, there.id)
    commands.detach_instance(buyer.scope, instance)
    settle(place)
    assert (attachment(buyer.scope, instance).state, _card(engine, buyer, instance)) == ("none", None)
    assert (list(engine.networks()), len(networks(buyer.scope))) == ([], 1)
    commands.delete_network(buyer.scope, there.id)
    settle(place)
    assert networks(buyer.scope) == []


def test_the_name_and_the_certificate_forget_a_service_that_was_taken_out(place: Ground, buyer: Customer) -> None:
    instance = _attached(place, buyer)
    hostname = attachment(buyer.scope, instance).hostname
    commands.detach_instance(buyer.scope, instance)
    settle(place)
    assert hostname not in place.names.published()
    assert hostname not in _certified(instance).get_values_for_type(x509.DNSName)
    assert connection_of(buyer.scope, instance).private is None


def test_the_bridge_goes_with_the_last_service_and_comes_with_the_next(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    first, second = _attached(place, buyer), _attached(place, buyer, "ventes")
    commands.erase_instance(buyer.scope, first)
    settle(place)
    assert len(engine.networks()) == 1
    commands.erase_instance(buyer.scope, second)
    settle(place)
    assert list(engine.networks()) == []
    _attached(place, buyer, "stock")
    assert len(engine.networks()) == 1


def test_a_service_that_is_deleted_but_kept_gives_way_to_the_deletion_of_its_network(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _attached(place, buyer)
    (there,) = networks(buyer.scope)
    commands.delete_instance(buyer.scope, instance)
    settle(place)
    commands.delete_network(buyer.scope, there.id)
    settle(place)
    assert list(engine.networks()) == []
    commands.recover_instance(buyer.scope, instance)
    settle(place)
    assert (service(buyer.scope, instance).state, attachment(buyer.scope, instance).state) == ("ready", "none")


def test_a_stopped_service_is_attached_when_it_starts_and_taken_out_at_once(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _ready(place, buyer)
    commands.stop_instance(buyer.scope, instance)
    commands.attach_instance(buyer.scope, instance)
    settle(place)
    assert attachment(buyer.scope, instance).state == "attaching"
    commands.start_instance(buyer.scope, instance)
    settle(place)
    assert attachment(buyer.scope, instance).state == "ready"
    commands.stop_instance(buyer.scope, instance)
    commands.detach_instance(buyer.scope, instance)
    settle(place)
    assert (_card(engine, buyer, instance), list(engine.networks())) == (None, [])


def test_closed_to_the_outside_only_once_it_is_reached_inside_and_only_when_that_is_meant(
    place: Ground, buyer: Customer
) -> None:
    instance = _ready(place, buyer)
    with pytest.raises(errors.NotAttached):
        commands.close_to_outside(buyer.scope, instance, confirmed=True)
    commands.attach_instance(buyer.scope, instance)
    with pytest.raises(errors.NotAttachedYet):
        commands.close_to_outside(buyer.scope, instance, confirmed=True)
    settle(place)
    with pytest.raises(errors.ClosesToOutside, match=r"203\.0\.113\.7"):
        commands.close_to_outside(buyer.scope, instance, asker="203.0.113.7")
    commands.close_to_outside(buyer.scope, instance, confirmed=True)
    with pytest.raises(errors.ReachedInNetworkOnly):
        commands.detach_instance(buyer.scope, instance)
    settle(place)
    assert (access(buyer.scope, instance).networks, attachment(buyer.scope, instance).only) == ([], True)
    with pytest.raises(errors.ReachedInNetworkOnly):
        commands.detach_instance(buyer.scope, instance)
    commands.allow_networks(buyer.scope, instance, None)
    settle(place)
    commands.detach_instance(buyer.scope, instance)
    settle(place)
    assert attachment(buyer.scope, instance).state == "none"


def test_a_service_is_in_one_network_of_its_own_project_at_a_time(place: Ground, buyer: Customer) -> None:
    instance = _attached(place, buyer)
    with pytest.raises(errors.AlreadyAttached, match="default"):
        commands.attach_instance(buyer.scope, instance, str(_made(buyer)))
    stranger = customer("Autre SARL")
    theirs = _made(stranger)
    other = _ready(place, buyer, "ventes")
    with pytest.raises(errors.NetworkMissing):
        commands.attach_instance(buyer.scope, other, str(theirs))


def test_another_project_of_the_same_customer_is_kept_apart(place: Ground, buyer: Customer) -> None:
    instance = _ready(place, buyer)
    row = _made(buyer)
    with acting(TEST):
        PrivateNetwork.objects.filter(id=row).update(project_id=UUID(int=7))
    with pytest.raises(errors.NetworkElsewhere):
        commands.attach_instance(buyer.scope, instance, str(row))


def test_nobody_else_sees_changes_or_enters_a_network(place: Ground, buyer: Customer) -> None:
    instance = _attached(place, buyer)
    (there,) = networks(buyer.scope)
    stranger = customer("Autre SARL")
    assert networks(stranger.scope) == []
    with pytest.raises(NotFound):
        network(stranger.scope, there.id)
    with pytest.raises(NotFound):
        attachment(stranger.scope, instance)
    with pytest.raises(NotFound):
        commands.rename_network(stranger.scope, there.id, "x")
    with pytest.raises(NotFound):
        commands.delete_network(stranger.scope, there.id)
    with pytest.raises(NotFound):
        commands.detach_instance(stranger.scope, instance)
    with pytest.raises(NotFound):
        commands.create_network(stranger.scope, _project(buyer), "ma-temara", "x")
    with acting(stranger.scope), connection.cursor() as cursor:
        for table in ("provisioning_privatenetwork", "provisioning_attachment"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,), table


def test_names_of_networks_are_clean_and_a_projects_once(place: Ground, buyer: Customer) -> None:
    made = _made(buyer, "  réseau   شبكة ")
    assert network(buyer.scope, made).name == "réseau شبكة"
    with pytest.raises(errors.NetworkNameTaken):
        _made(buyer, "réseau شبكة")
    second = _made(buyer, "deux")
    with pytest.raises(errors.NetworkNameTaken):
        commands.rename_network(buyer.scope, second, "réseau شبكة")
    for bad in ("", " ", "x" * 64, "a\x00b"):
        with pytest.raises(errors.InvalidNetworkName):
            commands.rename_network(buyer.scope, second, bad)
    commands.rename_network(buyer.scope, second, "trois")
    assert network(buyer.scope, second).name == "trois"


def test_a_copy_begins_in_the_network_of_the_service_it_is_a_copy_of(place: Ground, buyer: Customer) -> None:
    instance = _attached(place, buyer)
    commands.close_to_outside(buyer.scope, instance, confirmed=True)
    settle(place)
    with acting(TEST):
        row = ServiceInstance.objects.get(id=instance)
    from souk.provisioning.commands import InstanceDetails, Origin

    copy = commands.create_instance(
        buyer.scope,
        InstanceDetails(
            row.organization_id,
            row.project_id,
            row.region_code,
            row.blueprint,
            "ex",
            "copie",
            row.parameters,
            row.size,
            Origin(instance, None),
        ),
    )
    assert attachment(buyer.scope, copy).network_id == attachment(buyer.scope, instance).network_id
    assert access(buyer.scope, copy).networks == []


def test_of_a_service_on_several_machines_the_one_in_front_is_in_the_network(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    with several_machines(engine):
        instance = order(buyer, plan="h")
        settle(place)
        commands.attach_instance(buyer.scope, instance)
        settle(place, times=3)
        row = attachment(buyer.scope, instance)
        assert row.state == "ready"
        label = service(buyer.scope, instance).label
        cards = {each.labels["role"]: each.card for each in engine.machines() if each.name.startswith(label)}
        assert cards.pop("front") is not None
        assert set(cards.values()) == {None}
        commands.detach_instance(buyer.scope, instance)
        settle(place)
        assert all(each.card is None for each in engine.machines())


def test_what_was_changed_on_the_engine_behind_our_back_is_put_right(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _attached(place, buyer)
    card = _card(engine, buyer, instance)
    (machine,) = [each for each in engine.machines() if each.card]
    engine.detach(machine.name)
    engine.delete_network(card.network if card else "")
    drift = resync(engine)
    assert (drift.instances, drift.networks) == ([instance], [attachment(buyer.scope, instance).network_id])
    work(place)
    assert _card(engine, buyer, instance) == card
    assert not resync(engine).instances


def test_a_network_that_nothing_is_in_is_taken_away_and_one_that_nobody_knows_is_told_of(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    made = _made(buyer)
    with acting(TEST):
        engine.ensure_network(PrivateNetwork.objects.get(id=made).bridge)
    engine.ensure_network("sk-nobodys")
    drift = resync(engine)
    assert (drift.networks, drift.orphan_networks) == ([made], ["sk-nobodys"])
    work(place)
    assert list(engine.networks()) == ["sk-nobodys"]
    assert compare(engine).networks == []


def test_the_networks_that_services_have_for_themselves_are_nobodys_orphans(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    with several_machines(engine):
        order(buyer, plan="h")
        settle(place)
        assert len(engine.networks()) == 1
        assert compare(engine).orphan_networks == []


def test_a_restored_database_puts_right_what_it_does_not_know(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _ready(place, buyer)
    label = service(buyer.scope, instance).label
    (machine,) = [each for each in engine.machines() if each.name.startswith(label)]
    engine.ensure_network("sk-n-lost")
    engine.attach(machine.name, Card("sk-n-lost", "10.192.0.10"))
    assert adopt(engine).orphan_networks == ["sk-n-lost"]
    work(place)
    assert _card(engine, buyer, instance) is None


def test_an_address_is_nobody_elses_until_the_card_was_given_back(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    first, second = _attached(place, buyer), _ready(place, buyer, "ventes")
    before = attachment(buyer.scope, first).address
    commands.detach_instance(buyer.scope, first)
    commands.attach_instance(buyer.scope, second)
    assert attachment(buyer.scope, second).address != before
    settle(place)
    third = _attached(place, buyer, "stock")
    assert attachment(buyer.scope, third).address == before


def test_killed_at_every_boundary_a_service_is_attached_moved_and_taken_out(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance, other = _ready(place, buyer), _made(buyer, "autre")
    at = 0
    while True:
        at += stride(3)
        commands.attach_instance(buyer.scope, instance, str(other))
        crossed = run_until_killed(place, engine, at, work).crossed
        settle(place)
        card = _card(engine, buyer, instance)
        assert card is not None
        assert card.address == attachment(buyer.scope, instance).address
        assert list(engine.networks()) == [card.network]
        commands.detach_instance(buyer.scope, instance)
        crossed = max(crossed, run_until_killed(place, engine, at, work).crossed)
        settle(place)
        assert (_card(engine, buyer, instance), list(engine.networks())) == (None, [])
        assert attachment(buyer.scope, instance).state == "none"
        with acting(TEST):
            assert not Attachment.objects.filter(released_at__isnull=True).exists()
        if crossed < at:
            break
    assert at > 5
    assert {row.state for row in operations(buyer.scope, instance)} == {"succeeded"}


def test_killed_at_every_boundary_a_network_that_its_customer_deleted_goes(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    at = 0
    while True:
        at += stride(3)
        instance = _attached(place, buyer, f"s{at}")
        (there,) = networks(buyer.scope)
        commands.erase_instance(buyer.scope, instance)
        # Its services are gone, whatever is left of them on the engine.
        commands.delete_network(buyer.scope, there.id)
        assert networks(buyer.scope) == []
        crossed = run_until_killed(place, engine, at, work).crossed
        forget_leases()
        settle(place, times=3)
        assert list(engine.networks()) == []
        with acting(TEST):
            assert not PrivateNetwork.objects.filter(deleted_at__isnull=True).exists()
        if crossed < at:
            break
    assert at > 3


def test_a_machine_beside_it_makes_room_for_the_one_that_takes_over(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _attached(place, buyer)
    card = _card(engine, buyer, instance)
    assert card is not None
    (machine,) = [each for each in engine.machines() if each.card]
    spec = MachineSpec("besides-1", "x", machine.limits, "10.0.0.99")
    engine.create(spec)
    engine.detach(machine.name)
    engine.attach("besides-1", card)
    resync(engine)
    work(place)
    # Something that is nobody's has the address: it is told, and tried again.
    assert service(buyer.scope, instance).trouble
    engine.delete("besides-1")
    settle(place)
    assert _card(engine, buyer, instance) == card
    assert not service(buyer.scope, instance).trouble
