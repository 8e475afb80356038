"""Metrics over time, through REST and for Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.database.doors.test_rest import Caller
from tests.support.observing import ExampleObserver
from tests.support.world import Customer, customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.monitoring import rounds, samples
from souk.monitoring.metrics import POINTS, metrics
from souk.monitoring.samples import Sample
from souk.parties.queries import projects

MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def seen(buyer: Customer, instance: UUID, values: list[list[float | None]]) -> None:
    """One sample a minute from midnight on: connections and transactions."""
    for minute, row in enumerate(values):
        sample = Sample(instance, buyer.organization, [1.0, 2.0, 3.0, 4.0, *row])
        samples.write([sample], MIDNIGHT + timedelta(minutes=minute, seconds=1))


def read(buyer: Customer, instance: UUID, minutes: int, key: str) -> list[float | None]:
    found = metrics(buyer.scope, instance, "example", MIDNIGHT, MIDNIGHT + timedelta(minutes=minutes))
    return found.values(key)


def test_a_gauge_is_told_as_it_is_and_what_is_missing_is_missing(buyer: Customer, instance: UUID) -> None:
    seen(buyer, instance, [[5.0, 0.0], [None, None], [7.0, 0.0]])
    assert read(buyer, instance, 4, "connections") == [5.0, None, 7.0, None]


def test_a_counter_is_told_as_its_growth_in_a_second_and_may_begin_again(buyer: Customer, instance: UUID) -> None:
    seen(buyer, instance, [[0.0, 100.0], [0.0, 160.0], [0.0, 30.0]])
    assert read(buyer, instance, 3, "transactions") == [None, 1.0, 0.5]


def test_over_a_longer_time_each_step_shows_its_highest_value(buyer: Customer, instance: UUID) -> None:
    seen(buyer, instance, [[float(number == 7), 60.0 * number] for number in range(16)])
    found = metrics(buyer.scope, instance, "example", MIDNIGHT, MIDNIGHT + timedelta(hours=24))
    assert (found.step, len(found.instants)) == (timedelta(minutes=8), 180)
    assert len(found.instants) <= POINTS
    assert found.values("connections")[:3] == [1.0, 0.0, None]
    assert found.values("transactions")[:2] == [None, 1.0]


def test_nobody_sees_anybody_elses(buyer: Customer, instance: UUID) -> None:
    seen(buyer, instance, [[5.0, 0.0]])
    assert metrics(customer("Autre").scope, instance, "example", MIDNIGHT, MIDNIGHT + timedelta(minutes=1)).empty


def test_rest_tells_what_each_metric_is(engine: MemoryEngine, buyer: Customer, instance: UUID) -> None:
    rounds.take_round(engine)
    told = Caller(buyer.token())("get", f"/services/{instance}/metrics").json()
    by_key = {each["key"]: each for each in told["metrics"]}
    assert [value for value in by_key["connections"]["values"] if value is not None] == [12.0]
    assert (by_key["memory_bytes"]["unit"], by_key["transactions"]["reading"]) == ("bytes", "counter")
    assert told["step_seconds"] == 60


@pytest.mark.parametrize(("days", "status"), [(31, 200), (32, 422), (-1, 422)])
def test_a_period_is_at_most_a_month(buyer: Customer, instance: UUID, days: int, status: int) -> None:
    now = clock.now().replace(tzinfo=None)
    path = f"/services/{instance}/metrics?since={now - timedelta(days=days)}Z&until={now}Z"
    assert Caller(buyer.token())("get", path).status_code == status


def test_rest_tells_health_and_availability(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    call = Caller(buyer.token())
    assert call("get", f"/services/{instance}/health").json()["answers"] is None
    rounds.take_round(engine)
    told = call("get", f"/services/{instance}/health").json()
    assert (told["answers"], told["availability"], told["incidents"]) == (True, 1.0, [])


def test_prometheus_reads_what_a_project_tells(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID
) -> None:
    observer.values = [7.0, None]
    rounds.take_round(engine)
    (project,) = projects(buyer.scope, buyer.organization)
    answer = Caller(buyer.token())("get", f"/projects/{project.id}/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = {family.name: family for family in text_string_to_metric_families(answer.content.decode())}
    (up,) = families["souk_service_up"].samples
    assert (up.labels, up.value) == ({"service": str(instance), "name": "compta"}, 1.0)
    assert families["souk_machine_cpu_seconds"].type == "counter"
    assert [sample.value for sample in families["souk_example_connections"].samples] == [7.0]
    assert families["souk_example_transactions"].samples == []


def test_a_project_of_somebody_else_does_not_exist(buyer: Customer) -> None:
    (project,) = projects(buyer.scope, buyer.organization)
    assert Caller(customer("Autre").token())("get", f"/projects/{project.id}/metrics").status_code == 404
