"""Snapshots and the first boot of a machine, from the command line."""

from __future__ import annotations

import pytest
from tests.unit.cli.test_services import PATH, SERVICE

pytestmark = pytest.mark.usefixtures("signed_in")
ROW = {"id": "snapshot1", "name": "avant", "taken_at": "2026-03-01T10:00:00Z", "size": 5 * 1024**2, "disk": 2**30}
DONE = {
    "id": "operation1",
    "state": "succeeded",
    "kind": "snapshot",
    "log": [],
    "progress": 100,
    "trouble": "",
    "created_at": "2026-03-01T10:00:00Z",
    "finished_at": "2026-03-01T10:00:01Z",
}


@pytest.fixture(autouse=True)
def _kept(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})
    server.says("GET", f"{PATH}/snapshots", {"snapshots": [ROW], "coming": [], "most": 3})
    server.says("GET", "/operations/operation1", DONE)


def test_they_are_listed_with_what_each_holds(souk) -> None:
    out = souk("snapshots", "compta").out
    assert "avant" in out
    assert "5.0 MiB" in out or "5 MiB" in out


def test_that_there_is_none_is_said_and_how_to_take_one(server, souk) -> None:
    server.answers.pop(("GET", f"{PATH}/snapshots"))
    server.says("GET", f"{PATH}/snapshots", {"snapshots": [], "coming": [], "most": 3})
    assert "souk snapshots take compta" in souk("snapshots", "compta").out


def test_one_is_taken_and_waited_for(server, souk) -> None:
    server.says("POST", f"{PATH}/snapshots", {"operation": "operation1"}, 202)
    ran = souk("snapshots", "take", "compta", "avant")
    assert (ran.status, ran.err) == (0, "")
    assert f"POST {PATH}/snapshots" in server.paths()


@pytest.mark.parametrize(
    ("verb", "method", "path"),
    [("restore", "POST", f"{PATH}/snapshots/snapshot1/restore"), ("delete", "DELETE", f"{PATH}/snapshots/snapshot1")],
)
def test_what_loses_something_is_done_once_agreed_to(server, souk, verb: str, method: str, path: str) -> None:
    server.says(method, path, {"operation": "operation1"}, 202)
    refused = souk("snapshots", verb, "compta", "avant")
    assert (refused.status, "--yes" in refused.err) == (1, True)
    assert f"{method} {path}" not in server.paths()
    assert souk("snapshots", verb, "compta", "snapshot1", "--yes").status == 0
    assert f"{method} {path}" in server.paths()


def test_a_new_machine_is_ordered_from_one(server, souk) -> None:
    server.says("POST", f"{PATH}/restore", {"order": "order1"}, 201)
    server.says("GET", "/orders/order1", {"id": "order1", "state": "placed"})
    assert "copie" in souk("snapshots", "new", "compta", "avant", "copie").out
    (sent,) = [each for each in server.asked if each.method == "POST"]
    assert (b'"snapshot":"snapshot1"' in sent.content, "Idempotency-Key" in sent.headers) == (True, True)


def test_one_that_is_not_there_is_named_as_missing(souk) -> None:
    ran = souk("snapshots", "restore", "compta", "jamais", "--yes")
    assert (ran.status, "no such snapshot" in ran.err) == (1, True)


def test_the_first_boot_is_told_with_its_last_lines(server, souk) -> None:
    told = {"standing": "failed", "lines": ["E: no such package"], "since": None, "finished_at": None}
    server.says("GET", f"{PATH}/first-boot", told)
    out = souk("services", "first-boot", "compta").out
    assert "failed" in out
    assert "E: no such package" in out
