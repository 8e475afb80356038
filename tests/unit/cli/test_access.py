"""Who may reach a service, from the command line: the list is read, changed and sent back as a whole."""

from __future__ import annotations

import pytest
from tests.unit.cli.test_services import PATH, SERVICE

pytestmark = pytest.mark.usefixtures("signed_in")
OFFICE = {"network": "203.0.113.0/24", "note": "Rabat"}
VPN = {"network": "198.51.100.7/32", "note": ""}


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})
    server.says("PUT", f"{PATH}/access", {"operation": "operation1"}, 202)


def _now(server, networks) -> None:
    server.says("GET", f"{PATH}/access", {"networks": networks, "changing": False})


@pytest.mark.parametrize(
    ("networks", "said"), [(None, "Everyone may reach it"), ([], "Nobody may reach it"), ([OFFICE], "Rabat")]
)
def test_a_list_is_shown_and_what_there_is_none_of_is_said(server, souk, networks, said: str) -> None:
    _now(server, networks)
    assert said in souk("access", "compta").out


def test_a_network_is_added_to_the_list(server, souk) -> None:
    _now(server, [OFFICE])
    assert souk("access", "allow", "compta", "198.51.100.7", "--note", "VPN", "--confirm").status == 0
    added = {"network": "198.51.100.7", "note": "VPN"}
    assert server.sent() == {"networks": [OFFICE, added], "confirm": True}


def test_an_address_is_taken_off_as_it_was_put_on(server, souk) -> None:
    _now(server, [OFFICE, VPN])
    souk("access", "forbid", "compta", "198.51.100.7")
    assert server.sent() == {"networks": [OFFICE], "confirm": False}


def test_what_is_not_in_the_list_is_not_taken_off(server, souk) -> None:
    _now(server, [OFFICE])
    ran = souk("access", "forbid", "compta", "10.0.0.1")
    assert (ran.status, "not in the list" in ran.err) == (1, True)


def test_everyone_and_nobody_are_said_in_words(server, souk) -> None:
    souk("access", "everyone", "compta")
    assert server.sent() == {"networks": None}
    souk("access", "nobody", "compta")
    assert server.sent() == {"networks": [], "nobody": True, "confirm": False}
