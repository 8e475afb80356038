"""REST v1: pools of a load balancer, and what is done to their members."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.database.doors.test_rest import Caller
from tests.support import reconciling
from tests.support.balancing import Told, order_balancer
from tests.support.example import EXAMPLE
from tests.support.world import Customer

from souk.provisioning import commands, registry
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def front(place: Ground, buyer: Customer, service: UUID, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A load balancer with a service beside it in its network."""
    monkeypatch.setattr(registry, "blueprints", lambda: {"example": EXAMPLE, "loadbalancer": Told()})
    made = order_balancer(buyer)
    commands.attach_instance(buyer.scope, service)
    reconciling.settle(place)
    return made


def test_members_are_added_drained_weighed_and_taken_out(
    place: Ground, call: Caller, front: UUID, service: UUID
) -> None:
    here = f"/services/{front}/pools"
    name = call("get", f"/services/{service}").json()["name"]
    (pool,) = call("get", here).json()["pools"]
    assert (pool["name"], pool["members"]) == ("web", [])
    assert call("get", here).json()["candidates"] == [name]
    refused = call("post", f"{here}/web/members", {"address": "127.0.0.1", "port": 80})
    assert (refused.status_code, refused.json()["field"]) == (422, "address")
    assert call("post", f"{here}/web/members", {"service": name, "port": 80}).status_code == 202
    one = f"{here}/web/members/{name}:80"
    assert call("patch", one, {"mode": "draining", "weight": 7}).status_code == 202
    reconciling.settle(place)
    (member,) = call("get", here).json()["pools"][0]["members"]
    assert (member["mode"], member["weight"], member["service_id"]) == ("draining", 7, str(service))
    assert call("patch", one, {"mode": "asleep"}).status_code == 422
    assert call("delete", one).status_code == 202
    assert call("delete", one).status_code == 404
    reconciling.settle(place)
    assert call("get", here).json()["pools"][0]["members"] == []


def test_what_leads_to_nobody_says_so(call: Caller, service: UUID, front: UUID) -> None:
    refused = call("get", f"/services/{service}/pools")
    assert (refused.status_code, "no pools" in refused.content.decode()) == (409, True)
    assert call("get", f"/services/{front}/pools", None).status_code == 200
    assert call("post", f"/services/{front}/pools/other/members", {"service": "x", "port": 1}).status_code == 404
