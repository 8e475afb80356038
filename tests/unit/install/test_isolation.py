"""Who may speak to whom on the bridge."""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from install import firewall, isolation
from install.failure import Failure

from souk.engines.incus import spec
from souk.provisioning.commands import attaching
from souk.provisioning.reconciler.records import own_network
from souk.settings.namespace import Namespace
from souk.sites import addresses

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
    acl = isolation.acl("10.98.187.0/24")
    assert {rule["action"] for rule in (*acl["ingress"], *acl["egress"])} == {"allow"}


def test_nobody_beyond_the_host_begins_a_conversation_with_a_machine_but_by_its_public_address(tmp_path: Path):
    ns = Namespace("demo", tmp_path, tmp_path)
    forward = firewall.ruleset(ns).partition("chain forward {")[2].partition("}")[0]
    into = [line.strip() for line in forward.splitlines() if line.strip().startswith('oifname "souk-demo"')]
    assert into == [
        'oifname "souk-demo" ct state established,related accept',
        'oifname "souk-demo" ct status dnat accept',
        'oifname "souk-demo" drop',
    ]
    judged = firewall.reach(ns)
    assert 'add rule inet souk_demo_reach forward oifname "souk-demo" ct status dnat' in judged
    assert judged.rstrip().splitlines()[-1] == "add rule inet souk_demo_reach from_machine drop"
    assert "add rule inet souk_demo_reach to_machine drop" in judged


def test_what_the_firewall_knows_of_public_addresses_outlives_a_load(tmp_path: Path):
    rules = firewall.reach(Namespace("demo", tmp_path, tmp_path))
    assert "delete" not in rules
    assert not [line for line in rules.splitlines() if line.startswith("flush") and not line.startswith("flush chain")]


def test_customers_machines_never_get_an_address_of_the_platforms():
    assert addresses.PLATFORM[1] < addresses.CUSTOMERS_FIRST
    first, last = isolation.platform_addresses("10.98.187.0/24").split("-")
    assert (int(first.rpartition(".")[2]), int(last.rpartition(".")[2])) == addresses.PLATFORM


def test_machines_of_one_bridge_reach_the_platform_at_its_ports_and_each_other_nowhere(tmp_path: Path):
    ns = Namespace("demo", tmp_path, tmp_path)
    chain = firewall.ruleset(ns).partition("chain leaving {")[2]
    within = [line.strip() for line in chain.splitlines() if line.strip().startswith('oifname "souk-demo"')]
    platform = isolation.platform_addresses(ns.subnet)
    assert within == [
        'oifname "souk-demo" ct state established,related accept',
        f'oifname "souk-demo" ip saddr {ns.subnet} ip daddr {platform} tcp dport {{ 2379, 8333 }} accept',
        'oifname "souk-demo" ct status dnat accept',
        'oifname "souk-demo" drop',
    ]


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


def test_nothing_passes_between_private_networks_and_the_host(tmp_path: Path):
    ns = Namespace("demo", tmp_path, tmp_path)
    rules = firewall.ruleset(ns)
    assert 'iifname "sk-*" drop' in rules.partition("chain input {")[2].partition("}")[0]
    forward = rules.partition("chain forward {")[2].partition("}")[0]
    private = [line.strip() for line in forward.splitlines() if "sk-*" in line]
    assert private == ['iifname "sk-*" oifname "sk-*" accept', 'iifname "sk-*" drop', 'oifname "sk-*" drop']
    within = firewall.private(ns)
    assert "delete table bridge souk_demo" in within
    assert 'iifname "skp*" drop' in within.partition("chain input {")[2].partition("}")[0]
    assert 'oifname "skp*" drop' in within.partition("chain output {")[2].partition("}")[0]


def test_a_card_that_the_firewall_knows_sends_from_its_own_address_only_and_what_it_knows_outlives_a_load(
    tmp_path: Path,
):
    ns = Namespace("demo", tmp_path, tmp_path)
    rules = firewall.cards(ns)
    assert "hook prerouting" in rules
    assert "iifname @ends iifname . ether saddr != @cards drop" in rules
    assert "delete" not in rules


def test_the_names_that_the_firewall_knows_are_those_that_machines_get():
    assert f"{spec.PRIVATE_ENDS}*" == firewall.PRIVATE_ENDS
    assert attaching.BRIDGES.startswith(firewall.PRIVATE.rstrip("*"))
    assert own_network("pg-abcdefgh").startswith(firewall.PRIVATE.rstrip("*"))


def test_what_is_sent_to_clients_is_counted_by_card_and_what_was_counted_stays(tmp_path: Path):
    ns = Namespace("demo", tmp_path, tmp_path)
    rules = firewall.counting(ns)
    assert "delete table" not in rules
    assert "flush set" not in rules
    added = [line for line in rules.splitlines() if line.startswith("add rule")]
    assert all("ct direction reply" in line for line in added if "update @sent" in line)
    assert sum("update @sent { ether saddr counter }" in line for line in added) == 2


def test_machines_are_let_through_to_the_storage_outside_at_its_address_and_port_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told = {
        "SOUK_OBJECT_STORAGE": "s3",
        "SOUK_S3_ADDRESS": "192.168.7.9",
        "SOUK_S3_ENDPOINT": "https://s3.example:9000",
    }
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    chain = firewall.ruleset(Namespace("demo", tmp_path, tmp_path)).partition("chain leaving {")[2]
    assert chain.index("ip daddr 192.168.7.9 tcp dport 9000 accept") < chain.index("192.168.0.0/16")
    *_, rule = isolation.acl("10.98.187.0/24", isolation.outside(told))["egress"]
    assert (rule["destination"], rule["destination_port"], rule["protocol"]) == ("192.168.7.9/32", "9000", "tcp")
    assert isolation.outside({**told, "SOUK_OBJECT_STORAGE": "own"}) is None
    with pytest.raises(Failure, match="SOUK_S3_ADDRESS"):
        isolation.outside({**told, "SOUK_S3_ADDRESS": "s3.example"})
