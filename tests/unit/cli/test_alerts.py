"""Alerts, their rules and webhooks on the terminal."""

from __future__ import annotations

import pytest
from tests.unit.cli.test_services import PATH, SERVICE

RULE = {"rule": "disk", "threshold": 85.0, "standard": 85.0, "most": 100.0, "unit": "%", "enabled": True}
ALERT = {
    "rule": "disk",
    "state": "firing",
    "value": 91.234,
    "threshold": 85.0,
    "since": "2026-01-01T00:00:00+00:00",
    "resolved_at": None,
}
pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture(autouse=True)
def _services(server) -> None:
    server.says("GET", "/services", {"items": [SERVICE], "next": None})
    server.says("GET", f"{PATH}/alerts", {"alerts": [ALERT], "rules": [RULE]})
    server.says("GET", "/organizations", [{"id": "o1"}])


def test_alerts_are_shown_with_their_units(souk) -> None:
    assert "disk firing 91.2 % 85 %" in " ".join(souk("alerts", "compta").out.split())


def test_a_rule_is_switched_off_and_keeps_its_threshold(server, souk) -> None:
    server.says("PUT", f"{PATH}/alerts/disk", {**RULE, "enabled": False})
    souk("alerts", "set", "compta", "disk", "--off")
    assert server.sent() == {"threshold": 85.0, "enabled": False}


def test_an_unknown_rule_is_refused_with_those_there_are(souk) -> None:
    ran = souk("alerts", "set", "compta", "luck", "3")
    assert (ran.status, "disk" in ran.err) == (1, True)


def test_a_webhooks_secret_is_the_only_thing_on_standard_output(server, souk) -> None:
    server.says("POST", "/organizations/o1/webhooks", {"id": "w1", "secret": "whsec_x"}, 201)
    assert souk("webhooks", "add", "https://hook.example/").out == "whsec_x\n"
