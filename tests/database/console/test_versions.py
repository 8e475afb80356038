"""The page of a service's version and maintenance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, text
from tests.support import reconciling
from tests.support.following import catch_up
from tests.support.vault import Vault, vault
from tests.support.world import Customer, customer, operator

from souk.kernel.scope import System, acting
from souk.provisioning import commands
from souk.provisioning.contract import Obstacle
from souk.provisioning.models import ServiceInstance
from souk.provisioning.platform import ensure_storage
from souk.provisioning.reconciler.converge import Ground
from souk.provisioning.versions import versions


@pytest.fixture
def kept(own_database: str) -> Iterator[Vault]:
    with vault() as kept:
        yield kept


@pytest.fixture
def place(kept: Vault, tmp_path: Path) -> Ground:
    return reconciling.ground(tmp_path)


@pytest.fixture
def owner(place: Ground) -> Customer:
    return customer()


@pytest.fixture
def desk(owner: Customer) -> Client:
    return at_desk(owner.person)


@pytest.fixture
def instance(place: Ground, owner: Customer) -> UUID:
    """A service of the older version, with a backup."""
    ensure_storage()
    made = reconciling.order(owner)
    with acting(System("test")):
        ServiceInstance.objects.filter(id=made).update(parameters={"version": "1"})
    settle(place)
    commands.back_up_instance(owner.scope, made)
    settle(place)
    catch_up()
    return made


def settle(place: Ground) -> None:
    for _ in range(2):
        reconciling.forget_leases()
        reconciling.work(place)


def test_an_end_of_life_that_is_near_is_told_on_the_services_own_page(desk: Client, instance: UUID) -> None:
    page = text(desk.get(f"/services/{instance}/"))
    assert "La version 1 ne sera bientôt plus maintenue" in page
    assert f'href="/services/{instance}/versions/"' in desk.get(f"/services/{instance}/").content.decode()


def test_a_window_is_chosen_and_given_back(desk: Client, instance: UUID) -> None:
    address = f"/services/{instance}/versions/"
    assert "Choisie par la plateforme" in text(desk.get(address))
    desk.post(address, {"who": "customer", "weekday": "5", "hour": "22", "hours": "4"})
    page = text(desk.get(address))
    assert "Samedi, de 22:00 à 02:00" in page
    assert "Choisie par vous" in page
    desk.post(address, {"who": "platform", "weekday": "5", "hour": "22", "hours": "4"})
    assert "Choisie par la plateforme" in text(desk.get(address))
    assert desk.post(address, {"who": "customer", "weekday": "9", "hour": "22", "hours": "4"}).status_code == 422


def test_an_upgrade_is_tried_out_then_asked_for_and_taken_back(
    kept: Vault, desk: Client, owner: Customer, place: Ground, instance: UUID
) -> None:
    address = f"/services/{instance}/versions/"
    assert "Passer à la version 2" not in text(desk.get(address))
    kept.upgrader.obstacles = [Obstacle("Un type a disparu.", ["boutique.produit.genre"])]
    desk.post(f"{address}2/rehearse/")
    settle(place)
    page = text(desk.get(address))
    assert "boutique.produit.genre" in page
    assert "Passer à la version 2" not in page
    kept.upgrader.obstacles = []
    desk.post(f"{address}2/rehearse/")
    settle(place)
    page = text(desk.get(address))
    assert "Chaque ligne était la même" in page
    assert "Passer à la version 2" in page
    assert desk.post(f"{address}2/upgrade/", {"when": "window"}).status_code == 302
    assert "Un changement de version est demandé" in text(desk.get(address))
    asked = versions(owner.scope, instance).upgrade
    desk.post(f"/services/{instance}/cancel/{asked}/")
    assert versions(owner.scope, instance).upgrade is None


def test_a_version_that_does_not_exist_is_refused_on_the_page(
    kept: Vault, desk: Client, place: Ground, instance: UUID
) -> None:
    answer = desk.post(f"/services/{instance}/versions/9/upgrade/", {"when": "now"})
    assert answer.status_code == 422


def test_the_operator_sees_services_by_version(instance: UUID) -> None:
    page = text(at_desk(operator().person).get("/operator/versions/"))
    assert "example 1" in page
