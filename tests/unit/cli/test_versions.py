"""A service's version at the command line."""

from __future__ import annotations

import pytest
from tests.unit.cli.test_services import DONE, PATH, SERVICE

pytestmark = pytest.mark.usefixtures("signed_in")
REHEARSAL = {
    "id": "operation1",
    "version": "17",
    "state": "failed",
    "trouble": "No.",
    "created_at": "2026-01-01T00:00:00+00:00",
    "finished_at": "2026-01-01T00:01:00+00:00",
    "report": {
        "obstacles": [{"text": "A type is gone.", "found": ["app.public.t.c"]}],
        "extensions": [{"database": "app", "extension": "hstore", "before": "1.0", "after": "1.1"}],
        "seconds": {"check": 2.5},
    },
}
VERSIONS = {
    "present": "15",
    "ends_on": "2027-11-11",
    "offered": [
        {"number": "17", "ends_on": "2029-11-08", "source": "", "newer": True},
        {"number": "15", "ends_on": "2027-11-11", "source": "", "newer": False},
    ],
    "rehearsed_at": None,
    "rehearsals": [REHEARSAL],
    "upgrade": "operation2",
    "upgrade_from": "2026-01-02T00:00:00+00:00",
}
WINDOW = {
    "weekday": 6,
    "hour": 3,
    "hours": 3,
    "chosen": False,
    "zone": "Africa/Casablanca",
    "opens_at": "2026-01-04T02:00:00+00:00",
    "closes_at": "2026-01-04T05:00:00+00:00",
    "updated_at": "2026-01-04T02:00:00+00:00",
}


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})
    server.says("GET", f"{PATH}/versions", VERSIONS)


def test_versions_tell_until_when_what_may_follow_and_what_was_tried_out(souk) -> None:
    out = souk("services", "versions", "compta").out
    for expected in ("2027-11-11", "can follow", "A type is gone.", "app.public.t.c", "hstore 1.0 → 1.1", "2.5 s"):
        assert expected in out


def test_what_came_of_a_rehearsal_is_told_even_if_it_failed(server, souk) -> None:
    server.says("POST", f"{PATH}/rehearsals", {"operation": "operation1"})
    server.says("GET", "/operations/operation1", {**DONE, "state": "failed", "trouble": "No."})
    ran = souk("services", "rehearse", "compta", "17", "--wait")
    assert ran.status == 1
    assert "A type is gone." in ran.out


def test_an_upgrade_is_asked_for_in_the_window(server, souk) -> None:
    server.says("POST", f"{PATH}/upgrade", {"operation": "operation2"})
    assert souk("services", "upgrade", "compta", "17", "--in-window", "--yes").status == 0
    assert server.sent() == {"version": "17", "in_window": True, "give_up_way_back": False}


def test_an_unknown_version_is_refused_with_those_there_are(server, souk) -> None:
    server.refuses("POST", f"{PATH}/upgrade", 422, "unknown-version", "Choose one of these: 17, 15.")
    ran = souk("services", "upgrade", "compta", "99", "--yes")
    assert ran.status == 1
    assert "17, 15" in ran.err


def test_a_window_is_shown_chosen_and_given_back(server, souk) -> None:
    for method in ("GET", "PUT"):
        server.says(method, f"{PATH}/window", WINDOW)
    assert "Sunday, from 03:00" in souk("services", "window", "compta").out
    souk("services", "window", "compta", "--weekday", "2", "--hour", "4")
    assert server.sent() == {"weekday": 2, "hour": 4, "hours": 3}
    souk("services", "window", "compta", "--anytime")
    assert server.sent() == {}


def test_the_operator_sees_services_by_version(server, souk) -> None:
    row = {"blueprint": "postgresql", "version": "15", "ends_on": "2027-11-11", "services": 7}
    server.says("GET", "/operator/versions", [row])
    assert "7" in souk("operator", "versions").out


def test_a_bill_of_materials_is_printed_or_saved(server, souk, tmp_path) -> None:
    server.says("GET", f"{PATH}/bill-of-materials", {"bomFormat": "CycloneDX"})
    assert "CycloneDX" in souk("services", "sbom", "compta").out
    assert "is written" in souk("services", "sbom", "compta", "--save", str(tmp_path / "a.json")).out
    assert (tmp_path / "a.json").read_text() == '{\n "bomFormat": "CycloneDX"\n}'


def test_the_operator_sees_images_with_the_packages_that_changed(server, souk) -> None:
    row = {
        "alias": "souk/postgresql-17",
        "version": "17.7",
        "since": "2026-11-26T10:00:00Z",
        "packages": 123,
        "changes": [{"name": "openssl", "before": "3.5.1", "after": "3.5.2"}],
        "machines": 7,
        "behind": 2,
    }
    server.says("GET", "/operator/images", [row])
    said = souk("operator", "images").out
    for word in ("souk/postgresql-17", "123", "7 (+2)", "openssl 3.5.1 → 3.5.2"):
        assert word in said
