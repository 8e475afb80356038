"""The rules of a machine of one's own: kept outside of it, changed live, undone."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.support.killing import run_until_killed
from tests.support.reconciling import forget_leases, order, settle, work
from tests.support.world import Customer, customer, operator

from souk.engines.exposure import Exposure, IPProtocol, Passage
from souk.engines.memory import MemoryEngine
from souk.kernel.errors import NotFound
from souk.ordering import commands as ordering
from souk.provisioning import commands, errors, registry
from souk.provisioning.addresses import firewall
from souk.provisioning.queries import operation, operations
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import compare, resync
from souk.provisioning.rules import rule
from souk.sites.queries import sites

SSH, PING = Passage(IPProtocol.TCP, 22, 22), Passage(IPProtocol.ICMP)
ANYTHING = Passage(IPProtocol.ANY)
WEB = rule("in", "tcp", "443")


@pytest.fixture(autouse=True)
def ones_own(place: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sold are machines of customers' own, at a site that has public addresses."""
    monkeypatch.setattr(type(registry.blueprint("example")), "own_rules", True)
    commands.add_range(operator(), sites()[0].id, "203.0.113.0/29")


def _machine(place: Ground, buyer: Customer, name: str = "atelier", *, public: bool = True) -> UUID:
    made = order(buyer, name)
    settle(place)
    if public:
        ordering.give_address(buyer.scope, made)
        settle(place)
    return made


def _exposed(engine: MemoryEngine) -> Exposure:
    (only,) = engine.exposed.values()
    return only


