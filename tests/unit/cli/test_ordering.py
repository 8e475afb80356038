"""Placing an order and following it."""

from __future__ import annotations

import pytest

SCHEMA = {
    "properties": {
        "databases": {"type": "array", "items": {"type": "string"}},
        "connections": {"type": "integer"},
        "ssl": {"type": "boolean"},
    }
}
ORDER = {
    "id": "order1",
    "number": 1001,
    "state": "provisioning",
    "reason": "",
    "instance_id": "service1",
    "service_name": "compta",
}
OPERATION = {
    "id": "operation1",
    "kind": "create",
    "state": "running",
    "progress": 45,
    "log": [
        {"at": "2026-01-01T00:00:00+00:00", "step": "start", "seconds": 0.45, "sentence": "The machine has started."}
    ],
    "created_at": "2026-01-01T00:00:00+00:00",
    "finished_at": None,
}
WORDS = ("order", "postgresql", "--plan", "s", "--region", "ma-temara", "--name", "compta")
pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture(autouse=True)
def _offered(server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.cli.progress.PAUSE", 0)
    monkeypatch.setattr("souk.cli.commands.orders.PAUSE", 0)
    server.says("GET", "/marketplaces/public/offerings/postgresql", {"parameters": SCHEMA})
    server.says("POST", "/orders", {"id": "order1"}, 201)


def test_parameters_are_typed_by_the_schema(server, souk) -> None:
    server.says("GET", "/orders/order1", ORDER)
    ran = souk(*WORDS, "-p", "databases=a,b", "-p", "connections=50", "-p", "ssl=yes")
    assert ran.status == 0
    assert server.sent(1)["parameters"] == {"databases": ["a", "b"], "connections": 50, "ssl": True}


def test_every_order_carries_an_idempotency_key_of_its_own_unless_one_is_given(server, souk) -> None:
    server.says("GET", "/orders/order1", ORDER)
    souk(*WORDS)
    souk(*WORDS)
    souk(*WORDS, "--key", "mine")
    keys = [request.headers["Idempotency-Key"] for request in server.asked if request.method == "POST"]
    assert len(set(keys)) == 3
    assert keys[2] == "mine"


def test_a_broken_connection_sends_the_same_order_again(server, souk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("souk.client.transport.time.sleep", lambda _: None)
    server.says("GET", "/orders/order1", ORDER)
    original = server.answer
    broken = iter([True, False, False, False])

    def answer(request):
        if request.method == "POST" and next(broken):
            original(request)
            server.silent = 1
        return original(request)

    server.answer = answer
    assert souk(*WORDS).status == 0
    keys = {request.headers["Idempotency-Key"] for request in server.asked if request.method == "POST"}
    assert len(keys) == 1


def test_waiting_shows_each_step_once_and_ends_when_the_order_is_fulfilled(server, souk) -> None:
    server.says("GET", "/orders/order1", ORDER)
    server.says("GET", "/orders/order1", {**ORDER, "state": "fulfilled"})
    server.says("GET", "/services/service1/operations", [OPERATION])
    server.says("GET", "/operations/operation1", OPERATION)
    server.says("GET", "/operations/operation1", {**OPERATION, "state": "succeeded", "progress": 100})
    server.says("GET", "/services/service1/parts", [])
    ran = souk(*WORDS, "--wait")
    assert ran.status == 0
    assert ran.err.count("The machine has started.") == 1
    assert "souk connect compta" in ran.out


def test_an_order_that_fails_says_why_and_exits_with_1(server, souk) -> None:
    server.says("GET", "/orders/order1", ORDER)
    server.says("GET", "/orders/order1", {**ORDER, "state": "failed", "reason": "The image is missing."})
    server.says("GET", "/services/service1/operations", [])
    ran = souk(*WORDS, "--wait")
    assert ran.status == 1
    assert "Order 1001 is failed. The image is missing." in ran.err


def test_waiting_with_json_prints_the_fulfilled_order_and_nothing_else(server, souk) -> None:
    done = {**ORDER, "state": "fulfilled"}
    server.says("GET", "/orders/order1", ORDER)
    server.says("GET", "/orders/order1", done)
    server.says("GET", "/services/service1/operations", [OPERATION])
    server.says("GET", "/operations/operation1", {**OPERATION, "state": "succeeded"})
    ran = souk("--json", *WORDS, "--wait")
    assert (ran.json, ran.err) == (done, "")


def test_an_unknown_parameter_is_refused_before_anything_is_ordered(server, souk) -> None:
    ran = souk(*WORDS, "-p", "colour=red")
    assert ran.status == 1
    assert "connections, databases, ssl" in ran.err
    assert "POST /orders" not in server.paths()


def test_a_refusal_is_told_in_the_servers_words(server, souk) -> None:
    server.answers[("POST", "/orders")] = []
    server.refuses("POST", "/orders", 409, "no-capacity", "The region ma-temara has no room.", field=None)
    ran = souk(*WORDS)
    assert (ran.status, ran.err) == (1, "The region ma-temara has no room.\n")


def test_an_order_is_cancelled_by_its_number(server, souk) -> None:
    server.says("GET", "/orders", {"items": [ORDER], "next": None})
    server.says("POST", "/orders/order1/cancel", None, 204)
    assert souk("orders", "cancel", "1001").status == 0
    assert server.paths()[-1] == "POST /orders/order1/cancel"
