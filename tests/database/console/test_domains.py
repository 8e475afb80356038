"""Domains of a web site at the console and by REST: added, led here, chosen, refused in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.database.console.desks import at_desk, text
from tests.support import reconciling
from tests.support.dns import Zone, zone
from tests.support.example import EXAMPLE
from tests.support.naming import Keeper
from tests.support.world import Customer, customer, operator

from souk.provisioning import commands
from souk.provisioning.own_names import own_names, web_names
from souk.provisioning.reconciler.converge import Ground
from souk.sites.queries import sites


@pytest.fixture
def keeper(monkeypatch: pytest.MonkeyPatch) -> Keeper:
    made = Keeper()
    monkeypatch.setattr(EXAMPLE, "domains", made, raising=False)
    return made


@pytest.fixture
def place(own_database: str, tmp_path: Path, keeper: Keeper) -> Ground:
    return reconciling.ground(tmp_path)


@pytest.fixture
def owner(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def dns(settings: Any) -> Iterator[Zone]:
    with zone() as served:
        settings.DNS_RESOLVERS = [served.address]
        yield served


@pytest.fixture
def instance(place: Ground, owner: Customer) -> UUID:
    made = reconciling.order(owner)
    reconciling.settle(place)
    return made


def test_a_domain_is_added_led_here_and_made_the_main_one(
    place: Ground, owner: Customer, instance: UUID, dns: Zone, keeper: Keeper
) -> None:
    desk, here = at_desk(owner.person), f"/services/{instance}/names/"
    assert "Le service n’a pas d’adresse publique" in text(desk.get(here))
    commands.add_range(operator(), sites()[0].id, "203.0.113.0/29")
    commands.give_address(owner.scope, instance)
    reconciling.settle(place)
    address = web_names(owner.scope, instance).address
    desk.post(here, {"name": "atelier.example.ma"})
    reconciling.settle(place)
    page = text(desk.get(here))
    assert ("Le DNS ne le connaît pas encore" in page, address in page) == (True, True)
    dns.publish({}, [("atelier.example.ma", address)])
    desk.post(f"{here}atelier.example.ma/check/")
    reconciling.settle(place, 3)
    page = text(desk.get(here))
    assert ("Il mène à ce service" in page, "certificat de la plateforme" in page) == (True, True)
    desk.post(f"{here}answers/", {"main": "atelier.example.ma", "https_only": "on", "hsts": "on"})
    reconciling.settle(place)
    assert "Nom principal" in text(desk.get(here))
    assert (keeper.last.main, keeper.last.hsts) == ("atelier.example.ma", True)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("*.example.ma", "Ajoutez chaque nom"),
        ("co.ma", "d’autres enregistrent leurs noms"),
        ("atelier", "n’est pas un nom"),
        ("https://atelier.example.ma", "n’est pas un nom"),
    ],
)
def test_what_is_no_domain_of_ones_own_is_refused_in_place(
    owner: Customer, instance: UUID, name: str, sentence: str
) -> None:
    answer = at_desk(owner.person).post(f"/services/{instance}/names/", {"name": name})
    assert (answer.status_code, sentence in text(answer)) == (422, True), text(answer)
    assert own_names(owner.scope, instance) == []


def test_a_choice_that_makes_no_sense_is_refused_in_place(
    place: Ground, owner: Customer, instance: UUID, dns: Zone
) -> None:
    commands.add_name(owner.scope, instance, "atelier.example.ma")
    (row,) = own_names(owner.scope, instance)
    dns.publish({row.record: row.text})
    commands.prove_name(owner.scope, instance, row.ascii)
    reconciling.settle(place, 3)
    answer = at_desk(owner.person).post(f"/services/{instance}/names/answers/", {"main": "", "hsts": "on"})
    assert (answer.status_code, "là où http y mène" in text(answer)) == (422, True)
