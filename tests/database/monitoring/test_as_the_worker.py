"""All that the worker does here, done with the rights of its own login role."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock
from uuid import UUID

import pytest
from django.db import connection
from tests.support.observing import ExampleObserver
from tests.support.world import Customer

from souk.engines.memory import MemoryEngine
from souk.kernel import clock
from souk.kernel.scope import System, acting
from souk.monitoring import follow, jobs, queries, rounds, samples
from souk.monitoring.alerts.delivering import deliver
from souk.monitoring.alerts.evaluating import judge
from souk.monitoring.logs import shipping
from souk.provisioning.contract import LogLine, Severity, Statement


@pytest.fixture
def as_worker(instance: UUID) -> Iterator[None]:
    """Django connects as the worker's role, which owns no table."""
    settings = connection.settings_dict
    former = settings["USER"]
    connection.close()
    settings["USER"] = "souk_worker"
    yield
    connection.close()
    settings["USER"] = former


def test_a_minute_of_the_worker_s_work(
    engine: MemoryEngine, observer: ExampleObserver, buyer: Customer, instance: UUID, as_worker: None
) -> None:
    observer.written = [LogLine(clock.now(), Severity.INFO, "one")]
    observer.slow = [Statement("app", "select $1", 1, 0.1, 1)]
    samples.roll()
    shipping.roll()
    assert rounds.take_round(engine) == 1
    judge()
    deliver(1)
    for _ in range(shipping.STATEMENTS_EVERY):
        shipping.ship(engine)
    follow.follow()
    assert queries.health(buyer.scope, instance).answers is True
    with acting(System("test")):
        shipping.forget(instance)


def test_a_round_has_alerts_delivered_by_a_job_of_its_own_once(engine: MemoryEngine, as_worker: None) -> None:
    with mock.patch.object(jobs, "engine", return_value=engine):
        jobs.take_round(0)
        jobs.take_round(60)
    with connection.cursor() as cursor:
        cursor.execute("select task_name, status::text from procrastinate_jobs")
        assert cursor.fetchall() == [("monitoring:deliver", "todo")]
