"""What the host's firewall is told of one machine, from what it holds."""

from __future__ import annotations

from souk.engines.exposure import Exposure, IPProtocol, Passage
from souk.engines.incus.exposing import inward, outward, parsed, script

SSH = Passage(IPProtocol.TCP, 22, 22)
EVERYTHING = Passage(IPProtocol.ANY)
ONE = Exposure("10.1.1.10", "203.0.113.1", (SSH,), (EVERYTHING,))

LISTING = f"""{{"nftables": [
{{"chain": {{"name": "forward"}}}}, {{"chain": {{"name": "i_0a01010a_{ONE.token}"}}}},
{{"chain": {{"name": "o_0a01010a_{ONE.token}"}}}}, {{"rule": {{"chain": "forward"}}}},
{{"set": {{"name": "ranges"}}}},
{{"set": {{"name": "held", "elem": [{{"concat": ["203.0.113.1", "10.1.1.10"]}}]}}}},
{{"map": {{"name": "arrives", "elem": [["203.0.113.1", "10.1.1.10"]]}}}},
{{"map": {{"name": "departs", "elem": [["10.1.1.10", "203.0.113.1"]]}}}},
{{"map": {{"name": "admitted", "elem": [["10.1.1.10", {{"jump": {{"target": "i_0a01010a_{ONE.token}"}}}}]]}}}},
{{"map": {{"name": "bounded", "elem": [["10.1.1.10", {{"jump": {{"target": "o_0a01010a_{ONE.token}"}}}}]]}}}}
]}}""".encode()
EMPTY = parsed(b'{"nftables": []}')


def test_what_is_in_force_already_is_not_told_again() -> None:
    assert script("t", parsed(LISTING), ONE) == []
    assert script("t", EMPTY, Exposure("10.1.1.10")) == []


def test_other_rules_take_the_place_of_those_before_in_one_transaction() -> None:
    other = Exposure(ONE.address, ONE.public, (), (EVERYTHING,))
    lines = script("t", parsed(LISTING), other)
    gone = lines.index("delete element inet t admitted { 10.1.1.10 }")
    assert gone < lines.index(f"delete chain inet t i_0a01010a_{ONE.token}")
    assert f"add element inet t admitted {{ 10.1.1.10 : jump i_0a01010a_{other.token} }}" in lines


def test_whoever_had_the_public_address_has_it_no_more() -> None:
    lines = script("t", parsed(LISTING), Exposure("10.1.1.11", ONE.public, (SSH,)))
    assert {
        "delete element inet t arrives { 203.0.113.1 }",
        "delete element inet t departs { 10.1.1.10 }",
        "delete element inet t held { 203.0.113.1 . 10.1.1.10 }",
        "add element inet t arrives { 203.0.113.1 : 10.1.1.11 }",
    } <= set(lines)


def test_a_machine_that_is_exposed_no_more_leaves_nothing() -> None:
    lines = script("t", parsed(LISTING), Exposure(ONE.address))
    assert not [line for line in lines if line.startswith("add")]
    assert len([line for line in lines if line.startswith("delete chain")]) == 2


def test_what_comes_in_is_let_through_by_port_and_network_and_all_else_is_dropped() -> None:
    rules = inward([SSH, Passage(IPProtocol.UDP, 5000, 5010, ("10.0.0.0/9", "10.128.0.0/9")), EVERYTHING])
    assert rules == [
        "meta l4proto tcp ct original proto-dst 22 accept",
        "meta l4proto udp ct original proto-dst 5000-5010 ct original ip saddr { 10.0.0.0/8 } accept",
        "accept",
        "drop",
    ]


def test_mail_leaves_only_by_the_rule_that_names_it() -> None:
    smtp = Passage(IPProtocol.TCP, 25, 25)
    closed = "meta l4proto tcp ct original proto-dst 25 drop"
    assert outward([EVERYTHING]) == [closed, "return", "drop"]
    assert outward([EVERYTHING, smtp]) == [
        "meta l4proto tcp ct original proto-dst 25 return",
        closed,
        "return",
        "drop",
    ]
