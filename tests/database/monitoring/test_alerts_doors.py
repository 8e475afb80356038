"""Alerts and webhooks through REST and on the console."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, text
from tests.database.doors.test_rest import Caller
from tests.support.world import Customer, customer


@pytest.fixture
def call(buyer: Customer) -> Caller:
    return Caller(buyer.token())


@pytest.fixture
def desk(buyer: Customer) -> Client:
    return at_desk(buyer.person)


def test_rest_changes_a_rule_and_refuses_nonsense(call: Caller, instance: UUID) -> None:
    path = f"/services/{instance}/alerts"
    assert call("put", f"{path}/disk", {"threshold": 70}).json()["threshold"] == 70
    assert [row["threshold"] for row in call("get", path).json()["rules"] if row["rule"] == "disk"] == [70]
    assert call("put", f"{path}/disk", {"threshold": 170}).json()["type"] == "urn:souk:problem:threshold-out-of-range"
    assert call("put", f"{path}/luck", {"threshold": 1}).status_code == 404


def test_rest_shows_a_webhooks_secret_once(buyer: Customer, call: Caller, instance: UUID) -> None:
    path = f"/organizations/{buyer.organization}/webhooks"
    made = call("post", path, {"url": "https://hook.example/a"})
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    assert made.json()["secret"].startswith("whsec_")
    ((row,),) = [call("get", path).json()]
    assert sorted(row) == ["created_at", "id", "url"]
    assert call("post", f"/webhooks/{row['id']}/try").status_code == 202
    assert [each["event"] for each in call("get", f"/organizations/{buyer.organization}/deliveries").json()] == ["ping"]
    assert call("delete", f"/webhooks/{row['id']}").status_code == 204
    assert call("get", path).json() == []


def test_rest_shows_nobody_elses_webhooks(buyer: Customer, instance: UUID) -> None:
    other = Caller(customer("Autre SARL").token())
    assert other("get", f"/organizations/{buyer.organization}/webhooks").status_code == 404
    assert other("get", f"/organizations/{buyer.organization}/deliveries").status_code == 404


def test_a_rule_is_changed_on_its_page(desk: Client, instance: UUID) -> None:
    page = f"/services/{instance}/alerts/"
    assert "Le disque se remplit" in text(desk.get(page))
    assert desk.post(page, {"rule": "disk", "threshold": "70", "enabled": "on"}).status_code == 302
    assert 'value="70' in desk.get(page).content.decode()
    refused = desk.post(page, {"rule": "disk", "threshold": "0"})
    assert (refused.status_code, "Le seuil doit être" in text(refused)) == (422, True)


def test_a_webhooks_secret_is_shown_in_the_answer_that_makes_it_and_never_again(desk: Client, instance: UUID) -> None:
    made = desk.post("/webhooks/", {"url": "https://hook.example/a"})
    assert "whsec_" in made.content.decode()
    assert made.headers["Cache-Control"] == "no-store"
    shown = desk.get("/webhooks/").content.decode()
    assert "https://hook.example/a" in shown
    assert "whsec_" not in shown


def test_an_address_inside_is_refused_at_its_field(desk: Client, instance: UUID) -> None:
    refused = desk.post("/webhooks/", {"url": "https://169.254.169.254/"})
    assert (refused.status_code, "hors des réseaux de la plateforme" in text(refused)) == (422, True)
