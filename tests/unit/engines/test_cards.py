"""What the host's firewall is told about machines' cards, and what it says that it knows."""

from __future__ import annotations

import re

from souk.engines.contract import Limits, MachineSpec
from souk.engines.incus import spec, wire
from souk.engines.incus.cards import parsed
from souk.settings.namespace import current

LISTING = b"""{"nftables": [{"metainfo": {"version": "1.0.6", "json_schema_version": 1}},
{"set": {"family": "bridge", "name": "cards", "table": "t", "type": ["ifname", "ether_addr"], "handle": 3,
"elem": [{"concat": ["skm0123456789ab", "02:11:22:33:44:55"]}]}}]}"""


def test_what_the_firewall_knows_is_read_from_its_listing() -> None:
    assert parsed(LISTING) == {("skm0123456789ab", "02:11:22:33:44:55")}


def test_a_set_without_cards_knows_none() -> None:
    assert parsed(b'{"nftables": [{"set": {"family": "bridge", "name": "cards"}}]}') == set()


def test_each_of_a_machines_cards_is_called_otherwise_and_sends_from_an_address_of_its_own() -> None:
    ends, addresses = zip(*spec.known(current(), "one"), strict=True)
    assert len(set(ends)) == len(set(addresses)) == 3
    assert all(len(end) == 15 and end.startswith(("skm", "skp")) for end in ends)
    assert all(re.fullmatch(r"[0-9a-f][26ae](:[0-9a-f]{2}){5}", address) for address in addresses)


def test_machines_of_two_names_have_no_card_in_common() -> None:
    assert not set(spec.known(current(), "one")) & set(spec.known(current(), "two"))


def test_what_is_told_before_a_machine_is_made_is_what_the_machine_then_has() -> None:
    wanted = MachineSpec("one", "image", Limits(1, 1, 1), "192.0.2.7", private="sk-one")
    devices = spec.request(current(), wanted, start=False)["devices"]
    row = wire.Instance("one", "Running", "container", "none", {}, devices)
    assert set(spec.known_of(row)) == set(spec.known(current(), "one", spec.MAIN, spec.JOINED))


def test_a_card_made_before_cards_were_named_is_left_out() -> None:
    volatile = {"volatile.eth0.host_name": "veth1", "volatile.eth0.hwaddr": "10:66:6a:00:00:01"}
    row = wire.Instance("one", "Running", "container", "none", volatile, {"eth0": {"type": "nic"}})
    assert spec.known_of(row) == []