def test_a_machine_begins_with_ssh_and_ping_and_may_begin_anything(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _machine(place, buyer)
    assert (_exposed(engine).inward, _exposed(engine).outward) == ((SSH, PING), (ANYTHING,))
    shown = firewall(buyer.scope, instance)
    assert shown is not None
    assert [(each.direction, each.protocol, each.ports) for each in shown.rules] == [
        ("in", "tcp", "22"),
        ("in", "icmp", ""),
        ("out", "any", ""),
    ]


def test_without_a_public_address_only_what_it_begins_is_the_firewalls_matter(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    _machine(place, buyer, public=False)
    assert (_exposed(engine).public, _exposed(engine).inward, _exposed(engine).outward) == ("", (), (ANYTHING,))


def test_other_rules_hold_without_a_restart_and_the_operation_tells_both(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _machine(place, buyer)
    (machine,) = engine.simulated.values()
    started = machine.started
    asked = commands.set_rules(buyer.scope, instance, [WEB], asker="198.51.100.7", confirmed=True)
    settle(place)
    assert (_exposed(engine).inward, _exposed(engine).outward) == ((Passage(IPProtocol.TCP, 443, 443),), ())
    assert machine.started == started
    told = operation(buyer.scope, asked).details
    assert ([each["first"] for each in told["rules"]], len(told["before"])) == ([443], 3)


def test_rules_are_undone_and_that_is_undone_too(place: Ground, buyer: Customer, engine: MemoryEngine) -> None:
    instance = _machine(place, buyer)
    with pytest.raises(errors.NothingToUndo):
        commands.undo_rules(buyer.scope, instance)
    commands.set_rules(buyer.scope, instance, [WEB], confirmed=True)
    commands.undo_rules(buyer.scope, instance)
    settle(place)
    assert _exposed(engine).inward == (SSH, PING)
    commands.undo_rules(buyer.scope, instance)
    settle(place)
    assert _exposed(engine).inward == (Passage(IPProtocol.TCP, 443, 443),)


def test_one_change_after_another_loses_none_though_neither_has_taken_effect_yet(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _machine(place, buyer)
    for port in ("80", "443"):
        shown = firewall(buyer.scope, instance)
        assert shown is not None
        known = [rule(each.direction, each.protocol, each.ports, each.networks, each.note) for each in shown.rules]
        commands.set_rules(buyer.scope, instance, [*known, rule("in", "tcp", port)])
    settle(place)
    assert [each.first for each in _exposed(engine).inward] == [22, None, 80, 443]


def test_rules_that_would_keep_out_who_asks_for_them_must_be_meant(place: Ground, buyer: Customer) -> None:
    instance = _machine(place, buyer)
    mine = rule("in", "tcp", "20-30", ["198.51.100.0/24"])
    with pytest.raises(errors.LocksYouOut):
        commands.set_rules(buyer.scope, instance, [WEB], asker="198.51.100.7")
    with pytest.raises(errors.LocksYouOut):
        commands.set_rules(buyer.scope, instance, [mine], asker="192.0.2.1")
    commands.set_rules(buyer.scope, instance, [mine], asker="198.51.100.7")


def test_mail_between_servers_leaves_from_an_address_of_ones_own_only(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    mail = rule("out", "tcp", "25")
    shared = _machine(place, buyer, public=False)
    with pytest.raises(errors.MailFromSharedAddress):
        commands.set_rules(buyer.scope, shared, [mail])
    ordering.give_address(buyer.scope, shared)
    commands.set_rules(buyer.scope, shared, [rule("in", "tcp", "22"), mail])
    settle(place)
    assert _exposed(engine).outward == (Passage(IPProtocol.TCP, 25, 25),)
    commands.take_address(buyer.scope, shared)
    settle(place)
    assert (_exposed(engine).outward, _exposed(engine).public) == ((), "")


def test_a_service_that_has_ports_of_its_own_has_no_rules(
    place: Ground, buyer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(registry.blueprint("example")), "own_rules", False)
    instance = _machine(place, buyer)
    assert firewall(buyer.scope, instance) is None
    with pytest.raises(errors.NoFirewall):
        commands.set_rules(buyer.scope, instance, [WEB])


def test_a_stranger_sees_and_changes_no_rules(place: Ground, buyer: Customer) -> None:
    instance, stranger = _machine(place, buyer), customer("Autre SARL")
    for refused in (
        lambda: firewall(stranger.scope, instance),
        lambda: commands.set_rules(stranger.scope, instance, [WEB]),
        lambda: commands.undo_rules(stranger.scope, instance),
    ):
        with pytest.raises(NotFound):
            refused()


def test_there_is_an_end_to_rules(place: Ground, buyer: Customer) -> None:
    instance = _machine(place, buyer)
    many = [rule("in", "tcp", str(port)) for port in range(1000, 1051)]
    with pytest.raises(errors.TooManyRules):
        commands.set_rules(buyer.scope, instance, many, confirmed=True)
    commands.set_rules(buyer.scope, instance, [*many[:50], many[0]], confirmed=True)


def test_rules_that_somebody_changed_on_the_host_are_put_back(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    _machine(place, buyer)
    before = _exposed(engine)
    engine.exposed[before.address] = Exposure(before.address, before.public, (ANYTHING,), None)
    assert len(compare(engine).instances) == 1
    resync(engine)
    work(place)
    assert _exposed(engine) == before


def test_killed_at_every_boundary_of_a_change_the_rules_that_are_recorded_hold(
    place: Ground, buyer: Customer, engine: MemoryEngine
) -> None:
    instance = _machine(place, buyer)
    at = 0
    while True:
        at += 1
        commands.set_rules(buyer.scope, instance, [rule("in", "tcp", str(1000 + at))], confirmed=True)
        crossed = run_until_killed(place, engine, at, work).crossed
        for _ in range(3):
            forget_leases()
            work(place)
        shown = firewall(buyer.scope, instance)
        assert shown is not None
        assert [each.ports for each in shown.rules] == [str(1000 + at)]
        assert _exposed(engine).inward == (Passage(IPProtocol.TCP, 1000 + at, 1000 + at),)
        assert {each.state for each in operations(buyer.scope, instance)} == {"succeeded"}
        if crossed < at:
            break
    assert at > 6
