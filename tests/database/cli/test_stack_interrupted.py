"""An apply that is ended between any two of its calls, and run again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.world import operator

from souk.provisioning import registry
from souk.provisioning.commands import add_range
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites

Souk = Callable[..., tuple[int, str, str]]
FIRST = """\
version: 1
defaults: {region: ma-temara}
networks:
  interne: {}
services:
  atelier:
    offering: exemple
    plan: s
    parameters: {flavour: plain}
    bindings: {lecture: {role: reader}, partie: {role: owner}}
  compta: {offering: exemple, plan: s}
"""
THEN = """\
version: 1
defaults: {region: ma-temara}
networks:
  interne: {}
services:
  atelier:
    offering: exemple
    plan: m
    parameters: {flavour: mint, more: [archives]}
    network: interne
    public_address: true
    access: [203.0.113.0/24]
    firewall:
      - {protocol: tcp, ports: "22"}
      - {protocol: tcp, ports: "8000-8010", networks: [198.51.100.0/25, 198.51.100.128/25], note: "l'hiver"}
    bindings: {lecture: {role: writer}}
    names: [atelier.example.ma]
    alerts: {disk: 70}
    window: {weekday: 6, hour: 3, hours: 3}
    protected: true
  caisse: {offering: exemple, plan: s, running: false}
"""


class Cord:
    """Counts the calls that change something, and ends the program after so many of them."""

    def __init__(self) -> None:
        self.length: int | None = None
        self.calls: list[str] = []

    def pull(self, request: httpx.Request) -> None:
        if request.method == "GET":
            return
        self.calls.append(f"{request.method} {request.url.path}")
        if self.length is not None and len(self.calls) > self.length:
            raise KeyboardInterrupt


@pytest.fixture
def place(own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(type(registry.blueprint("example")), "own_rules", True)
    add_range(operator(), sites()[0].id, "203.0.113.0/26")
    return reconciling.ground(tmp_path)


@pytest.fixture
def cord(monkeypatch: pytest.MonkeyPatch) -> Cord:
    made, real = Cord(), httpx.WSGITransport.handle_request

    def handle(self: httpx.WSGITransport, request: httpx.Request) -> httpx.Response:
        made.pull(request)
        return real(self, request)

    monkeypatch.setattr(httpx.WSGITransport, "handle_request", handle)
    return made


@pytest.fixture
def firm(place: Ground, customer: Souk, monkeypatch: pytest.MonkeyPatch) -> Souk:
    """A customer; whenever the program waits, the platform works."""

    def work(_seconds: float) -> None:
        if reconciling.work(place):
            catch_up()
        else:
            reconciling.settle(place)

    monkeypatch.setattr("souk.cli.progress.time.sleep", work)
    return customer


def _told(firm: Souk, *words: str) -> Any:
    return json.loads(firm("--json", *words)[1])


def test_ended_after_each_call_and_run_again_the_project_is_as_the_file_says_and_ordered_once(
    firm: Souk, cord: Cord, tmp_path: Path
) -> None:
    """Each run is ended before its second call, so every state between two calls is one that a run begins with."""
    file = tmp_path / "stack.yaml"
    file.write_text(FIRST)
    assert firm("apply", "-f", str(file), "--yes")[0] == 0
    file.write_text(THEN)
    cord.length, ended = 1, 0
    while True:
        cord.calls = []
        try:
            whole = firm("apply", "-f", str(file), "--yes", "--prune")
        except SystemExit:
            ended += 1
            continue
        break
    assert whole[0] == 0, whole
    assert ended > 13
    assert firm("apply", "-f", str(file), "--plan", "--prune")[:2] == (0, "There is nothing to do.\n")
    plans = [(row["service_name"], row["plan_key"]) for row in _told(firm, "orders")["items"]]
    assert sorted(plans) == [("atelier", "m"), ("atelier", "s"), ("caisse", "s"), ("compta", "s")]
    states = {row["name"]: row["state"] for row in _told(firm, "services")["items"]}
    assert states == {"atelier": "ready", "caisse": "stopped", "compta": "soft_deleted"}
    assert len(_told(firm, "addresses")) == 1
    asked = [row["kind"] for row in _told(firm, "operations", "atelier")]
    begun = ["create", "grant", "grant"]
    changed = ["resize", "configure", "create_database", "attach", "give_address", "allow", "firewall", "entitle"]
    assert sorted(asked) == sorted([*begun, *changed, "revoke"])
