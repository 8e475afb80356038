"""REST v1: what may be done to a service over its life."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from tests.database.doors.test_rest import Caller
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.succession import going_over
from tests.support.vault import vault
from tests.support.world import Customer, customer

from souk.engines.contract import VERSION
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.provisioning.commands.maintenance import orderable
from souk.provisioning.contract import Obstacle
from souk.provisioning.errors import VersionNotTogether
from souk.provisioning.models import ServiceInstance
from souk.provisioning.platform import ensure_storage
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.reconciler.resync import resync


def test_a_service_is_renamed_and_protected_at_once(call: Caller, service: UUID) -> None:
    changed = call("patch", f"/services/{service}", {"name": "paie", "protected": True}).json()
    assert (changed["name"], changed["protected"]) == ("paie", True)
    refused = call("delete", f"/services/{service}")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:souk:problem:service-protected")


def test_a_delete_can_be_recovered_and_an_erasure_attests_itself(call: Caller, place: Ground, service: UUID) -> None:
    assert call("delete", f"/services/{service}").status_code == 202
    reconciling.work(place)
    row = call("get", f"/services/{service}").json()
    assert (row["state"], row["erase_at"] is not None) == ("soft_deleted", True)
    call("post", f"/services/{service}/recover")
    reconciling.work(place)
    assert call("get", f"/services/{service}").json()["state"] == "ready"
    operation = call("delete", f"/services/{service}?erase=true").json()["operation"]
    reconciling.work(place)
    result = call("get", f"/operations/{operation}").json()["result"]
    assert result["seen_gone"] is True


def test_a_plan_is_changed_once_for_one_key(call: Caller, place: Ground, service: UUID) -> None:
    for _ in range(2):
        answer = call("post", f"/services/{service}/plan", {"plan": "m"}, **{"Idempotency-Key": "k1"})
        assert answer.status_code == 202
    reconciling.work(place)
    catch_up()
    assert call("get", f"/services/{service}").json()["vcpus"] == 2
    assert call("get", f"/orders/{answer.json()['order']}").json()["state"] == "fulfilled"
    assert call("get", f"/services/{service}/subscription").json()["plan_key"] == "m"


def test_the_disk_changes_without_an_order_and_gets_a_ceiling(call: Caller, place: Ground, service: UUID) -> None:
    changed = call("post", f"/services/{service}/plan", {"extra_gib": 3})
    assert (changed.status_code, changed.json()["order"]) == (202, None)
    reconciling.work(place)
    assert call("put", f"/services/{service}/growth", {"ceiling_gib": 12}).status_code == 422
    grown = call("put", f"/services/{service}/growth", {"ceiling_gib": 20}).json()
    assert (grown["disk"], grown["extra_disk"], grown["grow_to"]) == (13 * 2**30, 3 * 2**30, 20 * 2**30)
    assert call("put", f"/services/{service}/growth", {"ceiling_gib": None}).json()["grow_to"] is None


def test_bindings_are_listed_made_rotated_and_revoked(call: Caller, place: Ground, service: UUID) -> None:
    here = f"/services/{service}/bindings"
    assert [row["name"] for row in call("get", here).json()] == ["default"]
    assert call("post", here, {"name": "rapports"}).status_code == 202
    reconciling.work(place)
    assert call("post", f"{here}/rapports/rotate", {"overlap_hours": 1}).status_code == 202
    reconciling.work(place)
    rotated = call("get", here).json()[1]
    assert (rotated["username"], rotated["former_username"]) == ("rapports_2", "rapports")
    assert call("delete", f"{here}/rapports").status_code == 202
    reconciling.work(place)
    assert [row["name"] for row in call("get", here).json()] == ["default"]


def test_databases_are_listed_made_and_deleted_and_credentials_made_for_them(
    call: Caller, place: Ground, service: UUID
) -> None:
    here, bound = f"/services/{service}/databases", f"/services/{service}/bindings"
    assert call("post", here, {"name": "boutique"}).status_code == 202
    assert call("post", bound, {"name": "vendeur", "role": "reader", "database": "boutique"}).status_code == 202
    reconciling.work(place)
    assert call("get", here).json() == [
        {"name": "main", "state": "ready", "first": True, "bindings": ["default"]},
        {"name": "boutique", "state": "ready", "first": False, "bindings": ["vendeur"]},
    ]
    assert call("patch", f"{bound}/vendeur", {"role": "writer", "database": "main"}).status_code == 202
    assert call("post", f"{bound}/vendeur/reset").status_code == 202
    reconciling.work(place)
    changed = call("get", bound).json()[1]
    assert (changed["role"], changed["database"], changed["username"]) == ("writer", "main", "vendeur")
    assert call("delete", f"{here}/boutique").status_code == 202
    reconciling.work(place)
    assert [row["name"] for row in call("get", here).json()] == ["main"]


def test_some_parameters_are_changed_and_others_are_not(call: Caller, place: Ground, service: UUID) -> None:
    here = f"/services/{service}/parameters"
    assert call("patch", here, {"parameters": {"flavour": "mint"}}).status_code == 202
    reconciling.work(place)
    assert call("get", f"/services/{service}").json()["parameters"]["flavour"] == "mint"
    for changes, problem in (({"more": ["x"]}, "parameter-fixed"), ({"flavour": "salt"}, "invalid-parameters")):
        refused = call("patch", here, {"parameters": changes})
        assert (refused.status_code, refused.json()["type"]) == (422, f"urn:souk:problem:{problem}")


def test_a_list_of_networks_is_read_replaced_and_refused_where_it_locks_out(
    call: Caller, place: Ground, service: UUID, settings: LazySettings
) -> None:
    settings.BEHIND_TLS = True
    here, office = f"/services/{service}/access", {"network": "203.0.113.5/24", "note": "Rabat"}
    assert call("get", here).json() == {"networks": None, "changing": False}
    elsewhere = {"X-Forwarded-For": "203.0.113.5, 198.51.100.7"}
    refused = call("put", here, {"networks": [office]}, **elsewhere)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:souk:problem:locks-you-out")
    assert call("put", here, {"networks": [office], "confirm": True}, **elsewhere).status_code == 202
    reconciling.work(place)
    assert call("get", here).json()["networks"] == [{"network": "203.0.113.0/24", "note": "Rabat"}]
    assert call("put", here, {"networks": []}).json()["type"] == "urn:souk:problem:nobody-not-said"


def test_private_networks_are_made_entered_closed_left_renamed_and_deleted(
    call: Caller, place: Ground, service: UUID
) -> None:
    made = call("post", "/networks", {"name": "interne", "region": "ma-temara"})
    assert (made.status_code, made.json()["services"]) == (201, [])
    here, inside = f"/networks/{made.json()['id']}", f"/services/{service}/network"
    assert call("get", inside).json()["state"] == "none"
    assert call("put", inside, {"network": "nonsense"}).json()["type"] == "urn:souk:problem:network-missing"
    assert call("put", inside, {"network": made.json()["id"]}).status_code == 202
    reconciling.work(place)
    row = call("get", inside).json()
    assert (row["state"], row["network_name"]) == ("ready", "interne")
    (listed,) = call("get", "/networks").json()
    assert [(each["name"], each["hostname"]) for each in listed["services"]] == [("compta", row["hostname"])]
    told = call("get", f"/services/{service}/connection").json()
    assert (row["hostname"] in told["private"], told["private_address"]) == (True, row["address"])
    refused = call("delete", here)
    assert (refused.status_code, "compta" in refused.json()["title"]) == (409, True)
    closing = {"networks": [], "private_only": True}
    assert call("put", f"/services/{service}/access", closing).json()["field"] == "confirm"
    assert call("put", f"/services/{service}/access", {**closing, "confirm": True}).status_code == 202
    reconciling.work(place)
    assert call("get", inside).json()["only"] is True
    assert call("delete", inside).json()["type"] == "urn:souk:problem:reached-in-network-only"
    call("put", f"/services/{service}/access", {"networks": None})
    reconciling.work(place)
    assert call("delete", inside).status_code == 202
    reconciling.work(place)
    assert call("patch", here, {"name": "arrière"}).json()["name"] == "arrière"
    assert call("delete", here).status_code == 204
    assert call("get", here).status_code == 404
    assert call("get", "/networks").json() == []


def test_an_order_names_its_private_network(call: Caller, place: Ground, service: UUID) -> None:
    body = {"offering": "exemple", "plan": "s", "region": "ma-temara", "name": "ventes", "network": "default"}
    order = call("post", "/orders", body).json()["id"]
    instance = call("get", f"/orders/{order}").json()["instance_id"]
    reconciling.work(place)
    row = call("get", f"/services/{instance}/network").json()
    assert (row["state"], row["network_name"]) == ("ready", "default")
    refused = call("post", "/orders", {**body, "name": "stock", "network": "7"})
    assert (refused.status_code, refused.json()["field"]) == (404, "network")


def test_somebody_elses_private_network_does_not_exist(call: Caller, place: Ground, service: UUID) -> None:
    made = call("post", "/networks", {"name": "interne", "region": "ma-temara"}).json()["id"]
    stranger = Caller(customer("Autre SARL").token())
    for method in ("get", "patch", "delete"):
        assert stranger(method, f"/networks/{made}", {"name": "x"}).status_code == 404
    assert stranger("get", "/networks").json() == []


def test_names_of_ones_own_are_added_listed_checked_and_removed(call: Caller, place: Ground, service: UUID) -> None:
    here = f"/services/{service}/names"
    added = call("post", here, {"name": "données.example.ma"})
    assert (added.status_code, added.json()["state"]) == (201, "pending")
    (row,) = call("get", here).json()
    assert (row["ascii"], row["record"]) == (
        "xn--donnes-eva.example.ma",
        "_souk-challenge.xn--donnes-eva.example.ma",
    )
    assert call("post", here, {"name": "*.example.ma"}).json()["type"] == "urn:souk:problem:wildcard-domain"
    assert call("post", f"{here}/{row['ascii']}/check").status_code == 202
    assert call("post", f"{here}/autre.example.ma/check").json()["type"] == "urn:souk:problem:domain-missing"
    assert call("delete", f"{here}/{row['name']}").status_code == 202
    assert call("get", f"/services/{service}/connection").json()["own"] == []


def test_the_way_to_connect_is_told_without_a_password_and_the_authority_is_a_file(call: Caller, service: UUID) -> None:
    told = call("get", f"/services/{service}/connection").json()
    assert told["uri"].startswith("example://owner:PASSWORD@")
    assert told["snippets"] == [{"language": "Python", "text": "connect('owner')"}]
    answer = call("get", f"/services/{service}/ca.pem")
    assert answer["Content-Type"] == "application/x-pem-file"
    assert answer.content.startswith(b"-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("hours", [-1, 721, 1e300])
def test_an_impossible_overlap_is_a_clear_refusal(call: Caller, service: UUID, hours: float) -> None:
    answer = call("post", f"/services/{service}/bindings/default/rotate", {"overlap_hours": hours})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:souk:problem:overlap-too-long")


def test_an_operation_is_cancelled_before_it_begins(call: Caller, place: Ground, service: UUID) -> None:
    operation = call("post", f"/services/{service}/bindings", {"name": "rapports"}).json()["operation"]
    assert call("post", f"/operations/{operation}/cancel").status_code == 204
    assert call("get", f"/operations/{operation}").json()["state"] == "cancelled"
    assert call("post", f"/operations/{operation}/cancel").json()["type"] == "urn:souk:problem:not-cancellable"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("patch", ""),
        ("post", "/plan"),
        ("delete", ""),
        ("post", "/recover"),
        ("get", "/bindings"),
        ("post", "/bindings"),
        ("post", "/bindings/default/rotate"),
        ("delete", "/bindings/default"),
        ("patch", "/bindings/default"),
        ("post", "/bindings/default/reset"),
        ("post", "/restore/in-place"),
        ("post", "/restore/undo"),
        ("get", "/versions"),
        ("post", "/rehearsals"),
        ("post", "/upgrade"),
        ("get", "/window"),
        ("put", "/window"),
        ("patch", "/parameters"),
        ("get", "/access"),
        ("put", "/access"),
        ("get", "/network"),
        ("put", "/network"),
        ("delete", "/network"),
        ("get", "/names"),
        ("post", "/names"),
        ("post", "/names/db.example.ma/check"),
        ("delete", "/names/db.example.ma"),
        ("get", "/connection"),
        ("get", "/ca.pem"),
        ("get", "/databases"),
        ("post", "/databases"),
        ("delete", "/databases/main"),
    ],
)
def test_somebody_elses_service_does_not_exist(place: Ground, service: UUID, method: str, path: str) -> None:
    stranger = Caller(customer("Autre SARL").token())
    body = {
        "version": "2",
        "name": "x",
        "plan": "m",
        "networks": None,
        "parameters": {},
        "until": "2026-01-01T00:00:00Z",
    }
    assert stranger(method, f"/services/{service}{path}", body).status_code == 404


def test_backups_are_made_listed_and_restored_into_an_order(place: Ground, buyer: Customer, call: Caller) -> None:
    with vault():
        ensure_storage()
        instance = reconciling.order(buyer)
        reconciling.work(place)
        catch_up()
        assert call("get", f"/services/{instance}/backups").json() == {
            "kept": True,
            "backups": [],
            "earliest": None,
            "proved_at": None,
            "way_back_until": None,
            "unproved": "",
            "any_instant": True,
        }
        refused = call("post", f"/services/{instance}/restore", {"name": "copie"})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:souk:problem:nothing-to-restore")
        assert call("post", f"/services/{instance}/backups", {"kind": "full"}).status_code == 202
        reconciling.forget_leases()
        reconciling.work(place)
        found = call("get", f"/services/{instance}/backups").json()
        assert [row["state"] for row in found["backups"]] == ["available"]
        late = call("post", f"/services/{instance}/restore", {"name": "copie", "until": "2001-01-01T00:00:00Z"})
        assert (late.status_code, late.json()["type"]) == (422, "urn:souk:problem:outside-retention")
        made = call("post", f"/services/{instance}/restore", {"name": "copie", "until": found["earliest"]})
        assert made.status_code == 201
        reconciling.work(place)
        catch_up()
        assert call("get", f"/orders/{made.json()['order']}").json()["state"] == "fulfilled"


def test_a_service_is_restored_in_place_and_that_is_undone(place: Ground, buyer: Customer, call: Caller) -> None:
    with vault():
        ensure_storage()
        instance = reconciling.order(buyer)
        reconciling.work(place)
        call("post", f"/services/{instance}/backups", {"kind": "full"})
        reconciling.forget_leases()
        reconciling.work(place)
        here, until = f"/services/{instance}/restore", clock.now().isoformat()
        before = call("get", f"/services/{instance}").json()["address"]
        assert call("post", f"{here}/in-place", {"until": until}).status_code == 202
        reconciling.work(place)
        assert call("get", f"/services/{instance}").json()["address"] != before
        assert call("get", f"/services/{instance}/backups").json()["way_back_until"] is not None
        refused = call("post", f"{here}/in-place", {"until": until})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:souk:problem:way-back-kept")
        assert call("post", f"{here}/undo").status_code == 202
        reconciling.work(place)
        assert call("get", f"/services/{instance}").json()["address"] == before


def test_what_runs_is_told_and_an_update_asked_for(
    call: Caller, buyer: Customer, place: Ground, tmp_path: Path
) -> None:
    engine = MemoryEngine(images=["souk/example"])
    with going_over(engine):
        here = reconciling.ground(tmp_path, engine)
        service = reconciling.order(buyer)
        for _ in range(2):
            reconciling.work(here)
            reconciling.forget_leases()
        assert call("post", f"/services/{service}/update").json()["type"] == "urn:souk:problem:nothing-newer"
        (tmp_path / "newer").write_text("newer")
        engine.import_image(str(tmp_path / "newer"), "souk/example", {VERSION: "17.7"})
        resync(engine)
        told = call("get", f"/services/{service}/release").json()
        assert (told["version"], told["newest_version"], told["available"]) == ("17.6", "17.7", True)
        asked = call("post", f"/services/{service}/update", {"give_up_way_back": True})
        assert asked.status_code == 202
        reconciling.work(here)
        assert call("get", f"/operations/{asked.json()['operation']}").json()["state"] == "succeeded"
        assert call("get", f"/services/{service}/release").json()["available"] is False


def test_a_service_is_suspended_by_the_operator_alone(
    call: Caller, place: Ground, service: UUID, engineer: Caller
) -> None:
    body = {"reason": "unpaid", "note": "Facture 42"}
    assert call("post", f"/operator/services/{service}/suspend", body).status_code in (403, 404)
    assert engineer("post", f"/operator/services/{service}/suspend", body).status_code == 202
    reconciling.work(place)
    row = call("get", f"/services/{service}").json()
    assert (row["state"], row["suspension"], row["suspension_note"]) == ("suspended", "unpaid", "Facture 42")
    refused = call("post", f"/services/{service}/start")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:souk:problem:service-suspended")
    assert engineer("post", f"/operator/services/{service}/resume").status_code == 202
    reconciling.work(place)
    assert call("get", f"/services/{service}").json()["state"] == "ready"


def test_a_window_is_chosen_and_given_back_to_the_platform(call: Caller, service: UUID) -> None:
    usual = call("get", f"/services/{service}/window").json()
    assert (usual["chosen"], usual["zone"]) == (False, "Africa/Casablanca")
    chosen = call("put", f"/services/{service}/window", {"weekday": 5, "hour": 22, "hours": 2}).json()
    assert (chosen["weekday"], chosen["hour"], chosen["hours"], chosen["chosen"]) == (5, 22, 2, True)
    for wrong in ({"weekday": 5, "hour": 22, "hours": 9}, {"weekday": 5}):
        refused = call("put", f"/services/{service}/window", wrong)
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:souk:problem:invalid-window")
    assert call("put", f"/services/{service}/window", {}).json() == usual


def test_an_upgrade_is_tried_out_and_an_unknown_version_refused_with_those_there_are(
    place: Ground, buyer: Customer, call: Caller
) -> None:
    with vault() as kept:
        ensure_storage()
        instance = reconciling.order(buyer)
        reconciling.work(place)
        with acting(System("test")):
            ServiceInstance.objects.filter(id=instance).update(parameters={"version": "1"})
        call("post", f"/services/{instance}/backups", {"kind": "full"})
        reconciling.forget_leases()
        reconciling.work(place)
        here = f"/services/{instance}"
        found = call("get", f"{here}/versions").json()
        assert (found["present"], found["ends_on"]) == ("1", "2027-06-01")
        assert [(row["number"], row["newer"]) for row in found["offered"]] == [("2", True), ("1", False)]
        unknown = call("post", f"{here}/upgrade", {"version": "3"})
        assert (unknown.status_code, unknown.json()["type"]) == (422, "urn:souk:problem:unknown-version")
        assert "2, 1" in unknown.json()["title"]
        early = call("post", f"{here}/upgrade", {"version": "2"})
        assert (early.status_code, early.json()["type"]) == (409, "urn:souk:problem:not-rehearsed")
        kept.upgrader.obstacles = [Obstacle("A type is gone.", ["t.c"])]
        for expected in ("failed", "succeeded"):
            assert call("post", f"{here}/rehearsals", {"version": "2"}).status_code == 202
            for _ in range(2):
                reconciling.forget_leases()
                reconciling.work(place)
            [rehearsal, *_] = call("get", f"{here}/versions").json()["rehearsals"]
            assert rehearsal["state"] == expected
            kept.upgrader.obstacles = []
        assert rehearsal["report"]["before"] == rehearsal["report"]["after"]
        asked = call("post", f"{here}/upgrade", {"version": "2", "in_window": True})
        assert asked.status_code == 202
        assert call("get", f"{here}/versions").json()["upgrade"] == asked.json()["operation"]


def test_an_older_version_is_not_ordered_on_several_machines(place: Ground, buyer: Customer) -> None:
    with vault(), pytest.raises(VersionNotTogether, match="2"):
        orderable("example", "1", members=3)
    with vault():
        orderable("example", "1", members=1)
        orderable("example", "2", members=3)
