"""REST v1: one shape of error, cursors, ETags, idempotency keys, and walls."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.world import PASSWORD, Customer, customer, operator, valid_ice

from souk.doors.rest.api import api
from souk.parties.commands import create_token, revoke_token

pytestmark = pytest.mark.django_db

BASE = "/api/v1"
ORDER = {"offering": "exemple", "plan": "s", "region": "ma-temara", "name": "compta"}


class Caller:
    """A client of the API, as one customer."""

    def __init__(self, token: str = "", language: str = "en") -> None:
        self._client = Client(headers={"Accept-Language": language})
        self._token = token

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        call = getattr(self._client, method)
        if method in {"post", "put", "patch"}:
            return call(BASE + path, body if body is not None else {}, content_type="application/json", headers=headers)
        return call(BASE + path, headers=headers)


@pytest.fixture
def buyer() -> Customer:
    return customer()


@pytest.fixture
def call(buyer: Customer) -> Caller:
    return Caller(buyer.token())


def test_the_document_is_openapi_3_1_and_every_operation_has_a_name_of_its_own() -> None:
    document = api.get_openapi_schema(path_prefix=BASE)
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert document["openapi"].startswith("3.1")
    assert len(names) == len(set(names))


def test_somebody_signs_up_signs_in_and_registers(db: None) -> None:
    anyone = Caller()
    body = {"email": "amina@client.example", "password": PASSWORD, "full_name": "Amina"}
    assert anyone("post", "/people", body).status_code == 201
    token = anyone("post", "/tokens", {"email": "amina@client.example", "password": PASSWORD}).json()["token"]
    amina = Caller(token)
    made = amina("post", "/organizations", {"legal_name": "Amina SARL", "segment": "tpme", "ice": valid_ice()})
    assert made.status_code == 201
    assert amina("get", "/me").json()["organizations"] == {made.json()["id"]: "owner"}


def test_a_wrong_password_is_a_problem_that_says_nothing_of_who_exists(buyer: Customer) -> None:
    for email in (buyer.email, "nobody@client.example"):
        answer = Caller()("post", "/tokens", {"email": email, "password": "wrong-password"})
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:souk:problem:wrong-credentials")


@pytest.mark.parametrize("token", ["", "souk_nonsense"])
def test_without_a_valid_token_there_is_nothing(token: str) -> None:
    answer = Caller(token)("get", "/services")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_is_worthless(buyer: Customer) -> None:
    token = create_token(buyer.person, "short")
    assert Caller(token.token)("get", "/me").status_code == 200
    revoke_token(buyer.person, token.id)
    assert Caller(token.token)("get", "/me").status_code == 401


def test_a_token_that_may_only_read_cannot_order(buyer: Customer) -> None:
    token = create_token(buyer.person, "reader", ["read"]).token
    assert Caller(token)("get", "/orders").status_code == 200
    assert Caller(token)("post", "/orders", ORDER).status_code == 403


def test_the_market_is_open_to_everybody_and_one_statement(django_assert_num_queries: Any) -> None:
    anyone = Caller(language="ar")
    anyone("get", "/marketplaces/public/offerings")
    with django_assert_num_queries(1):
        answer = anyone("get", "/marketplaces/public/offerings")
    (card,) = answer.json()["items"]
    assert (card["slug"], card["name"], card["from_per_month"]) == ("exemple", "خدمة نموذجية", "490")


def test_an_order_answers_in_at_most_ten_statements(call: Caller) -> None:
    from django.db import connection

    call("post", "/orders", ORDER | {"name": "premiere"}, **{"Idempotency-Key": "a"})
    with CaptureQueriesContext(connection) as captured:
        assert call("post", "/orders", ORDER, **{"Idempotency-Key": "b"}).status_code == 201
    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) <= 10


def test_the_same_key_answers_with_the_same_order(call: Caller) -> None:
    first, second = (call("post", "/orders", ORDER, **{"Idempotency-Key": "one"}).json() for _ in range(2))
    assert first == second
    answer = call("post", "/orders", ORDER | {"name": "autre"}, **{"Idempotency-Key": "one"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:souk:problem:idempotency-key-reused")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"plan": "xxl"}, 422, "unknown-plan"),
        ({"offering": "rien"}, 404, "offering-missing"),
        ({"region": "lune"}, 422, "unknown-region"),
        ({"name": ""}, 422, "invalid-name"),
        ({"parameters": {"flavour": 3}}, 422, "invalid-parameters"),
        ({"parameters": "text"}, 422, "malformed"),
        ({"organization": "01a2069e-0000-7000-8000-000000000000"}, 404, "not-found"),
    ],
)
def test_a_refused_order_is_a_problem_with_a_sentence(
    call: Caller, change: dict[str, Any], status: int, code: str
) -> None:
    answer = call("post", "/orders", ORDER | change)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["type"]) == (status, status, f"urn:souk:problem:{code}")
    assert len(problem["title"]) > 20
    assert problem["request_id"] == answer["X-Request-ID"]
    assert call("get", "/orders").json()["items"] == []


def test_what_is_not_json_is_a_problem_too(call: Caller, buyer: Customer) -> None:
    answer = Client().post(
        BASE + "/orders",
        b"{not json",
        content_type="application/json",
        headers={"Authorization": f"Bearer {buyer.token()}"},
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_an_unknown_address_is_a_problem(call: Caller) -> None:
    answer = call("get", "/nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_lists_are_read_by_cursor(call: Caller) -> None:
    for number in range(5):
        call("post", "/orders", ORDER | {"name": f"n{number}"})
    names, after = [], ""
    while True:
        page = call("get", f"/orders?limit=2{after}").json()
        names += [order["service_name"] for order in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert names == ["n4", "n3", "n2", "n1", "n0"]


def test_an_unchanged_answer_is_not_sent_again(call: Caller) -> None:
    tag = call("get", "/orders")["ETag"]
    assert call("get", "/orders", **{"If-None-Match": tag}).status_code == 304


def test_a_change_against_an_old_version_is_refused(call: Caller, buyer: Customer) -> None:
    path = f"/organizations/{buyer.organization}"
    answer = call("get", path)
    details = answer.json()
    body = {key: details[key] for key in ("legal_name", "segment", "ice", "city")}
    assert call("put", path, body | {"city": "Salé"}, **{"If-Match": answer["ETag"]}).status_code == 200
    stale = call("put", path, body | {"city": "Fès"}, **{"If-Match": answer["ETag"]})
    assert (stale.status_code, call("get", path).json()["city"]) == (412, "Salé")


def test_an_outsider_gets_not_found_everywhere(call: Caller) -> None:
    order = call("post", "/orders", ORDER).json()["id"]
    instance = call("get", f"/orders/{order}").json()["instance_id"]
    outsider = Caller(customer("Autre SARL").token())
    for method, path in (
        ("get", f"/orders/{order}"),
        ("post", f"/orders/{order}/cancel"),
        ("get", f"/services/{instance}"),
        ("delete", f"/services/{instance}"),
        ("get", f"/services/{instance}/usage"),
        ("post", f"/services/{instance}/credentials"),
    ):
        assert outsider(method, path).status_code == 404, path


def test_a_customer_is_no_operator(call: Caller) -> None:
    for path in (
        "/operator/services",
        "/operator/audit",
        "/operator/sites",
        "/operator/pools",
        "/operator/organizations",
    ):
        assert call("get", path).status_code == 404


def test_an_operator_sees_every_organization_and_what_was_done(call: Caller, buyer: Customer) -> None:
    call("post", "/orders", ORDER)
    engineer = Caller(create_token(operator().person, "op").token)
    owners = {row["organization_id"] for row in engineer("get", "/operator/services").json()["items"]}
    assert str(buyer.organization) in owners
    (event,) = engineer("get", f"/operator/audit?action=order.&organization={buyer.organization}").json()["items"]
    assert (event["action"], event["actor"]) == ("order.placed", f"person:{buyer.person}")


def test_a_sentence_is_in_the_readers_language(buyer: Customer) -> None:
    titles = {
        language: Caller(buyer.token(), language)("post", "/orders", ORDER | {"plan": "xxl"}).json()["title"]
        for language in ("fr", "ar", "en")
    }
    assert "no plan" in titles["en"]


def test_an_operators_token_that_may_only_read_moves_no_money(buyer: Customer) -> None:
    reader = Caller(create_token(operator().person, "reader", ["read"]).token)
    assert reader("get", "/operator/services").status_code == 200
    answer = reader("post", "/operator/billing-runs", {"organization": str(buyer.organization)})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:souk:problem:token-too-narrow")
