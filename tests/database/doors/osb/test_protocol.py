"""What holds for each request to a broker: who asks, in which version, for whom; and its catalogue."""

from __future__ import annotations

from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator
from tests.database.doors.osb.conftest import BROKER, Platform, platform_of
from tests.support.world import customer

IDENTITY = "X-Broker-API-Originating-Identity"


@pytest.mark.parametrize("version", ["", "1.0", "2.12", "3.0", "2", "two", "2.17.1"])
def test_another_version_is_refused(platform: Platform, version: str) -> None:
    platform.version = version
    answer = platform("get", "/catalog")
    assert (answer.status_code, answer.json()["error"]) == (412, "VersionRefused")


@pytest.mark.parametrize("version", ["2.13", "2.14", "2.17", "2.20"])
def test_a_version_that_only_lacks_or_adds_fields_is_spoken(platform: Platform, version: str) -> None:
    platform.version = version
    assert platform("get", "/catalog").status_code == 200


def test_credentials_that_do_not_fit_together_are_bad(platform: Platform) -> None:
    bad = [
        Platform(platform.project, "souk_nonsense"),
        Platform(uuid4(), platform.token),
        Platform(platform_of(customer()).project, platform.token),
    ]
    for each in bad:
        answer = each("get", "/catalog")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic")
        assert "description" in answer.json()


@pytest.mark.parametrize("header", ["", "Basic", "Basic !", "Basic bm90aGluZw==", "Bearer souk_x", "Basic /w=="])
def test_what_is_no_basic_authentication_is_refused(platform: Platform, header: str) -> None:
    assert platform("get", "/catalog", Authorization=header).status_code == 401


@pytest.mark.parametrize("told", ["", "cf", "cf !", "cf eA==", "cf W10=", "eyJhIjoxfQ=="])
def test_an_identity_that_can_not_be_read_is_malformed(platform: Platform, told: str) -> None:
    assert platform("get", "/catalog", **{IDENTITY: told}).status_code == 400


def test_a_requests_own_name_comes_back(platform: Platform) -> None:
    told = {"X-Broker-API-Request-Identity": "e26cee84-6b38-4456-b34e-d1a9f002c956"}
    assert platform("get", "/catalog", **told)["X-Broker-API-Request-Identity"] == told[next(iter(told))]


def test_a_region_that_is_none_has_no_broker(platform: Platform) -> None:
    from django.test import Client

    headers = {"X-Broker-API-Version": "2.17"}
    assert Client().get(f"{BROKER}-x/v2/catalog", headers=headers).status_code == 401
    assert Client().get("/osb/nothing", headers=headers).status_code == 404


def test_the_catalogue_names_services_as_the_specification_wants(platform: Platform) -> None:
    services = platform("get", "/catalog").json()["services"]
    assert {each["name"] for each in services} >= {"exemple"}
    ids = [each["id"] for each in services] + [plan["id"] for each in services for plan in each["plans"]]
    assert len(ids) == len(set(ids))
    for service in services:
        assert all(service[field] for field in ("id", "name", "description", "plans"))
        assert " " not in service["name"]
        assert type(service["bindable"]) is bool
        for plan in service["plans"]:
            assert all(plan[field] for field in ("id", "name", "description"))
            assert plan["free"] is False
            assert plan["maintenance_info"]["version"].count(".") == 2


def test_its_ids_are_the_same_each_time(platform: Platform) -> None:
    assert platform("get", "/catalog").json() == platform("get", "/catalog").json()


def test_its_schemas_are_whole_and_say_what_may_change(platform: Platform) -> None:
    (service,) = [each for each in platform("get", "/catalog").json()["services"] if each["name"] == "exemple"]
    schemas = service["plans"][0]["schemas"]
    create, update, bind = (
        schemas["service_instance"]["create"]["parameters"],
        schemas["service_instance"]["update"]["parameters"],
        schemas["service_binding"]["create"]["parameters"],
    )
    for each in (create, update, bind):
        Draft202012Validator.check_schema(each)
    assert set(create["properties"]) == {"flavour", "more"}
    assert set(update["properties"]) == {"flavour"}
    assert "owner" in bind["properties"]["role"]["enum"]


def test_prices_are_told_by_the_hour_and_the_month(platform: Platform) -> None:
    (service,) = [each for each in platform("get", "/catalog").json()["services"] if each["name"] == "exemple"]
    costs = {each["unit"]: each["amount"] for each in service["plans"][0]["metadata"]["costs"]}
    assert costs == {"HOURLY": {"mad": 1.2}, "MONTHLY": {"mad": 490.0}}
