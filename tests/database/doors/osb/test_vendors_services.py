"""What a vendor's broker sells us is sold on by ours: ordered, and bound with what the vendor asks of a consumer."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.database.console.desks import worker_answers
from tests.database.doors.osb.conftest import ASYNC, Platform, done
from tests.support import selling
from tests.support.selling import Vendor

from souk.brokers import calling, intake
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def vendor(place: Ground, settings: Any) -> Iterator[Vendor]:
    settings.BROKER_NETWORKS, settings.BROKERS_IN_THE_CLEAR = [ip_network("127.0.0.0/8")], True
    calling._calls.clear()
    intake.ensure()
    with selling.running() as found:
        selling.sold(found)
        yield found


def _service(platform: Platform) -> dict[str, Any]:
    (found,) = [each for each in platform("get", "/catalog").json()["services"] if each["name"] == "key-value"]
    return found


def test_its_credentials_are_the_vendors_own_made_as_the_platform_said(
    place: Ground, vendor: Vendor, platform: Platform
) -> None:
    service = _service(platform)
    small = next(each for each in service["plans"] if each["name"] == "small")
    schema = small["schemas"]["service_binding"]["create"]["parameters"]
    assert (service["bindable"], small["bindable"], sorted(schema["properties"])) == (True, True, ["access", "hours"])
    ids = {"service_id": service["id"], "plan_id": small["id"]}
    path = f"/service_instances/{uuid4()}"
    assert platform("put", f"{path}?{ASYNC}", ids).status_code == 202
    done(place)
    bound = f"{path}/service_bindings/{uuid4()}"
    wrong = platform("put", f"{bound}?{ASYNC}", {**ids, "parameters": {"hours": 0}})
    assert (wrong.status_code, vendor.asked("bind")) == (422, [])
    for _ in range(2):
        assert platform("put", f"{bound}?{ASYNC}", {**ids, "parameters": {"hours": 8}}).status_code == 202
    done(place)
    assert platform("put", f"{bound}?{ASYNC}", {**ids, "parameters": {"hours": 9}}).status_code == 409
    with worker_answers():
        found = platform("get", f"{bound}?service_id={ids['service_id']}&plan_id={ids['plan_id']}").json()
    assert found["parameters"] == {"access": "all", "hours": 8}
    assert vendor.asked("bind")[0]["body"]["parameters"] == {"access": "all", "hours": 8}
    uri = found["credentials"]["uri"]
    assert httpx.put(f"{uri}/greeting", content="salam").status_code == 200
    query = "&".join(f"{key}={value}" for key, value in ids.items())
    assert platform("delete", f"{bound}?{query}&{ASYNC}").status_code == 202
    done(place)
    assert vendor.bindings == {}
    assert httpx.get(f"{uri}/greeting").status_code == 401
