"""My services, by name."""

from __future__ import annotations

import pytest

SERVICE = {
    "id": "01a208b0-6516-7bc6-b6ee-ebac40e408ab",
    "name": "compta",
    "label": "pg-nh0e825b",
    "blueprint": "postgresql",
    "region_code": "ma-temara",
    "parameters": {"databases": ["a", "b"]},
    "vcpus": 1,
    "memory": 1024**3,
    "disk": 10 * 1024**3,
    "members": 1,
    "extra_disk": 0,
    "grow_to": None,
    "state": "ready",
    "trouble": "",
    "suspension": "",
    "suspension_note": "",
    "created_at": "2026-01-01T00:00:00+00:00",
    "ready_at": "2026-01-01T00:00:03+00:00",
    "deleted_at": None,
    "hostname": "pg-nh0e825b.souk.internal",
    "address": "10.0.0.10",
    "port": 5432,
    "certificate_expires_at": "2027-01-01T00:00:00+00:00",
}
PATH = f"/services/{SERVICE['id']}"
DONE = {
    "id": "operation1",
    "kind": "delete",
    "state": "succeeded",
    "progress": 100,
    "log": [],
    "created_at": "2026-01-01T00:00:00+00:00",
    "finished_at": "2026-01-01T00:00:02+00:00",
}
pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})


@pytest.mark.parametrize("name", ["compta", "pg-nh0e825b", SERVICE["id"]])
def test_a_service_is_found_by_name_label_or_id(souk, name: str) -> None:
    assert "pg-nh0e825b.souk.internal" in souk("services", "show", name).out


def test_an_unknown_name_says_where_to_look(souk) -> None:
    ran = souk("services", "show", "nothing")
    assert ran.status == 1
    assert "`souk services`" in ran.err


def test_two_services_of_one_name_ask_for_an_id(server, souk) -> None:
    server.answers[("GET", "/services")] = []
    server.says("GET", "/services", {"items": [SERVICE, {**SERVICE, "id": "other"}], "next": None})
    ran = souk("services", "show", "compta")
    assert ran.status == 1
    assert "other" in ran.err


def test_nothing_is_deleted_without_a_yes(server, souk) -> None:
    ran = souk("services", "delete", "compta")
    assert ran.status == 1
    assert "--yes" in ran.err
    assert all(not path.startswith("DELETE") for path in server.paths())


def test_a_deletion_is_followed_to_its_end(server, souk) -> None:
    server.says("DELETE", PATH, {"operation": "operation1"}, 202)
    server.says("GET", "/operations/operation1", DONE)
    ran = souk("services", "delete", "compta", "--yes", "--wait")
    assert (ran.status, ran.out) == (0, "Done after 2.0 s.\n")


def test_an_operation_that_fails_exits_with_1(server, souk) -> None:
    server.says("POST", f"{PATH}/restart", {"operation": "operation1"}, 202)
    server.says("GET", "/operations/operation1", {**DONE, "state": "failed", "trouble": ""})
    ran = souk("services", "restart", "compta", "-y", "--wait")
    assert ran.status == 1
    assert "failed" in ran.err


def test_starting_needs_no_yes(server, souk) -> None:
    server.says("POST", f"{PATH}/start", {"operation": "operation1"}, 202)
    assert souk("services", "start", "compta").status == 0


def test_operations_of_a_deleted_service_can_still_be_read(server, souk) -> None:
    server.answers[("GET", "/services")] = []
    server.says("GET", "/services", {"items": [{**SERVICE, "deleted_at": "2026-01-02T00:00:00+00:00"}], "next": None})
    server.says("GET", f"{PATH}/operations", [DONE])
    ran = souk("operations", "compta")
    assert "deletion" in ran.out
    assert server.asked[0].url.params["with_deleted"] == "true"


def test_the_chosen_organization_narrows_the_list(server, souk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUK_ORGANIZATION", "o1")
    souk("services")
    assert server.asked[0].url.params["organization"] == "o1"


def test_plan_and_disk_change_in_one_step(server, souk) -> None:
    server.says("POST", f"{PATH}/plan", {"operation": "operation1", "order": "order1"})
    assert souk("services", "plan", "compta", "m", "--extra-disk", "20", "--yes").status == 0
    assert server.sent() == {"plan": "m", "extra_gib": 20}


def test_a_disk_grows_by_itself_up_to_a_ceiling_or_no_more(server, souk) -> None:
    server.says("PUT", f"{PATH}/growth", {**SERVICE, "grow_to": 100 * 1024**3})
    assert "100" in souk("services", "autogrow", "compta", "100").out
    assert server.sent() == {"ceiling_gib": 100}
    assert souk("services", "autogrow", "compta", "--off").status == 0
    assert server.sent() == {"ceiling_gib": None}
    assert souk("services", "autogrow", "compta").status == 1
