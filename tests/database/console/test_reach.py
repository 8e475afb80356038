"""Public addresses and firewalls at the console: given, kept, given back; rules added, doubted, removed, undone."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import ORDER, at_desk, order_form, text
from tests.support import reconciling
from tests.support.world import Customer, customer, operator

from souk.provisioning import commands, registry
from souk.provisioning.addresses import addresses, ranges
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites


@pytest.fixture
def place(own_database: str, tmp_path: Path) -> Ground:
    return reconciling.ground(tmp_path)


@pytest.fixture
def owner(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def instance(place: Ground, owner: Customer) -> UUID:
    made = reconciling.order(owner)
    reconciling.settle(place)
    return made


@pytest.fixture
def pool(place: Ground) -> UUID:
    return commands.add_range(operator(), sites()[0].id, "203.0.113.0/29")


def test_pages_say_that_without_a_public_address_only_the_platforms_network_reaches_it(
    owner: Customer, instance: UUID
) -> None:
    desk = at_desk(owner.person)
    assert "Seul le réseau de la plateforme l’atteint" in text(desk.get(f"/services/{instance}/"))
    page = text(desk.get(f"/services/{instance}/access/"))
    assert "il n’a pas d’adresse publique" in page
    assert "Tout le monde peut l’atteindre" not in page
    assert "Aucune adresse publique n’est encore distribuée ici" in text(desk.get(f"/services/{instance}/address/"))
    assert "Accessible depuis" not in text(desk.get(ORDER))


def test_an_address_is_given_kept_and_given_back(place: Ground, owner: Customer, instance: UUID, pool: UUID) -> None:
    desk, here = at_desk(owner.person), f"/services/{instance}/address/"
    assert "Pas encore d’adresse publique" in text(desk.get("/addresses/"))
    desk.post(here, {"address": "new"})
    reconciling.settle(place)
    page = text(desk.get(here))
    assert ("Mène au service" in page, ".public." in page) == (True, True)
    page = text(desk.get(f"/services/{instance}/"))
    assert ("Nom public" in page, "Tous ceux qui ont un mot de passe peuvent l’atteindre" in page) == (True, True)
    assert "quand le service est effacé" in text(desk.get(f"/services/{instance}/delete/"))
    desk.post(f"{here}take/", {"keep": "on"})
    reconciling.settle(place)
    assert "Gardée" in text(desk.get("/addresses/"))
    (kept,) = addresses(owner.scope)
    assert kept.address in text(desk.get(here))
    desk.post(f"/addresses/{kept.id}/release/")
    assert "Pas encore d’adresse publique" in text(desk.get("/addresses/"))


def test_a_service_is_ordered_with_an_address_whose_price_is_shown(owner: Customer, pool: UUID) -> None:
    desk = at_desk(owner.person)
    form = {**order_form(desk), "reached": "public"}
    assert "43,80" in text(desk.post("/market/exemple/price/", form))
    desk.post(ORDER, form)
    (row,) = addresses(owner.scope)
    assert row.service_name == "compta"


def test_the_operator_gives_out_ranges_and_withdraws_them(place: Ground, owner: Customer) -> None:
    desk = at_desk(operator().person)
    body = {"site": str(sites()[0].id), "network": "203.0.113.0/29"}
    assert at_desk(owner.person).post("/operator/sites/ranges/", body).status_code in (403, 404)
    desk.post("/operator/sites/ranges/", body)
    assert "203.0.113.0/29" in text(desk.get("/operator/sites/"))
    again = desk.post("/operator/sites/ranges/", body)
    assert (again.status_code, "chevauche" in text(again)) == (422, True)
    (row,) = ranges(operator())
    desk.post(f"/operator/sites/ranges/{row.id}/withdraw/")
    assert ranges(operator()) == []


def _rules(desk: Client, here: str) -> dict[int, str]:
    found = re.findall(r'/firewall/(\d+)/remove/".*?name="rule" value="([^"]*)"', desk.get(here).content.decode(), re.S)
    return {int(number): told for number, told in found}


def test_rules_are_added_from_a_preset_removed_once_it_is_meant_and_undone(
    place: Ground, owner: Customer, pool: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(registry.blueprint("example")), "own_rules", True)
    made = reconciling.order(owner)
    reconciling.settle(place)
    desk, here = at_desk(owner.person), f"/services/{made}/firewall/"
    desk.post(f"/services/{made}/address/", {"address": "new"})
    reconciling.settle(place)
    assert "Qui passe son pare-feu l’atteint" in text(desk.get(f"/services/{made}/"))
    assert 'value="443"' in desk.get(f"{here}?preset=https").content.decode()
    desk.post(here, {"direction": "in", "protocol": "tcp", "ports": "443", "networks": "", "note": "site"})
    reconciling.settle(place)
    assert "TCP 443" in text(desk.get(here))
    wrong = desk.post(here, {"direction": "in", "protocol": "tcp", "ports": "http", "networks": "", "note": ""})
    assert (wrong.status_code, "ne sont pas des ports" in text(wrong)) == (422, True)

    ssh = _rules(desk, here)[1]
    away = {"HTTP_X_FORWARDED_FOR": "", "REMOTE_ADDR": "198.51.100.7"}
    doubted = desk.post(f"{here}1/remove/", {"rule": ssh}, **away)
    assert (doubted.status_code, "Cela vous mettrait dehors" in text(doubted)) == (422, True)
    assert "ont changé entre-temps" in text(desk.post(f"{here}2/remove/", {"rule": ssh}, follow=True))
    desk.post(f"{here}1/remove/", {"rule": ssh, "confirm": "on"}, **away)
    reconciling.settle(place)
    assert "TCP 22" not in text(desk.get(here))
    desk.post(f"{here}undo/")
    reconciling.settle(place)
    assert "TCP 22" in text(desk.get(here))


def test_a_service_with_ports_of_its_own_has_no_page_of_rules(owner: Customer, instance: UUID) -> None:
    assert at_desk(owner.person).get(f"/services/{instance}/firewall/").status_code == 404
