"""Hosts and moves from the command line, as the API gets them."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("signed_in")
HOST = {
    "id": "host1",
    "name": "h1",
    "online": True,
    "open": False,
    "reachable": True,
    "rack": "R1",
    "power_domain": "A",
    "memory": 1024**3,
    "disk": 1024**4,
}


@pytest.fixture(autouse=True)
def _sites(server) -> None:
    server.says("GET", "/operator/sites", {"sites": [], "capacities": {}, "hosts": [HOST]})


def test_hosts_are_listed_with_their_place_and_state(souk) -> None:
    ran = souk("operator", "hosts")
    assert all(word in ran.out for word in ("h1", "closed", "R1", "A"))


def test_what_stands_on_a_host_is_listed(server, souk) -> None:
    row = {"machine": "ex-1", "service": "compta", "state": "ready", "move": "queued"}
    server.says("GET", "/operator/hosts/host1", {"host": HOST, "machines": [row]})
    ran = souk("operator", "standing", "h1")
    assert all(word in ran.out for word in ("ex-1", "compta", "ready", "queued"))


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (("--takes", "yes"), {"open": True}),
        (("--takes", "no"), {"open": False}),
        (("--rack", "R2", "--power-domain", "B"), {"rack": "R2", "power_domain": "B"}),
    ],
)
def test_a_host_is_changed(server, souk, words: tuple[str, ...], body: dict[str, Any]) -> None:
    server.says("PATCH", "/operator/hosts/host1", None, 204)
    assert souk("operator", "host", "h1", *words).status == 0
    assert server.sent() == body


def test_evacuating_tells_what_stays_and_why(server, souk) -> None:
    staying = [{"machine": "ex-2", "service": "paie", "why": "no_room"}]
    server.says("POST", "/operator/hosts/host1/evacuate", {"operations": ["o1", "o2"], "staying": staying}, 202)
    ran = souk("operator", "evacuate", "h1")
    assert all(word in ran.out for word in ("2", "ex-2", "paie", "no other host has room"))


def test_a_machine_is_moved(server, souk) -> None:
    server.says("POST", "/operator/machines/ex-1/move", {"operation": "operation1"}, 202)
    ran = souk("operator", "move", "ex-1", "--to", "h2")
    assert ("operation1" in ran.out, server.sent()) == (True, {"to": "h2"})


def test_a_host_that_is_not_there_is_told(souk) -> None:
    ran = souk("operator", "evacuate", "h9")
    assert (ran.status, "h9" in ran.err) == (1, True)
