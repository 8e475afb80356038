"""The program against the real API in this process: from signing up to a cancelled order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.world import operator

from souk.provisioning import registry
from souk.provisioning.commands import add_range
from souk.sites.queries import sites

pytestmark = pytest.mark.django_db
Souk = Callable[..., tuple[int, str, str]]


def _json(ran: tuple[int, str, str]) -> Any:
    assert ran[0] == 0, ran[2]
    return json.loads(ran[1])


def test_who_i_am(customer: Souk) -> None:
    assert "Atelier Zellige SARL (owner)" in customer("whoami")[1]


def test_an_order_is_placed_listed_and_cancelled(customer: Souk) -> None:
    words = ("order", "exemple", "--plan", "s", "--region", "ma-temara", "--name", "compta", "-p", "flavour=mint")
    order = _json(customer("--json", *words))
    assert (order["state"], order["parameters"]) == ("placed", {"flavour": "mint"})
    assert [row["id"] for row in _json(customer("--json", "orders"))["items"]] == [order["id"]]
    service = _json(customer("--json", "services", "show", "compta"))
    assert service["id"] == order["instance_id"]
    assert customer("orders", "cancel", str(order["number"]))[0] == 0
    assert _json(customer("--json", "orders"))["items"][0]["state"] == "cancelled"
    assert [row["kind"] for row in _json(customer("--json", "operations", "compta"))] == ["delete", "create"]


def test_a_private_network_is_made_ordered_into_renamed_and_not_deleted_under_a_service(customer: Souk) -> None:
    made = _json(customer("--json", "networks", "create", "interne", "--region", "ma-temara"))
    assert customer("networks")[1].count("interne") == 1
    assert _json(customer("--json", "networks", "rename", "interne", "arrière"))["id"] == made["id"]
    words = ("order", "exemple", "--plan", "s", "--region", "ma-temara", "--name", "compta", "--network", "arrière")
    assert customer(*words)[0] == 0
    assert _json(customer("--json", "networks", "show", "compta"))["network_id"] == made["id"]
    assert "arrière" in customer("networks", "show", "compta")[1]
    status, _said, error = customer("networks", "delete", "arrière")
    assert (status, "compta" in error) == (1, True)
    status, _said, error = customer("networks", "attach", "compta")
    assert (status, "already" in error) == (1, True)
    status, _said, error = customer("access", "private", "compta", "--confirm")
    assert (status, "not reached" in error) == (1, True)
    assert customer("networks", "detach", "compta")[0] == 0
    assert customer("networks", "delete", "arrière")[0] == 0
    assert "no private network yet" in customer("networks")[1]
    status, _said, error = customer("networks", "delete", "arrière")
    assert (status, "There is no network" in error) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--plan", "xxl", "--region", "ma-temara", "--name", "a"), "xxl"),
        (("--plan", "s", "--region", "ma-mars", "--name", "a"), "ma-mars"),
        (("--plan", "s", "--region", "ma-temara", "--name", "a", "-p", "flavour=salt"), "flavour"),
        (("--plan", "s", "--region", "ma-temara", "--name", ""), "1 to 63"),
    ],
)
def test_a_refused_order_says_why(customer: Souk, words: tuple[str, ...], said: str) -> None:
    status, out, error = customer("order", "exemple", *words)
    assert (status, out) == (1, "")
    assert said in error
    assert error.count("\n") == 1


def test_the_servers_sentences_come_in_the_readers_language(customer: Souk) -> None:
    words = ("order", "exemple", "--plan", "xxl", "--region", "ma-temara", "--name", "a", "--language", "fr")
    assert "formule" in customer(*words)[2].lower()


def test_a_service_that_is_not_ready_has_no_credentials(customer: Souk) -> None:
    customer("order", "exemple", "--plan", "s", "--region", "ma-temara", "--name", "compta")
    status, _, error = customer("connect", "compta", "--print")
    assert status == 1
    assert "not ready" in error


def test_usage_and_invoices_are_empty_before_anything_ran(customer: Souk) -> None:
    customer("order", "exemple", "--plan", "s", "--region", "ma-temara", "--name", "compta")
    assert "0.00 MAD" in customer("usage", "compta")[1]
    assert customer("invoices")[1] == "There is no invoice yet.\n"


def test_signing_out_ends_the_token_at_the_server(customer: Souk) -> None:
    assert len(_json(customer("--json", "tokens"))) == 1
    assert customer("logout")[0] == 0
    status, _, error = customer("tokens")
    assert status == 1
    assert "souk login" in error


def test_a_customer_is_no_operator(customer: Souk) -> None:
    status, _, error = customer("operator", "machines")
    assert status == 1
    assert error


def test_what_is_seen_of_a_service_and_told_of_it(customer: Souk) -> None:
    customer("order", "exemple", "--plan", "s", "--region", "ma-temara", "--name", "compta")
    assert "Nothing was seen in this period." in customer("services", "metrics", "compta")[1]
    assert "not looked at" in customer("services", "health", "compta")[1]
    assert _json(customer("--json", "alerts", "set", "compta", "disk", "70"))["threshold"] == 70
    assert "70 %" in customer("alerts", "rules", "compta")[1]
    assert customer("services", "logs", "compta")[2] == "Nothing was written in this period that fits.\n"
    assert customer("services", "slow", "compta")[1] == "No query was counted yet.\n"


def test_a_webhook_is_added_tried_and_removed(customer: Souk) -> None:
    hook = _json(customer("--json", "webhooks", "add", "https://hook.example/a"))
    assert customer("webhooks", "try", hook["id"])[0] == 0
    assert "ping" in customer("webhooks", "deliveries")[1]
    assert customer("webhooks", "remove", hook["id"], "--yes")[0] == 0
    assert customer("webhooks")[1] == "There is no webhook yet.\n"
    status, _, error = customer("webhooks", "add", "https://10.0.0.1/")
    assert (status, "https" in error) == (1, True)


def test_a_machine_is_ordered_with_a_public_address_and_its_rules_are_changed_and_undone(
    customer: Souk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(registry.blueprint("example")), "own_rules", True)
    add_range(operator(), sites()[0].id, "203.0.113.0/29")
    words = ("order", "exemple", "--plan", "s", "--region", "ma-temara", "--name", "atelier", "--public-address")
    assert customer(*words)[0] == 0
    assert "203.0.113.1" in customer("addresses")[1]
    assert _json(customer("--json", "addresses", "show", "atelier"))["state"] == "attaching"
    assert "SSH" in customer("firewall", "atelier")[1]
    status, _said, error = customer("firewall", "forbid", "atelier", "7")
    assert (status, "no rule 7" in error) == (1, True)
    assert customer("firewall", "allow", "atelier", "tcp", "8000-8010", "--network", "203.0.113.7")[0] == 0
    status, _said, error = customer("firewall", "allow", "atelier", "icmp", "8")
    assert (status, "has none" in error) == (1, True)
    assert customer("firewall", "undo", "atelier")[0] == 0
    status, _said, error = customer("addresses", "release", "203.0.113.1")
    assert (status, "still leads" in error) == (1, True)
    assert customer("addresses", "take", "atelier", "--keep")[0] == 0
    assert customer("addresses", "release", "203.0.113.1")[0] == 0
    assert "no public address" in customer("addresses")[1]
