"""Looking at what is for sale."""

from __future__ import annotations

import pytest

CARD = {
    "slug": "postgresql",
    "category": "databases",
    "name": "PostgreSQL [géré]",
    "summary": "Une base",
    "from_per_hour": "1.1",
    "from_per_month": "1790",
    "currency": "MAD",
}
PLAN = {
    "key": "s",
    "vcpus": 1,
    "memory": 1024**3,
    "disk": 10 * 1024**3,
    "members": 1,
    "per_hour": "1.1",
    "per_month": "590",
    "minimum_hours": 1,
    "tiers": {},
}
pytestmark = pytest.mark.usefixtures("signed_in")
PATH = "/marketplaces/public/offerings"


def test_the_listing_is_followed_to_its_end(server, souk) -> None:
    server.says("GET", PATH, {"items": [CARD], "next": 1})
    server.says("GET", PATH, {"items": [{**CARD, "slug": "redis"}], "next": 2})
    server.says("GET", PATH, {"items": [], "next": None})
    ran = souk("market")
    assert "postgresql" in ran.out
    assert "redis" in ran.out
    assert [request.url.params.get("after") for request in server.asked] == [None, "1", "2"]


def test_brackets_in_a_name_are_text_and_no_markup(server, souk) -> None:
    server.says("GET", PATH, {"items": [CARD], "next": None})
    assert "PostgreSQL [géré]" in souk("market").out


def test_json_is_the_servers_own(server, souk) -> None:
    server.says("GET", PATH, {"items": [CARD], "next": None})
    assert souk("market", "--json").json == {"items": [CARD], "next": None}


def test_json_may_be_asked_for_before_the_command_too(server, souk) -> None:
    server.says("GET", PATH, {"items": [], "next": None})
    assert souk("--json", "market").json == {"items": [], "next": None}


def test_an_offering_shows_plans_prices_and_parameters(server, souk) -> None:
    schema = {"properties": {"databases": {"type": "array", "title": "Databases", "default": ["app", "web"]}}}
    server.says(
        "GET", f"{PATH}/postgresql", {**CARD, "description": "…", "version": 1, "plans": [PLAN], "parameters": schema}
    )
    out = souk("market", "show", "postgresql").out
    assert "590.00 MAD" in out
    assert "10 GiB" in out
    assert "app,web" in out


def test_prices_are_written_as_the_language_writes_them(server, souk) -> None:
    server.says("GET", PATH, {"items": [CARD], "next": None})
    assert "1\u202f790,00 MAD" in souk("market", "--language", "fr").out
    assert server.asked[-1].headers["Accept-Language"] == "fr"


def test_an_empty_market_says_so(server, souk) -> None:
    server.says("GET", PATH, {"items": [], "next": None})
    assert souk("market").out == "Nothing is for sale here.\n"
