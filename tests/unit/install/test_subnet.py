"""Choosing a subnet that nobody on the host uses."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest
from install import subnet
from install.failure import Failure

from souk.settings.namespace import Namespace

PREFERRED = IPv4Network("10.100.7.0/24")


def test_the_preferred_subnet_is_taken_when_it_is_free():
    assert subnet.pick(PREFERRED, [IPv4Network("192.168.1.0/24")]) == PREFERRED


def test_a_collision_moves_on_to_the_next_free_subnet():
    used = [IPv4Network("10.100.7.128/25"), IPv4Network("10.100.8.0/24")]
    assert subnet.pick(PREFERRED, used) == IPv4Network("10.100.9.0/24")


def test_the_search_wraps_around_at_the_end_of_the_range():
    used = [IPv4Network("10.191.255.0/24")]
    assert subnet.pick(IPv4Network("10.191.255.0/24"), used) == IPv4Network("10.64.0.0/24")


def test_a_network_that_fills_all_of_ten_slash_eight_leaves_the_other_private_blocks():
    assert subnet.pick(PREFERRED, [IPv4Network("10.0.0.0/8")]) == IPv4Network("172.16.0.0/24")


def test_no_free_subnet_at_all_is_said_plainly():
    used = [IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")]
    with pytest.raises(Failure, match="No private"):
        subnet.pick(PREFERRED, used)


def test_a_choice_is_kept_and_read_back_by_the_namespace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SOUK_SUBNET", raising=False)
    monkeypatch.delenv("SOUK_WEB_PORT", raising=False)
    ns = Namespace("demo", tmp_path / "state", tmp_path / "run")
    subnet.write(ns, SOUK_SUBNET="172.20.3.0/24", SOUK_WEB_PORT="20999")
    assert (ns.subnet, ns.gateway, ns.web_port) == ("172.20.3.0/24", "172.20.3.1", 20999)


def test_the_environment_beats_the_kept_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ns = Namespace("demo", tmp_path / "state", tmp_path / "run")
    subnet.write(ns, SOUK_SUBNET="172.20.3.0/24")
    monkeypatch.setenv("SOUK_SUBNET", "10.70.1.0/24")
    assert ns.subnet == "10.70.1.0/24"
