"""The operator's page of a host."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, text
from tests.support import hosts, reconciling
from tests.support.world import Customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel.scope import System, acting
from souk.provisioning.models import Machine
from souk.provisioning.queries import operations

pytestmark = pytest.mark.django_db


@pytest.fixture
def engineer(db: None) -> Client:
    return at_desk(operator().person)


@pytest.fixture
def here(db: None) -> str:
    hosts.in_racks(MemoryEngine(hosts=["h1", "h2"]))
    return f"/operator/hosts/{hosts.host('h1').id}/"


@pytest.fixture
def instance(here: str, buyer: Customer) -> UUID:
    """A service whose machine has its row on the first host."""
    instance = reconciling.order(buyer)
    with acting(System("test")):
        row = {"organization_id": buyer.organization, "instance_id": instance, "site_id": hosts.host("h1").site_id}
        Machine.objects.create(
            **row, name="ex-1", address="10.0.0.9", image="x", host="h1", created_at=hosts.host("h1").observed_at
        )
    return instance


def test_the_page_says_where_a_host_is_and_what_stands_there(engineer: Client, here: str, instance: UUID) -> None:
    page = text(engineer.get(here))
    assert all(word in page for word in ("En ligne", "R-h1", "ex-1", "compta", "h2", "Évacuer"))


def test_a_host_is_closed_and_opened(engineer: Client, here: str) -> None:
    engineer.post(f"{here}take/", {"open": "no"})
    assert ("Fermé" in text(engineer.get(here)), hosts.host("h1").open) == (True, False)
    engineer.post(f"{here}take/", {"open": "yes"})
    assert hosts.host("h1").open


def test_a_host_gets_a_place_and_a_nameless_one_is_refused(engineer: Client, here: str) -> None:
    assert engineer.post(f"{here}rack/", {"rack": "R9", "power_domain": "B2"}).status_code == 302
    assert (hosts.host("h1").rack, hosts.host("h1").power_domain) == ("R9", "B2")
    assert engineer.post(f"{here}rack/", {"rack": " ", "power_domain": "B2"}).status_code == 422
    assert hosts.host("h1").rack == "R9"


def test_a_machine_is_moved_from_the_page(engineer: Client, here: str, instance: UUID, buyer: Customer) -> None:
    assert engineer.post(f"{here}move/", {"machine": "ex-1", "to": "h2"}).status_code == 302
    newest = operations(buyer.scope, instance)[0]
    assert (newest.kind, newest.details) == ("move", {"machine": "ex-1", "to": "h2"})
    answer = engineer.post(f"{here}move/", {"machine": "ex-1", "to": ""})
    assert (answer.status_code, "déjà en cours de déplacement" in text(answer)) == (422, True)


def test_evacuating_a_host_tells_who_leaves_and_who_stays(engineer: Client, here: str, instance: UUID) -> None:
    page = text(engineer.post(f"{here}evacuate/", follow=True))
    assert "1 service quitte l’hôte." in page
    engineer.post(f"/operator/hosts/{hosts.host('h2').id}/take/", {"open": "no"})
    page = text(engineer.post(f"{here}evacuate/", follow=True))
    assert "ex-1 reste" in page


def test_nobody_else_sees_it(desk: Client, here: str) -> None:
    assert desk.get(here).status_code == 404
    assert desk.post(f"{here}evacuate/").status_code == 404
