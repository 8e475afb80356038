"""Rules of what passes between a machine and the world: read from what people write, and told to the engine."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as some

from souk.engines.exposure import Exposure, IPProtocol, Passage
from souk.provisioning import errors
from souk.provisioning.contract import Abilities
from souk.provisioning.rules import FIRST, MOST_NETWORKS, checked, exposure, recorded, rule


class Machine(Abilities):
    """A kind of service whose customers write rules."""

    port = 22
    own_rules = True


class Served(Abilities):
    """A kind of service that serves at two ports."""

    port = 5432
    further_ports = (6432,)


@pytest.mark.parametrize(
    ("ports", "read"),
    [("", (None, None)), ("443", (443, 443)), (" 8000 - 8010 ", (8000, 8010)), ("1-65535", (1, 65535))],
)
def test_ports_are_one_a_range_or_all(ports: str, read: tuple[int | None, int | None]) -> None:
    made = rule("in", "tcp", ports)
    assert (made.first, made.last) == read
    assert made.ports == ports.replace(" ", "")


@pytest.mark.parametrize("ports", ["0", "65536", "22,80", "80-22", "ssh", "-", "1-", "٢٢", "1e3"])
def test_what_are_no_ports_is_refused(ports: str) -> None:
    with pytest.raises(errors.InvalidPorts):
        rule("in", "tcp", ports)


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("up", "tcp"), errors.InvalidDirection),
        (("in", "gre"), errors.InvalidProtocol),
        (("in", "icmp", "8"), errors.PortsWithoutProtocol),
        (("in", "any", "22"), errors.PortsWithoutProtocol),
        (("in", "tcp", "22", []), errors.NoNetworks),
        (("in", "tcp", "22", ["2001:db8::/32"]), errors.InvalidNetwork),
        (("in", "tcp", "22", ["10.0.0.0/8; drop"]), errors.InvalidNetwork),
        (("in", "tcp", "22", ["10.0.0.1"] * (MOST_NETWORKS + 1)), errors.TooManyNetworksInRule),
        (("in", "tcp", "22", None, "x" * 101), errors.NoteTooLong),
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence(words: tuple[object, ...], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rule(*words)


def test_networks_are_put_together_and_all_of_them_is_everyone() -> None:
    assert rule("in", "tcp", "22", ["10.0.0.0/9", "10.128.0.7/9", "10.1.1.1"]).networks == ["10.0.0.0/8"]
    assert rule("in", "tcp", "22", ["0.0.0.0/0"]).networks is None


def test_rules_come_back_as_they_were_recorded_and_each_is_there_once() -> None:
    made = [rule("in", "tcp", "22", ["203.0.113.7"], "bureau"), rule("out", "any")]
    assert recorded(checked([*made, made[0]])) == made
    assert recorded(None) == list(FIRST)


def test_a_machines_rules_hold_in_both_directions_and_what_comes_in_only_with_a_public_address() -> None:
    given_rules = [asdict(each) for each in (rule("in", "udp", "53"), rule("out", "tcp", "443"))]
    out = (Passage(IPProtocol.TCP, 443, 443),)
    reached = exposure(Machine(), "10.1.1.1", "203.0.113.1", None, given_rules, {})
    assert reached == Exposure("10.1.1.1", "203.0.113.1", (Passage(IPProtocol.UDP, 53, 53),), out)
    assert exposure(Machine(), "10.1.1.1", "", None, given_rules, {}) == Exposure("10.1.1.1", "", (), out)


def test_mail_between_servers_leaves_from_a_public_address_only() -> None:
    given_rules = [asdict(rule("out", "tcp", "25")), asdict(rule("out", "tcp", "20-30"))]
    assert exposure(Machine(), "10.1.1.1", "", None, given_rules, {}).outward == (Passage(IPProtocol.TCP, 20, 30),)
    with_one = exposure(Machine(), "10.1.1.1", "203.0.113.1", None, given_rules, {}).outward
    assert with_one is not None
    assert [each.mail for each in with_one] == [True, False]


def test_of_other_services_only_the_ports_at_which_they_serve_are_reached_by_their_list() -> None:
    allowed = [{"network": "203.0.113.0/24", "note": ""}]
    passages = exposure(Served(), "10.1.1.1", "198.51.100.1", allowed, None, {})
    assert [(each.first, each.networks) for each in passages.inward] == [
        (5432, ("203.0.113.0/24",)),
        (6432, ("203.0.113.0/24",)),
    ]
    assert passages.outward is None
    assert exposure(Served(), "10.1.1.1", "198.51.100.1", [], None, {}).inward == ()
    assert exposure(Served(), "10.1.1.1", "", allowed, None, {}).closed


_NETWORKS = some.lists(
    some.tuples(some.integers(0, 255), some.integers(20, 32)).map(
        lambda each: str(ipaddress.IPv4Network((f"10.0.{each[0]}.{each[0]}", each[1]), strict=False))
    ),
    min_size=1,
    max_size=6,
)


@given(_NETWORKS, _NETWORKS, some.integers(0, 255), some.integers(0, 255))
def test_whoever_gets_in_is_let_in_by_the_rule_and_by_the_list(
    networks: list[str], listed: list[str], third: int, last: int
) -> None:
    address = ipaddress.IPv4Address(f"10.0.{third}.{last}")

    def within(these: list[str] | tuple[str, ...]) -> bool:
        return any(address in ipaddress.IPv4Network(each) for each in these)

    made = [asdict(rule("in", "tcp", "22", networks))]
    allowed = [{"network": each, "note": ""} for each in listed]
    passages = exposure(Machine(), "10.1.1.1", "203.0.113.1", allowed, made, {}).inward
    let_in = any(within(each.networks or ()) for each in passages)
    assert let_in == (within(networks) and within(listed))
