"""Hosts and moves over REST."""

from __future__ import annotations

import pytest
from tests.database.doors.test_rest import Caller
from tests.support import hosts, reconciling
from tests.support.world import customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel.scope import System, acting
from souk.parties.commands import create_token
from souk.provisioning.models import Machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(db: None) -> Caller:
    hosts.in_racks(MemoryEngine(hosts=["h1", "h2"]))
    return Caller(create_token(operator().person, "op").token)


def test_an_operator_places_closes_and_evacuates_a_host(engineer: Caller) -> None:
    buyer = customer()
    instance, row = reconciling.order(buyer), hosts.host("h1")
    with acting(System("test")):
        Machine.objects.create(
            organization_id=buyer.organization,
            instance_id=instance,
            site_id=row.site_id,
            name="ex-1",
            address="10.0.0.9",
            image="x",
            host="h1",
            created_at=row.observed_at,
        )
    here = f"/operator/hosts/{row.id}"
    assert engineer("patch", here, {"power_domain": "B2"}).status_code == 204
    told = engineer("get", here).json()
    assert (told["host"]["rack"], told["host"]["power_domain"], told["host"]["open"]) == ("R-h1", "B2", True)
    assert [(each["machine"], each["service"]) for each in told["machines"]] == [("ex-1", "compta")]
    answer = engineer("post", f"{here}/evacuate")
    assert (answer.status_code, len(answer.json()["operations"]), answer.json()["staying"]) == (202, 1, [])
    assert engineer("get", here).json()["host"]["open"] is False
    answer = engineer("post", "/operator/machines/ex-1/move", {"to": "h2"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:souk:problem:move-under-way")
    assert engineer("post", "/operator/machines/none/move").status_code == 404
    assert engineer("patch", here, {"rack": "x" * 99}).json()["field"] == "rack"
    assert Caller(buyer.token())("get", f"/services/{instance}/spread").json() == {"spread": ""}
    for method, path in (("get", here), ("patch", here), ("post", f"{here}/evacuate")):
        assert Caller(buyer.token())(method, path).status_code in (403, 404)
