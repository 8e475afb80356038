"""What a customer sees of what was seen: metrics, health, incidents."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from tests.database.console.desks import at_desk, ready_service, text
from tests.support.observing import ExampleObserver, observed
from tests.support.world import Customer, customer, operator

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.monitoring import rounds
from souk.provisioning.contract import Health


@pytest.fixture
def owner(own_database: str) -> Customer:
    return customer()


@pytest.fixture
def desk(owner: Customer) -> Client:
    return at_desk(owner.person)


@pytest.fixture
def instance(owner: Customer, tmp_path: Path) -> UUID:
    return ready_service(owner, tmp_path)


def test_before_anything_was_seen_the_pages_say_so(desk: Client, instance: UUID) -> None:
    assert "Rien n’a été observé" in text(desk.get(f"/services/{instance}/metrics/"))
    health = text(desk.get(f"/services/{instance}/health/"))
    assert "Pas observé" in health
    assert "Il n’y a pas eu d’incident" in health


def test_a_blueprints_own_charts_stand_beside_its_machines(desk: Client, instance: UUID) -> None:
    with observed():
        rounds.take_round(MemoryEngine())
        for chosen in ("1h", "24h", "7d", "30d", "never"):
            page = desk.get(f"/services/{instance}/metrics/?range={chosen}").content.decode()
            assert '<figure class="sk-chart" id="connections">' in page


def test_an_incident_is_told_step_by_step(desk: Client, instance: UUID) -> None:
    with observed() as observer:
        _fail(observer)
        assert "Il ne répond pas" in text(desk.get(f"/services/{instance}/health/"))
        observer.health = Health(True)
        rounds.take_round(MemoryEngine())
    page = text(desk.get(f"/services/{instance}/health/"))
    assert page.rindex("répond 2") < page.rindex("Il n’a pas répondu 2")


def test_what_the_operator_is_told_of_a_failure_is_not_shown_to_the_customer(desk: Client, instance: UUID) -> None:
    with observed() as observer:
        _fail(observer, "10.0.0.7: connection refused")
    assert "10.0.0.7" not in desk.get(f"/services/{instance}/health/").content.decode()


def test_a_service_that_does_not_answer_says_so_on_its_own_page(desk: Client, instance: UUID) -> None:
    with observed() as observer:
        _fail(observer)
    assert "Le service ne répond pas" in text(desk.get(f"/services/{instance}/"))


def test_the_operator_sees_everybodys_incidents_and_why(instance: UUID) -> None:
    with observed() as observer:
        _fail(observer, "10.0.0.7: connection refused")
    page = text(at_desk(operator().person).get("/operator/incidents/"))
    assert "compta" in page
    assert "10.0.0.7: connection refused" in page


def test_no_customer_sees_the_operators_list(desk: Client, instance: UUID) -> None:
    assert desk.get("/operator/incidents/").status_code == 404


def test_somebody_elses_service_does_not_exist(instance: UUID) -> None:
    other = at_desk(customer("Autre SARL").person)
    for page in ("metrics", "health"):
        assert other.get(f"/services/{instance}/{page}/").status_code == 404


def _fail(observer: ExampleObserver, why: str = "no answer") -> None:
    observer.health = Health(False, why)
    with clock.at(clock.now() + timedelta(seconds=30)):
        rounds.take_round(MemoryEngine())
    assert observer.asked
