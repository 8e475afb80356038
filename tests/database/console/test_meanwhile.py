"""Two people at the same form: the second is told, sees what there is by now, and loses nothing that was written."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, text
from tests.support import reconciling
from tests.support.world import Customer, customer

from souk.parties import queries as parties
from souk.provisioning import addresses, queries, registry
from souk.provisioning.reconciler.converge import Ground


@pytest.fixture
def place(own_database: str, tmp_path: Path) -> Ground:
    return reconciling.ground(tmp_path)


@pytest.fixture
def owner(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def desk(owner: Customer) -> Client:
    return at_desk(owner.person)


@pytest.fixture
def instance(place: Ground, owner: Customer, monkeypatch: pytest.MonkeyPatch) -> UUID:
    monkeypatch.setattr(type(registry.blueprint("example")), "own_rules", True)
    made = reconciling.order(owner)
    reconciling.settle(place)
    return made


def _seen(page: object, name: str = "seen") -> str:
    (value,) = re.findall(rf'name="{name}" value="(\w+)"', page.content.decode())  # type: ignore[attr-defined]
    return str(value)


def _asked(owner: Customer, instance: UUID) -> list[str] | None:
    found = queries.asked_access(owner.scope, instance).networks
    return None if found is None else [each.network for each in found]


def test_a_list_of_networks_that_somebody_replaced_is_not_replaced_unseen(
    desk: Client, owner: Customer, instance: UUID
) -> None:
    here = f"/services/{instance}/access/"
    mark = _seen(desk.get(here))
    first = {"who": "listed", "lines": "203.0.113.0/24 Rabat", "confirm": "on", "seen": mark}
    assert desk.post(here, first).status_code == 302
    second = desk.post(here, {**first, "lines": "198.51.100.0/24 Fès"})
    page = text(second)
    assert (second.status_code, "a changé ceci entre-temps" in page) == (422, True)
    assert "203.0.113.0/24 Rabat" in page
    assert "198.51.100.0/24 Fès" in page
    assert _asked(owner, instance) == ["203.0.113.0/24"]
    meant = {**first, "lines": "198.51.100.0/24 Fès", "seen": _seen(second)}
    assert desk.post(here, meant).status_code == 302
    assert _asked(owner, instance) == ["198.51.100.0/24"]


def test_settings_that_somebody_changed_are_told_beside_what_was_written(
    desk: Client, owner: Customer, instance: UUID
) -> None:
    here = f"/services/{instance}/settings/"
    mark = _seen(desk.get(here), "p-seen")
    assert desk.post(here, {"p-flavour": "mint", "p-seen": mark}).status_code == 302
    second = desk.post(here, {"p-flavour": "plain", "p-seen": mark})
    assert (second.status_code, "Il y a maintenant : mint" in text(second)) == (422, True)
    assert queries.asked_parameters(owner.scope, instance)["flavour"] == "mint"
    assert desk.post(here, {"p-flavour": "plain", "p-seen": _seen(second, "p-seen")}).status_code == 302
    assert queries.asked_parameters(owner.scope, instance)["flavour"] == "plain"


def test_details_of_an_organization_that_somebody_changed_are_told_field_by_field(
    desk: Client, owner: Customer
) -> None:
    here = "/organization/edit/"
    mark = _seen(desk.get(here))
    row = parties.organization(owner.scope, owner.organization)
    body = {key: value for key, value in row.__dict__.items() if isinstance(value, str)} | {"seen": mark}
    assert desk.post(here, body | {"city": "Salé"}).status_code == 302
    second = desk.post(here, body | {"city": "Fès"})
    page = text(second)
    assert (second.status_code, "Il y a maintenant : Salé" in page, page.count("Il y a maintenant")) == (422, True, 1)
    assert "Fès" in second.content.decode()
    assert parties.organization(owner.scope, owner.organization).city == "Salé"


def test_a_rule_is_added_to_those_that_somebody_else_added(desk: Client, owner: Customer, instance: UUID) -> None:
    here = f"/services/{instance}/firewall/"
    mark = _seen(desk.get(here), "seen")
    rule = {"direction": "in", "protocol": "tcp", "seen": mark}
    desk.post(here, {**rule, "ports": "8001"})
    page = text(desk.post(here, {**rule, "ports": "8002"}, follow=True))
    assert "la vôtre a été ajoutée aux siennes" in page
    ports = {each.ports for each in addresses.asked_rules(owner.scope, instance)}
    assert {"8001", "8002"} <= ports


def test_what_is_undone_is_the_change_that_was_seen(desk: Client, owner: Customer, instance: UUID) -> None:
    here = f"/services/{instance}/firewall/"
    rule = {"direction": "in", "protocol": "tcp"}
    desk.post(here, {**rule, "ports": "8001"})
    seen = set(re.findall(r'name="seen" value="(\w+)"', desk.get(here).content.decode()))
    assert len(seen) == 1
    desk.post(here, {**rule, "ports": "8002"})
    page = text(desk.post(f"{here}undo/", {"seen": seen.pop()}, follow=True))
    assert "ont changé entre-temps" in page
    assert {"8001", "8002"} <= {each.ports for each in addresses.asked_rules(owner.scope, instance)}
