"""Service bindings by the Open Service Broker's specification (2.17)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections
from tests.database.console.desks import worker_answers
from tests.database.doors.osb.conftest import ASYNC, Platform, done
from tests.support.world import Customer

from souk.provisioning.queries import bindings, services
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def binding(instance: str) -> str:
    return f"{instance}/service_bindings/{uuid4()}"


@pytest.fixture
def bound(platform: Platform, place: Ground, binding: str) -> str:
    """The path of a binding that works."""
    assert platform("put", f"{binding}?{ASYNC}", platform.ids()).status_code == 202
    done(place)
    return binding


def _names(buyer: Customer) -> list[str]:
    (service,) = services(buyer.scope)
    return [each.name for each in bindings(buyer.scope, service.id)]


def test_credentials_are_made_polled_and_fetched(platform: Platform, place: Ground, binding: str) -> None:
    assert platform("put", f"{binding}?{ASYNC}", platform.ids()).status_code == 202
    assert platform("get", f"{binding}/last_operation").json()["state"] == "in progress"
    assert platform("get", binding).status_code == 404
    done(place)
    assert platform("get", f"{binding}/last_operation").json()["state"] == "succeeded"
    with worker_answers():
        fetched = platform("get", binding)
    assert fetched.status_code == 200
    credentials = fetched.json()["credentials"]
    assert credentials["password"] in credentials["uri"]
    assert credentials["username"].startswith("osb_")
    assert credentials["ca"].startswith("-----BEGIN CERTIFICATE-----")
    assert fetched["Cache-Control"] == "no-store"


def test_the_same_binding_again_is_the_same_credentials(
    platform: Platform, place: Ground, buyer: Customer, binding: str
) -> None:
    answers = [platform("put", f"{binding}?{ASYNC}", platform.ids()) for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    done(place)
    with worker_answers():
        again = platform("put", f"{binding}?{ASYNC}", platform.ids())
    assert (again.status_code, "password" in again.json()["credentials"]) == (200, True)
    assert len(_names(buyer)) == 2


def test_the_same_binding_many_times_at_once_is_one(platform: Platform, buyer: Customer, binding: str) -> None:
    body = platform.ids()

    def ask(_number: int) -> int:
        try:
            return int(platform("put", f"{binding}?{ASYNC}", body).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(12))) == {202}
    assert len(_names(buyer)) == 2


def test_another_binding_by_the_same_id_is_a_conflict(platform: Platform, bound: str) -> None:
    body = {**platform.ids(), "parameters": {"role": "reader"}}
    assert platform("put", f"{bound}?{ASYNC}", body).status_code == 409


def test_what_it_is_good_for_is_the_platforms_choice(
    platform: Platform, place: Ground, buyer: Customer, binding: str
) -> None:
    body = {**platform.ids(), "parameters": {"role": "reader", "database": "main"}}
    assert platform("put", f"{binding}?{ASYNC}", body).status_code == 202
    done(place)
    with worker_answers():
        assert platform("get", binding).json()["parameters"] == {"role": "reader", "database": "main"}


@pytest.mark.parametrize(
    "parameters", [{"role": "king"}, {"role": 7}, {"database": 7}, {"colour": "red"}, {"role": None}]
)
def test_parameters_that_do_not_fit_are_malformed(
    platform: Platform, buyer: Customer, binding: str, parameters: dict[str, object]
) -> None:
    answer = platform("put", f"{binding}?{ASYNC}", {**platform.ids(), "parameters": parameters})
    assert (answer.status_code, answer.json()["error"]) == (400, "Malformed")
    assert _names(buyer) == ["default"]


def test_a_database_that_is_not_there_is_refused(platform: Platform, binding: str) -> None:
    body = {**platform.ids(), "parameters": {"database": "nothing"}}
    answer = platform("put", f"{binding}?{ASYNC}", body)
    assert (answer.status_code, answer.json()["error"]) == (422, "DatabaseMissing")


def test_who_can_not_wait_is_told_to(platform: Platform, binding: str, bound: str) -> None:
    other = binding.rpartition("/")[0] + f"/{uuid4()}"
    asked = [
        platform("put", other, platform.ids()),
        platform("delete", f"{bound}?{platform.query().removesuffix(ASYNC)}"),
    ]
    assert [(each.status_code, each.json()["error"]) for each in asked] == [(422, "AsyncRequired")] * 2


def test_a_service_that_is_not_ready_has_no_credentials_to_give(platform: Platform) -> None:
    path = f"/service_instances/{uuid4()}"
    platform("put", f"{path}?{ASYNC}", platform.ids())
    answer = platform("put", f"{path}/service_bindings/{uuid4()}?{ASYNC}", platform.ids())
    assert (answer.status_code, answer.json()["error"]) == (422, "ConcurrencyError")


def test_a_service_that_is_not_there_has_none_either(platform: Platform) -> None:
    path = f"/service_instances/{uuid4()}/service_bindings/{uuid4()}"
    assert platform("put", f"{path}?{ASYNC}", platform.ids()).status_code == 404
    assert platform("get", path).status_code == 404
    assert platform("get", f"{path}/last_operation").status_code == 410


def test_revoked_credentials_are_gone(platform: Platform, place: Ground, buyer: Customer, bound: str) -> None:
    accepted = platform("delete", f"{bound}?{platform.query()}")
    assert accepted.status_code == 202
    again = platform("delete", f"{bound}?{platform.query()}")
    assert (again.status_code, again.json()) == (202, accepted.json())
    assert platform("get", bound).status_code == 404
    assert platform("put", f"{bound}?{ASYNC}", platform.ids()).status_code == 422
    done(place)
    assert platform("get", f"{bound}/last_operation").status_code == 410
    assert platform("delete", f"{bound}?{platform.query()}").status_code == 410
    assert _names(buyer) == ["default"]


def test_an_id_may_be_bound_anew(platform: Platform, place: Ground, bound: str) -> None:
    platform("delete", f"{bound}?{platform.query()}")
    done(place)
    assert platform("put", f"{bound}?{ASYNC}", platform.ids()).status_code == 202
    done(place)
    with worker_answers():
        assert platform("get", bound).status_code == 200


def test_deleting_the_service_takes_its_bindings_along(platform: Platform, place: Ground, bound: str) -> None:
    instance = bound.partition("/service_bindings")[0]
    platform("delete", f"{instance}?{platform.query()}")
    done(place)
    assert platform("get", bound).status_code == 404
    assert platform("delete", f"{bound}?{platform.query()}").status_code == 410
