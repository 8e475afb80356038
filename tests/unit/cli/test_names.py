"""Names of a service of its customer's own, from the command line."""

from __future__ import annotations

import pytest
from tests.unit.cli.test_services import PATH, SERVICE

pytestmark = pytest.mark.usefixtures("signed_in")
ROW = {
    "name": "قاعدة.شبكة",
    "ascii": "xn--mgber3b4b.xn--ngbc5azd",
    "state": "pending",
    "record": "_souk-challenge.xn--mgber3b4b.xn--ngbc5azd",
    "text": "souk-verify=abc",
    "created_at": "2026-03-01T10:00:00Z",
    "proved_at": None,
}


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})


def test_names_are_listed_with_the_record_that_proves_each(server, souk) -> None:
    server.says("GET", f"{PATH}/names", [ROW])
    assert f'{ROW["record"]}. TXT "souk-verify=abc"' in souk("names", "compta").out
    assert ROW["text"] in souk("names", "compta", "--json").out


def test_that_there_is_none_is_said(server, souk) -> None:
    server.says("GET", f"{PATH}/names", [])
    assert "no name of your own" in souk("names", "compta").out


def test_a_name_is_added_and_the_record_to_publish_is_told(server, souk) -> None:
    server.says("POST", f"{PATH}/names", ROW, 201)
    out = souk("names", "add", "compta", "قاعدة.شبكة").out
    assert server.sent() == {"name": "قاعدة.شبكة"}
    assert 'TXT "souk-verify=abc"' in out


def test_a_name_is_checked_and_removed(server, souk) -> None:
    server.says("POST", f"{PATH}/names/db.example.ma/check", {"operation": "operation1"}, 202)
    server.says("DELETE", f"{PATH}/names/db.example.ma", {"operation": "operation2"}, 202)
    assert souk("names", "check", "compta", "db.example.ma").status == 0
    assert souk("names", "remove", "compta", "db.example.ma").status == 0
