"""A log and slow queries on the terminal."""

from __future__ import annotations

import pytest
from tests.unit.cli.test_services import PATH, SERVICE

from souk.cli.commands import logs

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})


def line(number: int) -> dict[str, object]:
    return {"id": number, "at": "2026-01-01T00:00:00+00:00", "severity": "info", "text": f"line {number}"}


def test_a_log_is_printed_line_by_line(server, souk) -> None:
    server.says("GET", f"{PATH}/logs", [line(1), line(2)])
    out = souk("services", "logs", "compta", "--text", "line").out
    assert [each.partition(" line ")[2] for each in out.splitlines()] == ["1", "2"]
    assert server.asked[-1].url.params["text"] == "line"


def test_a_followed_log_asks_for_what_came_after_its_last_line(server, souk, monkeypatch) -> None:
    for answer in ([line(1)], [], [line(2)]):
        server.says("GET", f"{PATH}/logs", answer)
    server.refuses("GET", f"{PATH}/logs", 401, "not-signed-in", "Sign in.")
    monkeypatch.setattr(logs, "PAUSE", 0.0)
    out = souk("services", "logs", "compta", "--follow").out
    assert out.endswith("line 2\n")
    assert [request.url.params.get("after") for request in server.asked[1:]] == [None, "1", "1", "2"]


def test_slow_queries_show_their_time_in_all_and_each(server, souk) -> None:
    row = {"database": "app", "text": "select *\n from a", "calls": 4, "seconds": 2.0, "rows": 1}
    server.says("GET", f"{PATH}/statements", {"at": "2026-01-01T00:00:00+00:00", "statements": [row]})
    assert "2.0 s 4 500.00 ms app select * from a" in " ".join(souk("services", "slow", "compta").out.split())
