"""Who may speak to whom on the bridge."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from install import firewall, isolation

from souk.settings.namespace import Namespace

INTERNET = [IPv4Network(block) for block in isolation.internet()]


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "9.9.9.9", "11.0.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "223.255.255.255"]
)
def test_machines_may_reach_public_addresses(address: str):
    assert any(IPv4Address(address) in block for block in INTERNET)


@pytest.mark.parametrize(
    "address",
    [
        "10.98.187.1",
        "172.16.5.4",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "127.0.0.1",
        "224.0.0.251",
        "255.255.255.255",
    ],
)
def test_machines_may_not_reach_private_or_local_addresses(address: str):
    assert not any(IPv4Address(address) in block for block in INTERNET)


def test_the_internet_and_what_is_not_the_internet_make_up_all_addresses():
    whole = sum(block.num_addresses for block in (*INTERNET, *isolation.NOT_INTERNET))
    assert whole == 2**32


def test_the_acl_never_drops_by_rule_because_incus_puts_drops_first():
    acl = isolation.acl("10.98.187.1")
    assert {rule["action"] for rule in (*acl["ingress"], *acl["egress"])} == {"allow"}


def test_only_the_host_may_begin_a_conversation_with_a_machine():
    assert {rule["source"] for rule in isolation.acl("10.98.187.1")["ingress"]} == {"10.98.187.1/32"}


def test_the_firewall_is_the_namespaces_own_and_replaced_in_one_transaction(tmp_path: Path):
    ns = Namespace("demo", tmp_path, tmp_path)
    rules = firewall.ruleset(ns)
    assert "delete table inet souk_demo" in rules
    assert rules.index("table inet souk_demo {}") < rules.index("delete table") < rules.index("chain input")
    assert 'iifname "souk-demo" jump from_machines' in rules


def test_of_the_host_machines_reach_nothing_but_dhcp_and_dns(tmp_path: Path):
    ns = Namespace("demo", tmp_path, tmp_path)
    chain = firewall.ruleset(ns).partition("chain from_machines {")[2].partition("}\n")[0]
    assert [line.strip() for line in chain.replace("{ ", "").splitlines() if line.strip()] == [
        "ct state established,related accept",
        f"ip daddr {ns.gateway}, 255.255.255.255 }} udp dport 67 accept",
        f"ip daddr {ns.gateway} udp dport 53 accept",
        f"ip daddr {ns.gateway} tcp dport 53 accept",
        "drop",
    ]
