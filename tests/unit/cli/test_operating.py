"""What is asked of a service from the command line, as the API gets it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.cli.test_services import PATH, SERVICE

pytestmark = pytest.mark.usefixtures("signed_in")
UNDER_WAY = {"operation": "operation1"}


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})


@pytest.mark.parametrize(
    ("words", "asked", "body"),
    [
        (("databases", "create", "compta", "shop"), "POST /databases", {"name": "shop"}),
        (("databases", "delete", "compta", "shop", "--yes"), "DELETE /databases/shop", None),
        (
            ("bindings", "create", "compta", "stats", "--role", "reader", "--database", "shop"),
            "POST /bindings",
            {"name": "stats", "role": "reader", "database": "shop"},
        ),
        (
            ("bindings", "change", "compta", "stats", "--role", "writer"),
            "PATCH /bindings/stats",
            {"role": "writer", "database": ""},
        ),
        (("bindings", "reset", "compta", "stats"), "POST /bindings/stats/reset", None),
        (
            ("services", "set", "compta", "pool=transaction"),
            "PATCH /parameters",
            {"parameters": {"pool": "transaction"}},
        ),
        (
            ("backups", "restore", "compta", "--until", "2026-11-24T18:30:00+00:00", "--yes"),
            "POST /restore/in-place",
            {"give_up_way_back": False},
        ),
        (("backups", "undo", "compta", "--yes"), "POST /restore/undo", None),
        (
            ("services", "update", "compta", "--yes", "--give-up-way-back"),
            "POST /update",
            {"give_up_way_back": True},
        ),
    ],
)
def test_it_is_asked_for(server, souk, words: tuple[str, ...], asked: str, body: dict[str, Any] | None) -> None:
    method, _, path = asked.partition(" ")
    server.says(method, PATH + path, UNDER_WAY, 202)
    ran = souk(*words)
    assert (ran.status, "under way" in ran.out) == (0, True)
    assert server.paths()[-1] == f"{method} {PATH}{path}"
    if body is not None:
        assert server.sent() == {**server.sent(), **body}


@pytest.mark.parametrize(
    "words",
    [
        ("databases", "delete", "compta", "shop"),
        ("backups", "restore", "compta", "--until", "2026-11-24T18:30:00+00:00"),
        ("backups", "undo", "compta"),
        ("services", "update", "compta"),
    ],
)
def test_what_takes_something_away_needs_a_yes(server, souk, words: tuple[str, ...]) -> None:
    ran = souk(*words)
    assert (ran.status, "--yes" in ran.err) == (1, True)
    assert server.paths() == ["GET /services"]


def test_a_setting_is_a_key_and_a_value(server, souk) -> None:
    assert "key=value" in souk("services", "set", "compta", "pool").err


def test_databases_are_listed_with_who_signs_in_to_them(server, souk) -> None:
    rows = [{"name": "shop", "state": "ready", "first": False, "bindings": ["stats", "till"]}]
    server.says("GET", f"{PATH}/databases", rows)
    said = souk("databases", "compta").out
    assert "shop" in said
    assert "stats, till" in said


def test_what_a_service_runs_is_told_beside_what_is_newest(server, souk) -> None:
    row = {
        "version": "17.6",
        "image": "a" * 64,
        "newest_version": "17.7",
        "newest_image": "b" * 64,
        "newest_since": "2026-11-24T18:30:00Z",
        "available": True,
        "updatable": True,
    }
    server.says("GET", f"{PATH}/release", row)
    said = souk("services", "release", "compta").out
    assert all(word in said for word in ("17.6", "aaaaaaaaaaaa", "17.7", "bbbbbbbbbbbb", "available"))


def test_the_operator_suspends_a_service_and_lets_it_run_again(server, souk) -> None:
    server.says("POST", "/operator/services/one/suspend", UNDER_WAY, 202)
    assert souk("operator", "suspend", "one", "--reason", "unpaid", "--note", "Facture 42").status == 0
    assert server.sent() == {"reason": "unpaid", "note": "Facture 42"}
    server.says("POST", "/operator/services/one/resume", UNDER_WAY, 202)
    assert "operation1" in souk("operator", "resume", "one").out
