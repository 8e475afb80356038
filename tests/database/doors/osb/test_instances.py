"""Service instances by the Open Service Broker's specification (2.17): each status that it names, and when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connections
from tests.database.doors.osb.conftest import ASYNC, Platform, done, platform_of
from tests.support.reconciling import order
from tests.support.world import Customer, customer

from souk.kernel.scope import System
from souk.kernel.trail import search
from souk.ordering.queries import orders
from souk.provisioning.commands import protect_instance, recover_instance
from souk.provisioning.queries import services
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def path() -> str:
    return f"/service_instances/{uuid4()}"


def _ids(buyer: Customer) -> list[UUID]:
    return [each.id for each in services(buyer.scope, with_deleted=True)]


def test_an_order_is_accepted_polled_and_then_there(
    platform: Platform, place: Ground, buyer: Customer, path: str
) -> None:
    accepted = platform("put", f"{path}?{ASYNC}", {**platform.ids(), "context": {"instance_name": "compta"}})
    assert accepted.status_code == 202
    operation, here = accepted.json()["operation"], f"{path}/last_operation"
    polled = platform("get", f"{here}?operation={operation}")
    assert (polled.json()["state"], polled.json()["instance_usable"]) == ("in progress", False)
    assert int(polled["Retry-After"]) > 0
    assert platform("get", path).status_code == 404
    done(place)
    polled = platform("get", f"{here}?operation={operation}").json()
    assert (polled["state"], polled["instance_usable"]) == ("succeeded", True)
    (service,) = services(buyer.scope)
    assert (service.name, service.state) == ("compta", "ready")
    assert accepted.json()["dashboard_url"].endswith(f"/services/{service.id}/")


def test_the_same_order_again_is_the_same_service(
    platform: Platform, place: Ground, buyer: Customer, path: str
) -> None:
    answers = [platform("put", f"{path}?{ASYNC}", platform.ids()) for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    done(place)
    assert platform("put", f"{path}?{ASYNC}", platform.ids()).status_code == 200
    assert platform("put", path, platform.ids()).status_code == 200
    assert len(orders(buyer.scope)) == len(_ids(buyer)) == 1


def test_the_same_order_many_times_at_once_is_one_service(platform: Platform, buyer: Customer, path: str) -> None:
    body = platform.ids()

    def ask(_number: int) -> int:
        try:
            return int(platform("put", f"{path}?{ASYNC}", body).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(12))) == {202}
    assert len(orders(buyer.scope)) == len(_ids(buyer)) == 1


@pytest.mark.parametrize("other", [{"parameters": {"flavour": "mint"}}, {"plan": "m"}])
def test_another_order_by_the_same_id_is_a_conflict(
    platform: Platform, buyer: Customer, path: str, other: dict[str, object]
) -> None:
    platform("put", f"{path}?{ASYNC}", platform.ids())
    body = {**platform.ids(str(other.get("plan", "s"))), "parameters": other.get("parameters", {})}
    assert platform("put", f"{path}?{ASYNC}", body).status_code == 409
    assert len(_ids(buyer)) == 1


def test_who_can_not_wait_is_told_to(platform: Platform, buyer: Customer, path: str, instance: str) -> None:
    before = _ids(buyer)
    asked = [
        platform("put", path, platform.ids()),
        platform("patch", instance, platform.ids("m")),
        platform("delete", f"{instance}?{platform.query().removesuffix(ASYNC)}"),
    ]
    assert [(each.status_code, each.json()["error"]) for each in asked] == [(422, "AsyncRequired")] * 3
    assert _ids(buyer) == before


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"service_id": None}, "service_id"),
        ({"plan_id": 7}, "plan_id"),
        ({"parameters": []}, "parameters"),
        ({"context": "x"}, "context"),
        ({"maintenance_info": {}}, "maintenance_info"),
    ],
)
def test_a_malformed_order_says_what_is_wrong_with_it(
    platform: Platform, buyer: Customer, path: str, change: dict[str, object], fault: str
) -> None:
    body = {key: value for key, value in {**platform.ids(), **change}.items() if value is not None}
    answer = platform("put", f"{path}?{ASYNC}", body)
    assert answer.status_code == 400
    assert fault in answer.json()["description"]
    assert _ids(buyer) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_what_is_no_json_object_is_malformed(platform: Platform, path: str, body: bytes) -> None:
    assert platform("put", f"{path}?{ASYNC}", body).status_code == 400


@pytest.mark.parametrize("which", ["service_id", "plan_id"])
def test_what_the_catalogue_does_not_have_is_refused(platform: Platform, path: str, which: str) -> None:
    answer = platform("put", f"{path}?{ASYNC}", {**platform.ids(), which: str(uuid4())})
    assert (answer.status_code, answer.json()["error"]) == (400, "CatalogUnknown")


def test_an_order_that_is_refused_says_why_and_leaves_nothing(platform: Platform, buyer: Customer, path: str) -> None:
    answer = platform("put", f"{path}?{ASYNC}", {**platform.ids(), "parameters": {"flavour": "salt"}})
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidParameters")
    assert "plain, mint" in answer.json()["description"]
    assert (_ids(buyer), orders(buyer.scope)) == ([], [])
    assert platform("delete", f"{path}?{platform.query()}").status_code == 410


def test_a_name_that_is_taken_gets_a_part_of_the_id_behind_it(platform: Platform, buyer: Customer, path: str) -> None:
    order(buyer, "compta")
    body = {**platform.ids(), "context": {"instance_name": "compta"}}
    assert platform("put", f"{path}?{ASYNC}", body).status_code == 202
    names = {each.name for each in services(buyer.scope)}
    assert len(names) == 2
    assert all(name.startswith("compta") for name in names)


def test_a_catalogue_that_is_out_of_date_is_told_so(platform: Platform, path: str, instance: str) -> None:
    old = {"maintenance_info": {"version": "0.9.0"}}
    asked = [
        platform("put", f"{path}?{ASYNC}", {**platform.ids(), **old}),
        platform("patch", f"{instance}?{ASYNC}", {**platform.ids(), **old}),
    ]
    assert [(each.status_code, each.json()["error"]) for each in asked] == [(422, "MaintenanceInfoConflict")] * 2
    now = platform("get", instance).json()["maintenance_info"]
    assert platform("put", f"{path}?{ASYNC}", {**platform.ids(), "maintenance_info": now}).status_code == 202


def test_a_service_is_fetched_as_it_is(platform: Platform, instance: str) -> None:
    fetched = platform("get", instance)
    assert fetched.status_code == 200
    assert {key: fetched.json()[key] for key in ("service_id", "plan_id")} == platform.ids()
    assert fetched.json()["parameters"] == {"flavour": "plain"}
    assert fetched.json()["metadata"]["labels"]["region"] == "ma-temara"


def test_plan_and_parameters_change_as_one(platform: Platform, place: Ground, buyer: Customer, instance: str) -> None:
    body = {**platform.ids("m"), "parameters": {"flavour": "mint"}}
    accepted = platform("patch", f"{instance}?{ASYNC}", body)
    assert accepted.status_code == 202
    operation = accepted.json()["operation"]
    again = platform("patch", f"{instance}?{ASYNC}", body)
    assert (again.status_code, again.json()["operation"]) == (202, operation)
    polled = platform("get", f"{instance}/last_operation?operation={operation}").json()
    assert (polled["state"], polled["instance_usable"]) == ("in progress", True)
    done(place)
    assert platform("get", f"{instance}/last_operation?operation={operation}").json()["state"] == "succeeded"
    fetched = platform("get", instance).json()
    assert (fetched["plan_id"], fetched["parameters"]) == (platform.ids("m")["plan_id"], {"flavour": "mint"})
    assert services(buyer.scope)[0].vcpus == 2
    assert platform("patch", f"{instance}?{ASYNC}", body).status_code == 200


def test_two_changes_at_once_are_one_too_many(platform: Platform, instance: str) -> None:
    assert platform("patch", f"{instance}?{ASYNC}", platform.ids("m")).status_code == 202
    other = platform("patch", f"{instance}?{ASYNC}", {**platform.ids(), "parameters": {"flavour": "mint"}})
    fetched = platform("get", instance)
    assert (other.status_code, other.json()["error"]) == (422, "ConcurrencyError")
    assert (fetched.status_code, fetched.json()["error"]) == (422, "ConcurrencyError")


def test_a_service_can_not_become_another_one(platform: Platform, instance: str) -> None:
    answer = platform("patch", f"{instance}?{ASYNC}", {**platform.ids(), "service_id": str(uuid4())})
    assert (answer.status_code, answer.json()["error"]) == (400, "PlanOfAnotherService")


def test_a_parameter_that_stays_as_it_was_ordered_is_refused(platform: Platform, instance: str) -> None:
    answer = platform("patch", f"{instance}?{ASYNC}", {**platform.ids(), "parameters": {"more": ["other"]}})
    assert (answer.status_code, answer.json()["error"]) == (422, "ParameterFixed")


def test_a_deleted_service_is_gone_for_good_for_the_platform(
    platform: Platform, place: Ground, buyer: Customer, instance: str
) -> None:
    accepted = platform("delete", f"{instance}?{platform.query()}")
    assert accepted.status_code == 202
    operation = accepted.json()["operation"]
    again = platform("delete", f"{instance}?{platform.query()}")
    assert (again.status_code, again.json()["operation"]) == (202, operation)
    assert platform("put", f"{instance}?{ASYNC}", platform.ids()).status_code == 409
    done(place)
    assert platform("get", f"{instance}/last_operation?operation={operation}").status_code == 410
    assert platform("delete", f"{instance}?{platform.query()}").status_code == 410
    assert platform("get", instance).status_code == 404
    assert platform("patch", f"{instance}?{ASYNC}", platform.ids("m")).status_code == 404


def test_its_id_may_be_used_anew_and_means_the_newer_one(
    platform: Platform, place: Ground, buyer: Customer, instance: str
) -> None:
    platform("delete", f"{instance}?{platform.query()}")
    done(place)
    assert platform("put", f"{instance}?{ASYNC}", platform.ids("m")).status_code == 202
    done(place)
    assert platform("get", instance).json()["plan_id"] == platform.ids("m")["plan_id"]
    assert sorted(each.state for each in services(buyer.scope, with_deleted=True)) == ["ready", "soft_deleted"]


def test_what_a_customer_recovers_in_the_console_is_the_platforms_again(
    platform: Platform, place: Ground, buyer: Customer, instance: str
) -> None:
    platform("delete", f"{instance}?{platform.query()}")
    done(place)
    recover_instance(buyer.scope, services(buyer.scope, with_deleted=True)[0].id)
    done(place)
    assert platform("get", instance).status_code == 200


def test_an_orphan_half_made_is_cleaned_up(platform: Platform, place: Ground, buyer: Customer, path: str) -> None:
    platform("put", f"{path}?{ASYNC}", platform.ids())
    assert platform("delete", f"{path}?{platform.query()}").status_code == 202
    done(place)
    assert platform("get", f"{path}/last_operation").status_code == 410
    assert [each.state for each in services(buyer.scope, with_deleted=True)] == ["deleted"]
    assert [each.state for each in orders(buyer.scope)] == ["cancelled"]


def test_an_orphan_that_never_was_is_gone(platform: Platform, path: str) -> None:
    for asked in (f"{path}?{platform.query()}", f"{path}/service_bindings/{uuid4()}?{platform.query()}"):
        assert platform("delete", asked).status_code == 410
    assert platform("get", f"{path}/last_operation").status_code == 410


@pytest.mark.parametrize("missing", ["service_id", "plan_id"])
def test_a_deletion_says_what_it_means(platform: Platform, instance: str, missing: str) -> None:
    query = "&".join(each for each in platform.query().split("&") if not each.startswith(missing))
    assert platform("delete", f"{instance}?{query}").status_code == 400


def test_a_protected_service_is_not_deleted(platform: Platform, buyer: Customer, instance: str) -> None:
    protect_instance(buyer.scope, services(buyer.scope)[0].id, True)
    answer = platform("delete", f"{instance}?{platform.query()}")
    assert (answer.status_code, answer.json()["error"]) == (422, "ServiceProtected")
    assert platform("get", instance).status_code == 200


def test_an_operation_of_something_else_is_malformed(platform: Platform, instance: str) -> None:
    assert platform("get", f"{instance}/last_operation?operation={uuid4()}").status_code == 400


def test_another_projects_platform_sees_nothing_of_it(platform: Platform, instance: str) -> None:
    other = platform_of(customer())
    assert other("get", instance).status_code == 404
    assert other("delete", f"{instance}?{other.query()}").status_code == 410
    assert platform("get", instance).status_code == 200


def test_for_whom_a_platform_asks_is_recorded(platform: Platform, buyer: Customer, path: str) -> None:
    # {"user_id": "683ea748"}
    told = {"X-Broker-API-Originating-Identity": "cloudfoundry eyJ1c2VyX2lkIjogIjY4M2VhNzQ4In0="}
    platform("put", f"{path}?{ASYNC}", platform.ids(), **told)
    (event,) = search(System("test"), action="order.brokered", subject=services(buyer.scope)[0].id)
    assert event.data["platform"] == "cloudfoundry"
    assert event.data["key"] == path.rpartition("/")[2]
