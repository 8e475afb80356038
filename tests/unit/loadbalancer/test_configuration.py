"""What HAProxy is told, from what is wanted."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from souk.blueprints.loadbalancer import naming, sizing
from souk.blueprints.loadbalancer.configuration import configuration
from souk.blueprints.loadbalancer.lines import quoted
from souk.provisioning.contract import MemberMode, Neighbour, PoolMember, Size, Wanted

WANTED = Wanted(
    uuid.uuid4(),
    "devant",
    {},
    Size(1, 2**29, 2**31),
    "lb-1.example",
    "10.0.0.9",
    neighbours={"un": Neighbour("10.90.0.2", "ws-1.private.example"), "deux": Neighbour("10.90.0.3", "ws-2.private")},
)


def _told(listeners: list[Any] | None = None, **pool: Any) -> str:
    chosen: dict[str, Any] = {"pools": [{"name": "web", **pool}]}
    if listeners is not None:
        chosen["listeners"] = listeners
    return configuration(replace(WANTED, parameters=chosen))


def _servers(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("server ")]


def test_services_are_known_by_their_addresses_and_who_is_not_in_the_network_is_left_out() -> None:
    members = [{"service": "un", "port": 80}, {"service": "parti", "port": 80}, {"address": "10.90.0.77", "port": 81}]
    first, last = _servers(_told(members=members))
    assert "10.90.0.2:80" in first
    assert "10.90.0.77:81" in last


@pytest.mark.parametrize(
    ("mode", "words"), [("active", "weight 7"), ("draining", "weight 0"), ("maintenance", "weight 7 disabled")]
)
def test_what_a_member_takes_is_said_by_its_weight(mode: str, words: str) -> None:
    (server,) = _servers(_told(members=[{"service": "un", "port": 80, "weight": 7, "mode": mode}]))
    assert f" {words}" in server


def test_a_service_is_known_by_its_certificate_and_an_address_by_nothing() -> None:
    members = [{"service": "un", "port": 443}, {"address": "10.90.0.77", "port": 443}]
    service, address = _servers(_told(members=members, tls=True))
    assert "verify required ca-file /etc/souk/balancer/ca.crt verifyhost ws-1.private.example" in service
    assert "verify none" in address


def test_without_a_listener_at_port_80_only_proofs_of_names_are_answered_there() -> None:
    text = _told([{"port": 443, "protocol": "https", "pool": "web"}])
    plain = text.partition("frontend at-80\n")[2].partition("\n\n")[0]
    assert "proofs.map" in plain
    assert plain.rstrip().endswith("default_backend nowhere")
    assert "frontend at-80\n" not in _told([{"port": 80, "protocol": "tcp", "pool": "web"}]).replace("at-80\n", "", 1)


def test_what_one_client_may_take_is_counted_by_what_the_listener_sees() -> None:
    bounds = {"rate": 5, "client_connections": 3}
    text = _told([{"port": 80, "protocol": "http", "pool": "web", **bounds}])
    assert "http-request deny deny_status 429 if { sc0_http_req_rate gt 5 }" in text
    text = _told([{"port": 9000, "protocol": "tcp", "pool": "web", **bounds}], protocol="tcp")
    assert "tcp-request connection reject if { sc0_conn_rate gt 5 }" in text
    assert text.count("sc0_conn_cur gt 3") == 1


def test_a_query_is_in_no_log_and_unsafe_requests_are_never_let_through() -> None:
    text = _told()
    assert "capture.req.uri" not in text
    assert "%r" not in text
    assert "accept-unsafe" not in text
    assert "accept-invalid" not in text


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn", "Cf", "Zs"]), min_size=1))
def test_a_quoted_word_is_one_word(text: str) -> None:
    assert quoted(text).replace("'\\''", "").count("'") == 2


@given(st.text(max_size=63), st.text(max_size=63))
def test_members_have_names_of_their_own_that_can_be_written(one: str, other: str) -> None:
    first, second = (naming.server(PoolMember("web", each, "", 80, 1, MemberMode.ACTIVE)) for each in (one, other))
    assert (first == second) == (one == other)
    assert first.isascii()
    assert not set(first) & set(" \t\n\"'#\\/")


def test_a_larger_plan_takes_more_connections_at_a_time() -> None:
    steps = [sizing.connections(memory * 2**20) for memory in (512, 1024, 2048)]
    assert steps == sorted(set(steps))
    assert steps[0] == 3000
