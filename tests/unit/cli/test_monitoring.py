"""What is seen of a service, on the terminal."""

from __future__ import annotations

import pytest
from tests.unit.cli.test_services import PATH, SERVICE

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})


def test_metrics_show_their_last_lowest_and_highest_value(server, souk) -> None:
    metric = {"key": "memory_bytes", "reading": "gauge", "unit": "bytes", "description": "Memory that it uses"}
    silent = {"key": "deadlocks", "reading": "counter", "unit": "", "description": "Deadlocks", "values": [None]}
    values = [2**30, None, 3 * 2**30, 2**31]
    server.says("GET", f"{PATH}/metrics", {"metrics": [{**metric, "values": values}, silent]})
    out = souk("services", "metrics", "compta").out
    assert " ".join(out.split()).endswith("memory_bytes 2 GiB 1 GiB 3 GiB Memory that it uses")
    assert "deadlocks" not in out


def test_health_shows_availability_rounded_down_and_what_was_done(server, souk) -> None:
    incident = {
        "cause": "machine_ended",
        "began_at": "2026-01-01T00:00:00+00:00",
        "ended_at": "2026-01-01T00:00:04+00:00",
        "timeline": [{"what": "machine_ended"}, {"what": "machine_started"}, {"what": "answered"}],
    }
    health = {
        "answers": True,
        "seen_at": "2026-01-02T00:00:00+00:00",
        "since": "2026-01-01T00:00:00+00:00",
        "availability": 0.9999999,
        "outage_seconds": 4.0,
        "incidents": [incident],
    }
    server.says("GET", f"{PATH}/health", health)
    out = souk("services", "health", "compta").out
    assert "99.999 %" in out
    assert "machine started → it answers" in out
    assert "4.0 s" in out
