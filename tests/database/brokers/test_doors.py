"""Brokers by REST and by the command line, with the same sentences."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from tests.support import selling
from tests.support import vendor as program
from tests.support.reconciling import settle
from tests.support.selling import Vendor, ordered
from tests.support.world import Customer

from souk.brokers import queries, visiting
from souk.cli.main import run
from souk.provisioning import commands
from souk.provisioning.queries import service
from souk.provisioning.reconciler.converge import Ground

Souk = Callable[..., tuple[int, str, str]]


def asking(who: Customer) -> Callable[..., Any]:
    """Somebody's requests."""
    token = who.token()

    def ask(method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        call = getattr(Client(), method)
        if method == "get":
            return call(f"/api/v1{path}", headers=headers)
        return call(f"/api/v1{path}", body, content_type="application/json", headers=headers)

    return ask


@pytest.fixture
def souk(seller: Customer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Souk:
    """The program, signed in as the vendor."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("SOUK_SERVER", "http://127.0.0.1:8000")
    monkeypatch.setenv("SOUK_TOKEN", seller.token())

    def go(*words: str) -> tuple[int, str, str]:
        status = run(list(words), transport=httpx.WSGITransport(app=WSGIHandler()))
        said = capsys.readouterr()
        return status, said.out, said.err

    return go


def test_by_rest_a_broker_is_registered_published_and_ordered_from(
    place: Ground, vendor: Vendor, seller: Customer, buyer: Customer
) -> None:
    ask = asking(seller)
    details = {"name": "Stores", "url": vendor.url, "username": program.USER, "secret": program.PASSWORD}
    made = ask("post", f"/organizations/{seller.organization}/brokers", details)
    assert made.status_code == 201, made.content
    broker = made.json()["id"]
    assert program.PASSWORD not in ask("get", f"/brokers/{broker}").content.decode()
    visiting.visit(UUID(broker))
    proposed = ask("get", f"/brokers/{broker}/proposed").json()
    assert [each["kind"] for each in proposed["changes"]] == ["service_added", "plan_added", "plan_added"]
    prices = {plan["id"]: "120.50" for plan in proposed["services"][0]["plans"]}
    offers = [{"service": proposed["services"][0]["id"], "per_month": prices}]
    answer = ask("post", f"/brokers/{broker}/publish", {"number": proposed["number"], "offers": offers})
    assert answer.status_code == 202, answer.content
    selling.approve([UUID(each) for each in answer.json()["versions"]])
    assert ask("get", f"/brokers/{broker}/proposed").status_code == 204
    instance = ordered(place, buyer)
    mine = asking(buyer)
    told = mine("get", f"/services/{instance}/producer").json()
    assert (told["broker"], told["dashboard_url"].startswith("https://stores.example/")) == ("Stores", True)
    refused = mine("post", f"/services/{instance}/stop")
    assert (refused.status_code, "produced by its vendor" in refused.json()["title"]) == (409, True)
    refused = ask("delete", f"/brokers/{broker}")
    assert (refused.status_code, refused.json()["title"][:12]) == (409, "Services run")


def test_by_rest_a_fault_names_its_field(seller: Customer, vendor: Vendor) -> None:
    details = {"name": "Stores", "url": "http://10.0.0.7", "username": "u", "secret": "s"}
    answer = asking(seller)("post", f"/organizations/{seller.organization}/brokers", details)
    assert (answer.status_code, answer.json()["field"]) == (422, "url")
    assert "private network" in answer.json()["title"]


def test_by_the_command_line_a_broker_is_registered_published_and_removed(
    souk: Souk, vendor: Vendor, seller: Customer, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(program.PASSWORD + "\n")
    words = ("brokers", "register", "stores", vendor.url, "--username", program.USER, "--secret-file", str(secret))
    assert souk(*words)[0] == 0
    (row,) = queries.brokers(seller.scope)
    visiting.visit(row.id)
    assert souk("brokers", "changes", "stores")[1].count(program.SMALL) == 1
    status, _, error = souk("brokers", "publish", "stores", "--price", f"{program.SMALL}=90")
    assert (status != 0, "has no price per month" in error) == (True, True)
    prices = ("--price", f"{program.SMALL}=90", "--price", f"{program.LARGE}=200", "--meter", "requests=0.01")
    assert souk("brokers", "publish", "stores", *prices)[0] == 0
    assert "in_review" in souk("brokers", "show", "stores")[1]
    assert len(souk("brokers", "usage-key", "stores")[1].strip()) > 30
    assert souk("brokers", "try", "stores")[0] == 0
    assert "stores" in souk("brokers")[1]
    assert souk("brokers", "remove", "stores", "--yes")[0] == 0
    assert json.loads(souk("brokers", "--json")[1]) == []


def test_credentials_by_rest_are_the_vendors_own(place: Ground, vendor: Vendor, broker: UUID, buyer: Customer) -> None:
    instance = ordered(place, buyer)
    asked = asking(buyer)("post", f"/services/{instance}/bindings", {"name": "shop", "parameters": {"hours": 2}})
    assert asked.status_code == 202
    settle(place)
    assert vendor.asked("bind")[0]["body"]["parameters"] == {"access": "all", "hours": 2}
    assert service(buyer.scope, instance).plan_id is not None
    commands.delete_instance(buyer.scope, instance)
