"""A load balancer at the console: members added, drained and taken out; pools and listeners written down."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, text
from tests.support import reconciling
from tests.support.balancing import Told, order_balancer
from tests.support.example import EXAMPLE
from tests.support.world import Customer, customer

from souk.provisioning import commands, registry
from souk.provisioning.queries import asked_parameters, balance
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def place(own_database: str, tmp_path: Path) -> Ground:
    return reconciling.ground(tmp_path)


@pytest.fixture
def owner(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def front(place: Ground, owner: Customer, monkeypatch: pytest.MonkeyPatch) -> UUID:
    monkeypatch.setattr(registry, "blueprints", lambda: {"example": EXAMPLE, "loadbalancer": Told()})
    made = order_balancer(owner)
    commands.attach_instance(owner.scope, reconciling.order(owner, "boutique"))
    reconciling.settle(place)
    return made


@pytest.fixture
def desk(owner: Customer) -> Client:
    return at_desk(owner.person)


def _seen(desk: Client, address: str) -> dict[str, str]:
    """The mark that a form carries."""
    page = desk.get(address).content.decode()
    return {"p-seen": page.partition('name="p-seen" value="')[2].partition('"')[0]}


def test_a_member_is_chosen_by_its_name_drained_and_taken_out(
    place: Ground, desk: Client, owner: Customer, front: UUID
) -> None:
    here = f"/services/{front}/pools/"
    assert "Personne ne répond encore" in text(desk.get(here))
    form = {"service": "boutique", "address": "", "port": "٨٠٨٠", "weight": "100"}
    assert desk.post(f"{here}web/members/", form).status_code == 302
    reconciling.settle(place)
    page = text(desk.get(here))
    assert "boutique" in page
    assert "pas encore vu" in page
    for mode, shown in (("draining", "ne prend rien de nouveau"), ("maintenance", "ne prend rien")):
        desk.post(f"{here}web/members/change/", {"member": "boutique:8080", "mode": mode})
        assert shown in text(desk.get(here))
    desk.post(f"{here}web/members/change/", {"member": "boutique:8080", "mode": "remove"})
    assert balance(owner.scope, front).pools[0].members == []


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"service": "", "address": ""}, "Choisissez un service"),
        ({"service": "", "address": "169.254.169.254"}, "n’est pas dans le réseau privé"),
        ({"service": "boutique", "address": "", "port": "0"}, "supérieure ou égale à 1"),
    ],
)
def test_what_can_be_no_member_is_told_beside_the_form(
    desk: Client, front: UUID, form: dict[str, str], sentence: str
) -> None:
    answer = desk.post(f"/services/{front}/pools/web/members/", {"port": "80", "weight": "100", **form})
    assert (answer.status_code, sentence in text(answer)) == (422, True)


def test_a_pool_and_a_listener_are_written_down_changed_and_deleted(
    place: Ground, desk: Client, owner: Customer, front: UUID
) -> None:
    here, services = f"/services/{front}/pools/", f"/services/{front}/listeners/"
    commands.add_member(owner.scope, front, "web", service="boutique", port=80)
    form = {"p-name": "api", "p-protocol": "http", "p-algorithm": "leastconn", "p-forwarded": "on"}
    assert desk.post(f"{here}new/", {**form, **_seen(desk, f"{here}new/")}).status_code == 302
    routed = {"p-port": "443", "p-protocol": "https", "p-pool": "web", "p-routes": "api.example.ma api"}
    assert desk.post(f"{services}443/", {**routed, **_seen(desk, f"{services}443/")}).status_code == 302
    reconciling.settle(place)
    assert "api.example.ma api" in text(desk.get(here))
    desk.post(f"{here}api/delete/")
    asked = asked_parameters(owner.scope, front)
    assert [each["name"] for each in asked["pools"]] == ["web", "api"]
    assert len(asked["pools"][0]["members"]) == 1
    assert desk.post(f"{services}443/delete/").status_code == 302
    desk.post(f"{here}api/delete/")
    asked = asked_parameters(owner.scope, front)
    assert [each["port"] for each in asked["listeners"]] == [80]
    assert [each["name"] for each in asked["pools"]] == ["web"]


def test_whoever_writes_over_what_somebody_else_changed_meanwhile_is_told(
    desk: Client, owner: Customer, front: UUID
) -> None:
    here = f"/services/{front}/pools/web/"
    seen = _seen(desk, here)
    commands.add_member(owner.scope, front, "web", service="boutique", port=80)
    form = {"p-name": "web", "p-protocol": "http", "p-algorithm": "source", **seen}
    answer = desk.post(here, form)
    assert (answer.status_code, "Quelqu’un d’autre" in text(answer)) == (422, True)
    assert len(balance(owner.scope, front).pools[0].members) == 1
