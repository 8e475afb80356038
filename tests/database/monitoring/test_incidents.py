"""Incidents: from the first failed look, or the end of a machine, to the first good look, to the second."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.support import reconciling
from tests.support.example import EXAMPLE
from tests.support.following import catch_up
from tests.support.observing import ExampleObserver
from tests.support.world import Customer, customer

from souk.engines.contract import Event
from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System
from souk.kernel.trail import search
from souk.monitoring import queries, rounds
from souk.monitoring.queries import IncidentRow
from souk.provisioning import commands
from souk.provisioning.contract import Health, Interruption
from souk.provisioning.queries import service
from souk.provisioning.reconciler import hints, lease
from souk.provisioning.reconciler.converge import Ground

SYSTEM = System("test")
NO_ANSWER = Health(False, "connection refused")


def incident(buyer: Customer, instance: UUID) -> IncidentRow:
    (found,) = queries.incidents(buyer.scope, instance)
    return found


def steps(row: IncidentRow) -> list[str]:
    return [step.what for step in row.timeline]


def later(instant: datetime, seconds: float) -> datetime:
    return instant + timedelta(seconds=seconds)


def test_a_service_that_does_not_answer_has_an_incident_until_it_answers(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    began = later(clock.now(), 60)
    observer.health = NO_ANSWER
    with clock.at(began):
        rounds.take_round(engine)
    assert (incident(buyer, instance).cause, incident(buyer, instance).ended_at) == ("no_answer", None)
    observer.health = Health(True)
    with clock.at(later(began, 75)):
        rounds.take_round(engine)
    row = incident(buyer, instance)
    assert (row.began_at, row.ended_at) == (began, later(began, 75))
    assert steps(row) == ["no_answer", "answered"]


def test_one_failed_look_that_is_not_repeated_is_no_incident(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = observer.look

    def look(*way_in):
        observer.health = NO_ANSWER if observer.asked == 0 else Health(True)
        return answer(*way_in)

    monkeypatch.setattr(observer, "look", look)
    rounds.take_round(engine)
    assert observer.asked == 2
    assert queries.incidents(buyer.scope, instance) == []


def test_whoever_does_not_answer_is_visited_by_the_reconciler(
    engine: MemoryEngine, observer: ExampleObserver, place: Ground, instance: UUID
) -> None:
    reconciling.work(place)
    observer.health = NO_ANSWER
    rounds.take_round(engine)
    assert reconciling.work(place) == 1


def test_a_machine_that_ends_is_an_incident_from_its_end_to_the_first_answer(
    engine: MemoryEngine, place: Ground, buyer: Customer, instance: UUID
) -> None:
    (name,) = engine.simulated
    ended = later(clock.now(), 60)
    with clock.at(ended):
        engine.stop(name, force=True)
        hints.heed(Event(name, "instance-stopped"))
    with clock.at(later(ended, 4)):
        reconciling.work(place)
    catch_up()
    row = incident(buyer, instance)
    assert (row.cause, row.began_at, row.ended_at) == ("machine_ended", ended, later(ended, 4))
    assert steps(row) == ["machine_ended", "machine_started", "answered"]


def test_a_process_that_was_started_again_before_anybody_looked_is_an_incident_with_its_own_times(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    rounds.take_round(engine)
    ended = later(clock.now(), 1)
    observer.ended = Interruption(ended, later(ended, 1.25))
    observer.running_since = later(ended, 1.2)
    with clock.at(later(ended, 30)):
        rounds.take_round(engine)
        rounds.take_round(engine)
    row = incident(buyer, instance)
    assert (row.cause, row.began_at, row.ended_at) == ("process_ended", ended, later(ended, 1.25))
    assert steps(row) == ["process_ended", "process_started", "answered"]


def test_a_process_that_came_back_while_nobody_looked_ends_the_incident_when_it_did(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    rounds.take_round(engine)
    began = later(clock.now(), 60)
    observer.health = NO_ANSWER
    with clock.at(began):
        rounds.take_round(engine)
    observer.health, observer.running_since = Health(True), later(began, 20)
    observer.ended = Interruption(later(began, -3), later(began, 21))
    with clock.at(later(began, 60)):
        rounds.take_round(engine)
    row = incident(buyer, instance)
    assert (row.began_at, row.ended_at) == (began, later(began, 21))
    assert steps(row) == ["no_answer", "process_started", "answered"]


def test_a_restart_that_was_asked_for_is_none(
    engine: MemoryEngine, observer: ExampleObserver, place: Ground, buyer: Customer, instance: UUID
) -> None:
    rounds.take_round(engine)
    commands.restart_instance(buyer.scope, instance)
    reconciling.work(place)
    observer.running_since = clock.now()
    rounds.take_round(engine)
    catch_up()
    assert queries.incidents(buyer.scope, instance) == []


def test_a_lost_machine_is_an_incident_until_the_service_is_ready_again(
    engine: MemoryEngine, place: Ground, buyer: Customer, instance: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EXAMPLE, "holds_data", True)
    rounds.take_round(engine)
    (name,) = engine.simulated
    machine = engine.simulated.pop(name)
    lease.wake([instance])
    reconciling.work(place, 1)
    catch_up()
    assert (incident(buyer, instance).cause, queries.health(buyer.scope, instance).answers) == ("lost", False)
    engine.simulated[name] = machine
    reconciling.forget_leases()
    reconciling.work(place)
    catch_up()
    assert steps(incident(buyer, instance))[-1] == "answered"


def test_what_its_customer_stops_meanwhile_ends_the_incident(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    observer.health = NO_ANSWER
    rounds.take_round(engine)
    commands.stop_instance(buyer.scope, instance)
    catch_up()
    assert steps(incident(buyer, instance)) == ["no_answer", "no_longer_wanted"]


def test_an_incident_that_ends_as_it_begins_keeps_its_time(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    began = later(clock.now(), 60)
    with clock.at(began):
        for health in (NO_ANSWER, Health(True)):
            observer.health = health
            rounds.take_round(engine)
    row = incident(buyer, instance)
    assert (row.began_at, row.ended_at) == (began, began + timedelta(microseconds=1))


def test_both_ends_of_an_incident_are_events(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    observer.health = NO_ANSWER
    rounds.take_round(engine)
    observer.health = Health(True)
    rounds.take_round(engine)
    actions = [row.action for row in search(SYSTEM, action="incident.")]
    assert sorted(actions) == ["incident.closed", "incident.opened"]


def test_availability_is_what_no_outage_took_of_the_time_that_it_should_have_run(
    engine: MemoryEngine, observer: ExampleObserver, place: Ground, buyer: Customer, instance: UUID
) -> None:
    ready = service(buyer.scope, instance).ready_at
    assert ready is not None
    observer.health = NO_ANSWER
    with clock.at(later(ready, 1000)):
        rounds.take_round(engine)
    observer.health = Health(True)
    with clock.at(later(ready, 1036)):
        rounds.take_round(engine)
    with clock.at(later(ready, 3600)):
        commands.stop_instance(buyer.scope, instance)
        reconciling.work(place)
    catch_up()
    found = queries.availability(buyer.scope, instance, later(ready, -500), later(ready, 9000))
    assert (found.wanted_seconds, found.outage_seconds) == (3600.0, 36.0)
    assert found.ratio == pytest.approx(0.99)


def test_an_outage_that_lasts_counts_up_to_the_period_s_end(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    ready = service(buyer.scope, instance).ready_at
    assert ready is not None
    observer.health = NO_ANSWER
    with clock.at(later(ready, 50)):
        rounds.take_round(engine)
    found = queries.availability(buyer.scope, instance, ready, later(ready, 100))
    assert (found.wanted_seconds, found.outage_seconds) == (100.0, 50.0)


def test_before_it_should_have_run_there_is_no_availability(buyer: Customer, instance: UUID) -> None:
    now = clock.now()
    found = queries.availability(buyer.scope, instance, later(now, -90), later(now, -60))
    assert found.ratio is None


def test_nobody_sees_anybody_elses_incidents(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    observer.health = NO_ANSWER
    rounds.take_round(engine)
    assert queries.incidents(customer("Autre SARL").scope, instance) == []
