"""REST v1: public addresses, ranges of them, and the rules of a machine."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.database.doors.test_rest import Caller
from tests.support import reconciling
from tests.support.example import EXAMPLE
from tests.support.naming import Keeper
from tests.support.world import Customer

from souk.provisioning import registry
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites


def test_a_range_is_given_out_addresses_go_round_and_the_range_is_withdrawn(
    place: Ground, call: Caller, engineer: Caller, service: UUID
) -> None:
    body = {"site": str(sites()[0].id), "network": "203.0.113.0/30"}
    assert call("post", "/operator/ranges", body).status_code == 404
    (made,) = engineer("post", "/operator/ranges", body).json()
    assert (made["addresses"], made["used"]) == (4, 0)
    refused = engineer("post", "/operator/ranges", body)
    assert (refused.status_code, refused.json()["field"]) == (409, "network")

    here = f"/services/{service}/address"
    assert call("get", here).json()["state"] == "none"
    assert call("put", here, {}).status_code == 202
    reconciling.settle(place)
    found = call("get", here).json()
    (row,) = call("get", "/addresses").json()
    assert (row["state"], row["service_id"], row["address"]) == ("ready", str(service), found["address"])
    connection = call("get", f"/services/{service}/connection").json()
    assert (connection["public_address"], found["hostname"] in connection["public"]) == (found["address"], True)
    assert engineer("delete", f"/operator/ranges/{made['id']}").status_code == 409

    assert call("delete", f"{here}?keep=true").status_code == 202
    reconciling.settle(place)
    assert call("get", f"/addresses/{row['id']}").json()["state"] == "kept"
    assert call("put", here, {"address": row["id"]}).status_code == 202
    reconciling.settle(place)
    assert call("delete", f"/addresses/{row['id']}").status_code == 409
    assert call("delete", f"{here}?keep=true").status_code == 202
    reconciling.settle(place)
    assert call("delete", f"/addresses/{row['id']}").status_code == 204
    assert engineer("delete", f"/operator/ranges/{made['id']}").status_code == 204
    assert engineer("get", "/operator/ranges").json() == []


def test_a_service_without_rules_of_its_own_says_so(call: Caller, service: UUID) -> None:
    refused = call("get", f"/services/{service}/firewall")
    assert (refused.status_code, "ports at which it serves" in refused.content.decode()) == (409, True)


def test_rules_and_networks_that_somebody_replaced_are_not_replaced_by_whoever_saw_others(
    place: Ground, buyer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(registry.blueprint("example")), "own_rules", True)
    service, call = reconciling.order(buyer), Caller(buyer.token())
    reconciling.settle(place)
    one, other = ({"direction": "in", "protocol": "tcp", "ports": each} for each in ("443", "8443"))
    first, second = ({"networks": [{"network": each}], "confirm": True} for each in ("203.0.113.0/24", "192.0.2.0/24"))
    for path, mine, theirs in (("firewall", {"rules": [one]}, {"rules": [other]}), ("access", first, second)):
        here = f"/services/{service}/{path}"
        seen = {"If-Match": call("get", here)["ETag"]}
        assert call("put", here, theirs, **seen).status_code == 202
        refused = call("put", here, mine, **seen)
        assert (refused.status_code, "Somebody else" in refused.json()["title"]) == (412, True)
        reconciling.settle(place)
        now = {"If-Match": call("get", here)["ETag"]}
        assert call("put", here, mine, **now).status_code == 202
        assert call("put", here, theirs, **{"If-Match": "*"}).status_code == 202
    assert call("post", f"/services/{service}/firewall/undo", **seen).status_code == 412


def test_rules_are_read_replaced_and_undone_and_a_bad_one_is_told_at_its_field(
    place: Ground, buyer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(registry.blueprint("example")), "own_rules", True)
    service, call = reconciling.order(buyer), Caller(buyer.token())
    reconciling.settle(place)
    here = f"/services/{service}/firewall"
    rules = call("get", here).json()["rules"]
    assert [each["direction"] for each in rules] == ["in", "in", "out"]
    more = {"direction": "in", "protocol": "tcp", "ports": "443", "networks": ["203.0.113.7"]}
    assert call("put", here, {"rules": [*rules, more]}).status_code == 202
    assert call("get", here).json()["changing"]
    reconciling.settle(place)
    found = call("get", here).json()
    assert (found["rules"][-1]["networks"], found["undoable"]) == (["203.0.113.7/32"], True)
    assert call("post", f"{here}/undo").status_code == 202
    reconciling.settle(place)
    assert call("get", here).json()["rules"] == rules
    for wrong, field in (
        ({"ports": "99999"}, "ports"),
        ({"protocol": "gre"}, "protocol"),
        ({"networks": []}, "networks"),
    ):
        refused = call("put", here, {"rules": [{**more, **wrong}]})
        assert (refused.status_code, refused.json()["field"]) == (422, field)


def test_how_a_web_service_answers_to_its_names_is_told_and_chosen_and_others_have_no_such_choice(
    place: Ground, call: Caller, service: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = f"/services/{service}/web-names"
    refused = call("get", here)
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:souk:problem:no-web-names")
    keeper = Keeper()
    monkeypatch.setattr(EXAMPLE, "domains", keeper, raising=False)
    assert call("post", f"/services/{service}/names", {"name": "atelier.example.ma"}).json()["leads"] == ""
    refused = call("put", here, {"main": "atelier.example.ma"})
    assert (refused.status_code, refused.json()["field"]) == (422, "main")
    assert call("put", here, {"https_only": False}).status_code == 202
    reconciling.settle(place)
    told = call("get", here).json()
    assert (told["https_only"], told["issuer"], told["changing"]) == (False, False, False)
